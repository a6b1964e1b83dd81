// SPDX-License-Identifier: AGPL-3.0-or-later
// A folder of 200,000 files is walked in less than 100 bytes of memory for each.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/folder_walk.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 200'000;

class Counting : public WalkListener {
 public:
  Result<void> entry(const Place& place, const struct stat& status) override {
    in_order = in_order && last < place.bytes;
    last = place.bytes;
    entries += S_ISREG(status.st_mode) ? 1 : 0;
    return {};
  }
  Result<bool> enter(int, std::string_view, std::size_t) override { return true; }
  Result<void> unreadable(const std::string&, const std::string&) override { return {}; }

  int entries = 0;
  bool in_order = true;
  std::string last;
};

long peak_kilobytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(FolderWalkSlow, a_flat_folder_of_200_000_files_takes_little_memory) {
  std::string root = (fs::temp_directory_path() / "dragoman-flat.XXXXXX").string();
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  const UniqueFd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < kFiles; ++i) {
    const std::string name = fmt::format("scan of a letter {:06}.txt", (i * 7919) % kFiles);
    ASSERT_TRUE(UniqueFd(::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)));
  }
  Counting counting;
  const long before = peak_kilobytes();
  const auto done = walk_folder(UniqueFd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), counting);
  EXPECT_TRUE(done);
  EXPECT_EQ(counting.entries, kFiles);
  EXPECT_TRUE(counting.in_order);
  EXPECT_LT(peak_kilobytes() - before, kFiles / 10);
  std::error_code ignored;
  fs::remove_all(root, ignored);
}

}  // namespace
}  // namespace dragoman::ingest
