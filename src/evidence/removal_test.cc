// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/removal.h"

#include <algorithm>

#include "evidence/case_under_test.h"
#include "evidence/listing.h"
#include "evidence/pages.h"

namespace dragoman::evidence {
namespace {

class RemovalTest : public CaseUnderTest {
 protected:
  void read_page(const std::string& bytes, const std::string& text) {
    Page page;
    page.number = PageIndex(1);
    page.source = TextSource::body;
    page.words = words_of(text);
    const auto id = add_page(*db_, content_id(bytes), page);
    ASSERT_TRUE(id) << id.error().message;
    ASSERT_TRUE(add_version(*db_, *id, page));
    ASSERT_TRUE(set_read(*db_, content_id(bytes), {"text", 1}, ItemState::read));
    ASSERT_TRUE(finish_content(*db_, content_id(bytes)));
  }
  RemovalPlan plan(const std::string& bytes) { return *plan_removal(*db_, **content_of_blob(*db_, sha256(bytes))); }
  static std::vector<Sha256> blobs(const std::vector<ContentRow>& rows) {
    std::vector<Sha256> list;
    for (const ContentRow& row : rows) list.push_back(row.sha256);
    std::sort(list.begin(), list.end());
    return list;
  }
  static std::vector<Sha256> hashes(std::vector<std::string> all) {
    std::vector<Sha256> list;
    for (const std::string& bytes : all) list.push_back(sha256(bytes));
    std::sort(list.begin(), list.end());
    return list;
  }
  void remove(const std::string& bytes, bool with_containers = false) {
    RemovalPlan all = plan(bytes);
    if (!with_containers) all.containers.clear();
    auto work = store::Transaction::begin(*db_);
    const auto done = remove_contents(*db_, {all.gone, all.containers, {"2026-03-01", "desk", "a court"}});
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(work->commit());
  }
  std::int64_t rows(const std::string& of) { return *db_->number("SELECT count(*) FROM " + of); }
};

TEST_F(RemovalTest, WhatOnlyItLeadsToGoesWithIt) {
  receive("a.zip", "zip");
  receive("b.zip", "other");
  member("zip", 0, "mail", "mail");
  member("mail", 0, "deep", "deep");
  member("zip", 1, "shared", "shared");
  member("shared", 0, "below", "below");
  member("other", 0, "shared", "shared");
  EXPECT_EQ(blobs(plan("zip").gone), hashes({"zip", "mail", "deep"}));
  EXPECT_EQ(blobs(plan("zip").staying), hashes({"shared", "below"}));
  EXPECT_TRUE(plan("zip").containers.empty());
}

TEST_F(RemovalTest, EveryContainerAboveItIsNamed) {
  receive("a.zip", "zip");
  receive("copy.txt", "text");
  member("zip", 0, "mail", "mail");
  member("mail", 0, "text", "text");
  const RemovalPlan found = plan("text");
  ASSERT_EQ(found.containers.size(), 2U);
  EXPECT_EQ(found.containers[0].sha256, sha256("mail"));
  EXPECT_EQ(found.containers[1].sha256, sha256("zip"));
}

TEST_F(RemovalTest, ContainersThatHoldEachOtherEnd) {
  receive("a", "a");
  member("a", 0, "b", "b");
  member("b", 0, "a", "a");
  member("b", 1, "b", "b");
  EXPECT_EQ(blobs(plan("a").gone), hashes({"a", "b"}));
  EXPECT_TRUE(plan("a").containers.empty());
}

TEST_F(RemovalTest, NothingOfItIsLeftButNameHashAndSize) {
  const ItemId item = receive("a.zip", "zip");
  member("zip", 0, "a secret name", "mail");
  read_page("zip", "words of it");
  read_page("mail", "more words");
  ASSERT_TRUE(add_gap(*db_, content_id("mail"), "read", {GapKind::malformed, "place", "detail", PageIndex(0)}));
  ASSERT_TRUE(add_document(*db_, content_id("mail"), Document{}));
  remove("zip");
  for (const char* table : {"pages", "versions", "documents", "fields", "gaps", "member_counts"}) {
    EXPECT_EQ(rows(table), 0) << table;
  }
  EXPECT_EQ(rows("items WHERE path LIKE '%secret%' OR name LIKE '%secret%'"), 0);
  EXPECT_EQ(counts(*db_)->items, 0);
  EXPECT_EQ(counts(*db_)->bytes, 0);
  EXPECT_EQ((*evidence::item(*db_, item))->path, "leak/a.zip");
  EXPECT_EQ(removal_of(*db_, sha256("mail"))->value().reason, "a court");
  EXPECT_EQ(unfinished_removals(*db_)->size(), 2U);
  ASSERT_TRUE(finish_removals(*db_));
  EXPECT_TRUE(unfinished_removals(*db_)->empty());
  EXPECT_EQ(removed_blobs(*db_)->size(), 2U);
}

TEST_F(RemovalTest, ItDoesNotComeBack) {
  receive("a.txt", "text");
  receive("z.zip", "zip");
  remove("text");
  const auto again = add_received(*db_, {source_, "b.txt", {}, 2}, sha256("text"), 4);
  EXPECT_TRUE(again->removed);
  EXPECT_TRUE(again->fresh);
  const auto inside = add_member(*db_, {content_id("zip"), {0, "text"}, 2}, sha256("text"), 4);
  EXPECT_TRUE(inside->removed);
  EXPECT_EQ(counts(*db_)->items, 1);
  EXPECT_EQ(rows("contents WHERE reader = 0"), 1);  // the archive
  EXPECT_EQ(*known_as(*db_, source_, "b.txt", {}), Known::removed);
  EXPECT_EQ(*known_as(*db_, source_, "z.zip", {}), Known::unchanged);
}

TEST_F(RemovalTest, MembersStayWhenTheirContainerGoesForOneOfThem) {
  receive("a.mbox", "mbox");
  member("mbox", 0, "private", "private");
  member("mbox", 1, "other", "other");
  read_page("other", "stays");
  remove("private", true);
  EXPECT_EQ(counts(*db_)->items, 1);
  EXPECT_EQ(*page_count(*db_, content_id("other")), 1);
  EXPECT_EQ(item_by_path(*db_, "leak/a.mbox!/other")->state, ItemState::read);
  EXPECT_FALSE(item_by_path(*db_, "leak/a.mbox!/private"));
  EXPECT_TRUE(plan("private").gone.empty()) << "it is gone already";
}

TEST_F(RemovalTest, WhatStaysIsNamedByAPathThatItStillHas) {
  receive("a.zip", "zip");
  member("zip", 0, "shared", "shared");
  member("shared", 0, "below", "below");
  receive("z.bin", "shared");
  ASSERT_TRUE(settle(*db_, [](ContentId, const std::string&) { return Result<void>(); }));
  remove("zip");
  EXPECT_TRUE(item_by_path(*db_, "leak/z.bin!/below"));
  EXPECT_EQ(counts(*db_)->items, 2);
  EXPECT_EQ(rows("items WHERE standing < 2 AND path LIKE '%a.zip%'"), 0);
}

}  // namespace
}  // namespace dragoman::evidence
