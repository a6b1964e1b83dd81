// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/folder_walk.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;

class Heard : public WalkListener {
 public:
  Result<void> entry(const Place& place, const struct stat& status) override {
    entries.push_back(place.relative);
    if (S_ISLNK(status.st_mode)) ++links;
    if (during) during(place.relative);
    return {};
  }
  Result<bool> enter(int, std::string_view relative, std::size_t) override {
    deepest = std::max(deepest, relative.size());
    ++folders;
    return true;
  }
  Result<void> unreadable(const std::string& relative, const std::string&) override {
    lost.push_back(relative);
    return {};
  }

  std::vector<std::string> entries;
  std::vector<std::string> lost;
  std::function<void(const std::string&)> during;
  std::size_t deepest = 0;
  int folders = 0;
  int links = 0;
};

class FolderWalkTest : public testing::Test {
 protected:
  FolderWalkTest() {
    std::string name = (fs::temp_directory_path() / "dragoman-walk.XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    root_ = name;
  }
  ~FolderWalkTest() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  void file(const std::string& relative) const {
    fs::create_directories((root_ / relative).parent_path());
    std::ofstream(root_ / relative) << relative;
  }
  void walk(Heard& heard) const {
    const auto done = walk_folder(UniqueFd(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), heard);
    EXPECT_TRUE(done);
  }
  fs::path root_;
};

TEST_F(FolderWalkTest, names_come_in_the_order_of_their_bytes_folder_by_folder) {
  for (const char* name : {"b", "a/z", "a/b/c", "B", "ab", "\xC3\xA9"}) file(name);
  Heard heard;
  walk(heard);
  EXPECT_EQ(heard.entries, (std::vector<std::string>{"B", "a/b/c", "a/z", "ab", "b", "\xC3\xA9"}));
  EXPECT_EQ(heard.folders, 3);
}

TEST_F(FolderWalkTest, links_are_heard_of_and_not_followed) {
  file("a/one");
  fs::create_directory_symlink(root_ / "a", root_ / "b");
  fs::create_symlink("nowhere", root_ / "c");
  Heard heard;
  walk(heard);
  EXPECT_EQ(heard.entries, (std::vector<std::string>{"a/one", "b", "c"}));
  EXPECT_EQ(heard.links, 2);
}

// 600 folders deep and 24,000 bytes long: no path of it can be given to the system.
TEST_F(FolderWalkTest, a_path_may_be_as_long_and_as_deep_as_it_likes) {
  const std::string name(40, 'n');
  UniqueFd at(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int depth = 0; depth < 600; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0755), 0);
    at = UniqueFd(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(at);
    UniqueFd(::openat(at.get(), "zz", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  }
  Heard heard;
  walk(heard);
  EXPECT_EQ(heard.entries.size(), 600U);
  EXPECT_EQ(heard.folders, 601);
  EXPECT_EQ(heard.deepest, 600 * 41 - 1U);
  EXPECT_TRUE(heard.lost.empty());
}

TEST_F(FolderWalkTest, a_folder_that_turns_into_a_link_is_not_entered) {
  file("a/first");
  file("b/secret");
  Heard heard;
  heard.during = [&](const std::string& name) {
    if (name != "a/first") return;
    fs::rename(root_ / "b", root_ / "elsewhere");
    fs::create_directory_symlink("/", root_ / "b");
  };
  walk(heard);
  EXPECT_EQ(heard.entries, (std::vector<std::string>{"a/first", "b"}));
  EXPECT_EQ(heard.links, 1);
}

TEST_F(FolderWalkTest, a_folder_moved_away_while_it_was_closed_is_said) {
  std::string deep;
  for (int depth = 0; depth < 80; ++depth) deep += "d/";
  file(deep + "bottom");
  file("d/d/later");
  fs::create_directory(root_ / "aside");
  Heard heard;
  heard.during = [&](const std::string& name) {
    // The folder that the walk must come back to by "..", is another one now.
    if (name.ends_with("bottom")) fs::rename(root_ / "d/d/d", root_ / "aside/d");
  };
  walk(heard);
  EXPECT_EQ(heard.entries.front(), deep + "bottom");
  EXPECT_FALSE(heard.lost.empty());
  EXPECT_EQ(std::count(heard.entries.begin(), heard.entries.end(), "d/d/later"), 0);
}

}  // namespace
}  // namespace dragoman::ingest
