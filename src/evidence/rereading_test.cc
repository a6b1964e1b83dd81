// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/rereading.h"

#include "evidence/case_under_test.h"
#include "evidence/listing.h"
#include "evidence/pages.h"
#include "evidence/retrying.h"

namespace dragoman::evidence {
namespace {

class RereadingTest : public CaseUnderTest {
 protected:
  void read_page(ContentId content, std::uint32_t number, const std::string& text) {
    Page page;
    page.number = PageIndex(number);
    page.source = TextSource::body;
    page.words = words_of(text);
    const auto id = add_page(*db_, content, page);
    ASSERT_TRUE(id) << id.error().message;
    versions_[text] = *add_version(*db_, *id, page);
  }
  void begin(ContentId content) { ASSERT_TRUE(begin_reading(*db_, content)); }
  void end(ContentId content, const ReaderId& reader, bool whole = true) {
    const auto note = [this](VersionId version) -> Result<void> {
      withdrawn_.push_back(version);
      return {};
    };
    const auto ended = end_reading(*db_, content, whole, note);
    ASSERT_TRUE(ended) << ended.error().message;
    ASSERT_TRUE(set_read(*db_, content, reader, ItemState::read));
    ASSERT_TRUE(finish_content(*db_, content));
  }
  std::int64_t live_pages(ContentId content) { return *page_count(*db_, content); }

  std::map<std::string, VersionId> versions_;
  std::vector<VersionId> withdrawn_;
};

TEST_F(RereadingTest, OnlyWhatAReaderReadIsReadAgain) {
  receive("a.txt", "text");
  receive("b.pdf", "pdf");
  for (const char* bytes : {"text", "pdf"}) {
    ASSERT_TRUE(set_type(*db_, content_id(bytes), bytes, bytes));
    ASSERT_TRUE(set_read(*db_, content_id(bytes), {bytes, 3}, ItemState::read));
  }
  EXPECT_EQ(*unread_count(*db_), 0U);
  const auto known = readings(*db_);
  ASSERT_EQ(known->size(), 2U);
  for (const ReadBy& read : *known) {
    if (read.reader.name == "pdf") {
      ASSERT_TRUE(forget_reading(*db_, read));
    }
  }
  const auto unread = unread_contents(*db_, ContentId(0), 10);
  ASSERT_EQ(unread->size(), 1U);
  EXPECT_EQ(unread->front().id, content_id("pdf"));
}

TEST_F(RereadingTest, WhatLostItsWorkerToSomebodyElseIsTriedAgainUnasked) {
  const std::map<std::string, std::string> details{
      {"victim", "the worker was killed from outside, perhaps for lack of memory"},
      {"culprit", "the worker was killed by signal 11 (Segmentation fault)"}};
  for (const auto& [bytes, detail] : details) {
    receive(bytes + ".txt", bytes);
    ASSERT_TRUE(set_type(*db_, content_id(bytes), "text/plain", "text"));
    ASSERT_TRUE(set_read(*db_, content_id(bytes), {"text", 1}, ItemState::failed));
    ASSERT_TRUE(add_gap(*db_, content_id(bytes), "read", {GapKind::crashed, {}, detail, PageIndex(0)}));
  }
  ASSERT_TRUE(try_killed_again(*db_));
  const auto unread = unread_contents(*db_, ContentId(0), 10);
  ASSERT_EQ(unread->size(), 1U);
  EXPECT_EQ(unread->front().id, content_id("victim"));
}

TEST_F(RereadingTest, PagesThatAreNotSaidAgainAreWithdrawnAndStillCited) {
  receive("a.pdf", "pdf");
  const ContentId content = content_id("pdf");
  begin(content);
  read_page(content, 1, "first page");
  read_page(content, 2, "second page");
  end(content, {"pdf", 1});
  begin(content);
  EXPECT_EQ(live_pages(content), 2) << "while it is read again the earlier reading stands";
  read_page(content, 1, "first page, read better");
  end(content, {"pdf", 2});
  EXPECT_EQ(live_pages(content), 1);
  EXPECT_EQ(withdrawn_, std::vector<VersionId>{versions_["second page"]});
  const Citation old{sha256("pdf"), PageIndex(2), WordIndex(1), WordIndex(2),
                     version(*db_, versions_["second page"])->v()};
  const auto resolved = resolve(*db_, old);
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_FALSE(resolved->newest);
  EXPECT_EQ(counts(*db_)->pages, 1);
}

TEST_F(RereadingTest, AReadingThatBreaksOffWithdrawsNothing) {
  receive("a.pdf", "pdf");
  const ContentId content = content_id("pdf");
  begin(content);
  read_page(content, 1, "first page");
  read_page(content, 2, "second page");
  end(content, {"pdf", 1});
  begin(content);
  read_page(content, 1, "first page");
  end(content, {"pdf", 2}, false);
  EXPECT_EQ(live_pages(content), 2);
  EXPECT_TRUE(withdrawn_.empty());
}

TEST_F(RereadingTest, MembersThatAreGoneTakeTheirPagesAndTheirOwnMembersWithThem) {
  receive("a.zip", "outer");
  receive("copy.txt", "kept elsewhere");
  begin(content_id("outer"));
  member("outer", 0, "inner.zip", "inner");
  member("outer", 1, "copy.txt", "kept elsewhere");
  member("outer", 2, "stays.txt", "stays");
  end(content_id("outer"), {"zip", 1});
  begin(content_id("inner"));
  member("inner", 0, "page.txt", "text");
  end(content_id("inner"), {"zip", 1});
  for (const char* bytes : {"text", "kept elsewhere", "stays"}) {
    begin(content_id(bytes));
    read_page(content_id(bytes), 1, bytes);
    end(content_id(bytes), {"text", 1});
  }
  begin(content_id("outer"));
  member("outer", 0, "stays.txt", "stays");  // in another place
  end(content_id("outer"), {"zip", 2});
  EXPECT_EQ(withdrawn_, std::vector<VersionId>{versions_["text"]});
  EXPECT_EQ(counts(*db_)->items, 3) << "the archive, the copy beside it, the member that stays";
  EXPECT_EQ(counts(*db_)->pages, 2);
  std::int64_t kept = 0;
  ASSERT_TRUE(for_each_kept(*db_, [&](ItemId, const Sha256&, std::uint64_t) -> Result<void> {
    ++kept;
    return {};
  }));
  EXPECT_EQ(kept, 7) << "custody still speaks of all of them";
  EXPECT_EQ(*unread_count(*db_), 0U) << "what was withdrawn is not read";

  // It is there again: read anew.
  begin(content_id("outer"));
  member("outer", 0, "inner.zip", "inner");
  member("outer", 1, "stays.txt", "stays");
  end(content_id("outer"), {"zip", 3});
  const auto unread = unread_contents(*db_, ContentId(0), 10);
  ASSERT_EQ(unread->size(), 1U);
  EXPECT_EQ(unread->front().id, content_id("inner"));
}

}  // namespace
}  // namespace dragoman::evidence
