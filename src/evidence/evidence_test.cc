// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/case_under_test.h"
#include "evidence/items.h"
#include "evidence/listing.h"
#include "evidence/pages.h"
#include "evidence/words_blob.h"

namespace dragoman::evidence {
namespace {

Result<void> ignore_moves(ContentId, const std::string&) {
  return {};
}

class EvidenceTest : public CaseUnderTest {
 protected:
  std::string state_of(const std::string& path) {
    const auto row = item_by_path(*db_, path);
    return row ? std::string(to_string(row->state)) : "none";
  }
  Page page(std::uint32_t number, const std::string& text) {
    Page page;
    page.number = PageIndex(number);
    page.source = TextSource::body;
    page.words = words_of(text);
    return page;
  }
  VersionId add(ContentId content, const Page& reading) {
    const auto id = add_page(*db_, content, reading);
    return *add_version(*db_, *id, reading);
  }
};

TEST_F(EvidenceTest, SecondPathIsADuplicate) {
  receive("b.txt", "same");
  receive("a.txt", "same");
  EXPECT_EQ(state_of("leak/b.txt"), "pending");
  EXPECT_EQ(state_of("leak/a.txt"), "duplicate");
  ASSERT_TRUE(settle(*db_, ignore_moves));
  EXPECT_EQ(state_of("leak/a.txt"), "pending") << "the first path in order stands for the blob";
  EXPECT_EQ(state_of("leak/b.txt"), "duplicate");
}

// Whatever order workers find things in, the same files give the same case.
TEST_F(EvidenceTest, SettlingDoesNotDependOnTheOrderOfDiscovery) {
  receive("z.zip", "outer z");
  receive("a.zip", "outer a");
  member("outer z", 0, "inner.zip", "inner");
  member("inner", 0, "page.txt", "text");
  member("outer a", 0, "copy.zip", "inner");
  EXPECT_EQ(state_of("leak/z.zip!/inner.zip!/page.txt"), "pending");
  std::vector<std::string> moved;
  ASSERT_TRUE(settle(*db_, [&](ContentId, const std::string& path) -> Result<void> {
    moved.push_back(path);
    return {};
  }));
  EXPECT_EQ(state_of("leak/a.zip!/copy.zip"), "pending");
  EXPECT_EQ(state_of("leak/z.zip!/inner.zip"), "duplicate");
  EXPECT_EQ(state_of("leak/a.zip!/copy.zip!/page.txt"), "pending");
  EXPECT_EQ(moved, std::vector<std::string>{"leak/a.zip!/copy.zip!/page.txt"});
}

TEST_F(EvidenceTest, WhatStoodForABlobInAnEarlierRunStaysSo) {
  receive("b.txt", "same", 1);
  ASSERT_TRUE(settle(*db_, ignore_moves));
  receive("a.txt", "same", 2);
  ASSERT_TRUE(settle(*db_, ignore_moves));
  EXPECT_EQ(state_of("leak/a.txt"), "duplicate");
}

TEST_F(EvidenceTest, AContainerThatHoldsItselfIsADuplicateOnce) {
  receive("quine.zip", "quine");
  member("quine", 0, "quine.zip", "quine");
  ASSERT_TRUE(settle(*db_, ignore_moves));
  EXPECT_EQ(state_of("leak/quine.zip"), "pending");
  EXPECT_EQ(state_of("leak/quine.zip!/quine.zip"), "duplicate");
}

TEST_F(EvidenceTest, StatesAddUpToTheItems) {
  receive("a", "one");
  receive("b", "one");
  ASSERT_TRUE(add_unreadable(*db_, {source_, "c", {}, 1}, Gap{GapKind::io, "", "gone", PageIndex(0)}));
  ASSERT_TRUE(add_unreadable(*db_, {source_, "c", {}, 1}, Gap{GapKind::io, "", "still gone", PageIndex(0)}));
  const auto found = counts(*db_);
  ASSERT_TRUE(found);
  std::int64_t sum = 0;
  for (const auto& [state, count] : found->by_state) sum += count;
  EXPECT_EQ(found->items, 3);
  EXPECT_EQ(sum, 3);
  const auto list = gap_list(*db_, {}, 0, 10);
  ASSERT_EQ(list->size(), 1U) << "an item that cannot be read has one reason: the last";
  EXPECT_EQ(list->front().gap.detail, "still gone");
}

TEST_F(EvidenceTest, CitationsResolveToTheWordsOrNotAtAll) {
  receive("a", "one");
  const ContentId content = content_id("one");
  add(content, page(1, "the old bridge"));
  const std::string old_version = version_of(words_of("the old bridge")).hex().substr(0, 12);
  add(content, page(1, "the new bridge is open"));
  Citation citation{sha256("one"), PageIndex(1), WordIndex(2), WordIndex(3), ""};

  auto newest = resolve(*db_, citation);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->version.words[1].text, "new");
  EXPECT_TRUE(newest->newest);
  EXPECT_FALSE(newest->stated);

  citation.version = old_version;
  auto old = resolve(*db_, citation);
  ASSERT_TRUE(old);
  EXPECT_EQ(old->version.words[1].text, "old");
  EXPECT_FALSE(old->newest);

  citation.last_word = WordIndex(4);
  EXPECT_EQ(resolve(*db_, citation).error().kind, ErrorKind::not_found);
  citation.last_word = WordIndex(3);
  citation.version = "000000000000";
  EXPECT_EQ(resolve(*db_, citation).error().kind, ErrorKind::not_found);
  citation.version.clear();
  citation.page = PageIndex(2);
  EXPECT_EQ(resolve(*db_, citation).error().kind, ErrorKind::not_found);
  citation.blob = sha256("another");
  EXPECT_EQ(resolve(*db_, citation).error().kind, ErrorKind::not_found);
}

TEST_F(EvidenceTest, PagesThatFailDecideTheState) {
  receive("a", "one");
  const ContentId content = content_id("one");
  for (const std::uint32_t number : {1U, 2U}) {
    const auto id = add_page(*db_, content, page(number, ""));
    ASSERT_TRUE(wait_for_ocr(*db_, *id, 1));
  }
  ASSERT_TRUE(set_read(*db_, content, {"text", 1}, ItemState::read));
  ASSERT_TRUE(finish_content(*db_, content));
  EXPECT_EQ(state_of("leak/a"), "pending");
  const auto waiting = pages_waiting_for_ocr(*db_);
  ASSERT_EQ(waiting->size(), 2U);
  ASSERT_TRUE(set_ocr_state(*db_, (*waiting)[0].page, OcrState::done));
  ASSERT_TRUE(set_ocr_state(*db_, (*waiting)[1].page, OcrState::failed));
  ASSERT_TRUE(finish_content(*db_, content));
  EXPECT_EQ(state_of("leak/a"), "partial");
}

TEST(WordsBlob, DamageIsSeen) {
  const auto words = words_of("a b c");
  const std::string packed = pack_words(words);
  EXPECT_EQ(*unpack_words(packed, Limits{}), words);
  EXPECT_FALSE(unpack_words(packed.substr(0, packed.size() - 1), Limits{}));
  EXPECT_FALSE(unpack_words("", Limits{}));
}

}  // namespace
}  // namespace dragoman::evidence
