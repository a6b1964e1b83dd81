// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/tree.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "evidence/case_under_test.h"
#include "evidence/items.h"
#include "evidence/listing.h"

namespace dragoman::evidence {
namespace {

class TreeTest : public CaseUnderTest {
 protected:
  Tree tree() {
    auto built = Tree::build(*db_);
    EXPECT_TRUE(built) << built.error().message;
    return std::move(*built);
  }
  static std::string names_below(const Tree& tree, Tree::Node node) {
    std::string names;
    for (std::uint32_t i = 0; i < tree.child_count(node); ++i) {
      names += std::string(tree.name(tree.first_child(node) + i)) + " ";
    }
    return names;
  }
  /// What holds of every tree.
  static void check(const Tree& tree) {
    for (Tree::Node node = 1; node < tree.size(); ++node) {
      EXPECT_LT(tree.parent(node), node);
      EXPECT_EQ(tree.node_of_key(tree.key(node)), node) << tree.path(node);
    }
  }
};

TEST(NaturalOrder, NumbersCountAsNumbers) {
  const char* sorted[] = {"a1", "a02", "a2", "a10", "A10b", "a10c", "b", "box 9", "box 10", "z"};
  for (std::size_t i = 0; i + 1 < std::size(sorted); ++i) {
    for (std::size_t j = i + 1; j < std::size(sorted); ++j) {
      EXPECT_NE(natural_less(sorted[i], sorted[j]), natural_less(sorted[j], sorted[i])) << sorted[i] << sorted[j];
      EXPECT_TRUE(natural_less(sorted[i], sorted[j])) << sorted[i] << " " << sorted[j];
    }
  }
}

TEST_F(TreeTest, FoldersFirstThenNamesInNaturalOrder) {
  for (const char* name : {"page10", "page9", "b/x", "a10/x", "a9/x"}) receive(name, name);
  const Tree made = tree();
  check(made);
  EXPECT_EQ(names_below(made, made.first_child(Tree::kTop)), "a9 a10 b page9 page10 ");
}

TEST_F(TreeTest, ContainersAndFoldersOfOneSpellingAreTwo) {
  receive("a", "container");
  member("container", 0, "b/x", "inside");
  receive("a!/b/x", "outside");
  const Tree made = tree();
  check(made);
  EXPECT_EQ(made.folders_at("leak/a!/b").size(), 2U);
  EXPECT_EQ(made.places(content_id("inside")).size(), 1U);
}

TEST_F(TreeTest, HostileNamesCostNoMoreThanOthers) {
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "a/";
  receive("bag", "bag");
  member("bag", 0, deep + "x", "deep");
  member("bag", 1, std::string(100'000, 'n'), "long");
  member("bag", 2, "//..//./", "dots");
  member("bag", 3, "/", "slash");
  member("bag", 4, "bag", "bag");
  const Tree made = tree();
  check(made);
  EXPECT_LT(made.size(), 100U);
  for (const char* bytes : {"deep", "long", "dots", "slash"}) {
    const auto places = made.places(content_id(bytes));
    ASSERT_EQ(places.size(), 1U) << bytes;
    const auto row = item(*db_, *made.item(places[0]));
    EXPECT_EQ(made.path(places[0]), (*row)->path) << "a path is what the case says";
  }
}

TEST_F(TreeTest, ContainersThatHoldEachOtherAreShownAllTheSame) {
  receive("one", "one");
  member("one", 0, "two", "two");
  member("two", 0, "one", "one");
  // Only a damaged case says so.
  ASSERT_TRUE(db_->exec("UPDATE contents SET primary_item = 3 WHERE id = 1"));
  const Tree made = tree();
  EXPECT_EQ(made.size(), 1U + 1 + 3);
}

TEST_F(TreeTest, TheCacheFollowsTheCase) {
  TreeCache cache;
  receive("a", "a");
  auto reader = store::Database::open(path_, store::Mode::read_only);
  ASSERT_TRUE(reader);
  const auto first = *cache.get(*reader);
  EXPECT_EQ(*cache.get(*reader), first) << "made once";
  ASSERT_TRUE(set_read(*db_, ContentId(1), {"text", 1}, ItemState::read));
  EXPECT_EQ(*cache.get(*reader), first) << "nothing of it changed";
  ASSERT_TRUE(finish_content(*db_, ContentId(1)));
  std::shared_ptr<const Tree> next;
  for (int i = 0; i < 1'000 && (!next || next == first); ++i) {
    next = *cache.get(*reader);
    ::usleep(1'000);
  }
  EXPECT_EQ(next->state(ContentId(1)), ItemState::read);
}

TEST_F(TreeTest, AHundredThousandFilesInOneFolder) {
  auto work = store::Transaction::begin(*db_);
  for (int i = 0; i < 100'000; ++i) receive(fmt::format("folder/file {}.pdf", i * 7919 % 100'000), std::to_string(i));
  ASSERT_TRUE(work->commit());
  const auto before = std::chrono::steady_clock::now();
  const Tree made = tree();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
  std::printf("a tree of %zu nodes: %.0f ms\n", made.size(), took.count() * 1e3);
  const auto folders = made.folders_at("leak/folder");
  ASSERT_EQ(folders.size(), 1U);
  EXPECT_EQ(made.child_count(folders[0]), 100'000U);
  EXPECT_EQ(made.name(made.first_child(folders[0]) + 99'999), "file 99999.pdf");
  EXPECT_EQ(made.counts(folders[0])[static_cast<std::size_t>(ItemState::pending)], 100'000U);
}

TEST(Causes, NumbersAndNamesMakeNoOtherReason) {
  EXPECT_EQ(cause_of("2 lines of 40 were not read"), "… lines of … were not read");
  EXPECT_EQ(cause_of("page 7, the last"), "page …, the last");
  EXPECT_EQ(cause_of("the font \"Ab 7\" is missing"), "the font \"…\" is missing");
  EXPECT_EQ(cause_of("the PDF's directory isn't there"), "the PDF's directory isn't there");
  EXPECT_EQ(cause_of(""), "");
}

}  // namespace
}  // namespace dragoman::evidence
