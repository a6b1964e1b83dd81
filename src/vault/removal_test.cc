// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/removal.h"

#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/entries.h"
#include "vault/entry_line.h"
#include "vault/whereabouts.h"

namespace dragoman::vault {
namespace {

class RemovalTest : public testing::Test {
 protected:
  RemovalTest() : disk_(real_disk()), case_(temporary_.path() / "case"), keys_(temporary_.path() / "keys") {
    CHECK(store::CaseFolder::create(case_, "t"));
    auto open = open_case(case_, keys_, *disk_);
    CHECK(open);
    open_.emplace(std::move(*open));
    CHECK(add_batch(*open_, {"container", "other"}, 1));
  }
  void sign_removal(const std::string& bytes, std::int64_t item) {
    EntryContent entry;
    entry.kind = EntryKind::remove;
    entry.items = {{sha256(bytes), bytes.size(), ItemId(item)}};
    entry.detail = "removed by decision";
    entry.who = "میز ۲";
    entry.why = "a \"court\" 100%";
    auto work = store::Transaction::begin(open_->db);
    const auto signed_now = open_->custody.append(open_->db, entry);
    ASSERT_TRUE(signed_now) << signed_now.error().message;
    ASSERT_TRUE(work->commit());
    ASSERT_TRUE(open_->custody.flush(open_->db));
  }

  TemporaryFolder temporary_;
  std::unique_ptr<Disk> disk_;
  std::filesystem::path case_;
  std::filesystem::path keys_;
  std::optional<OpenCase> open_;
};

TEST_F(RemovalTest, WhoAndWhyAreInTheSignedLine) {
  sign_removal("other", 2);
  const std::string log = *read_file(case_ / "custody.log", 1 << 20);
  EXPECT_NE(log.find(R"("why":"a %22court%22 100%25")"), std::string::npos) << log;
  const auto newest = entries(open_->db, 0, 1);
  EXPECT_EQ(newest->front().kind, "remove");
  EXPECT_EQ(newest->front().detail, "removed by decision; میز ۲; a \"court\" 100%");
  for (const char* bad : {"", "two\nlines", "\xFF"}) {
    EntryContent entry;
    entry.kind = EntryKind::remove;
    entry.why = bad;
    auto work = store::Transaction::begin(open_->db);
    EXPECT_FALSE(open_->custody.append(open_->db, entry)) << bad;
  }
}

TEST_F(RemovalTest, OneFormOfALineCounts) {
  sign_removal("other", 2);
  auto row = open_->db.prepare("SELECT line FROM custody_entries ORDER BY n DESC LIMIT 1");
  ASSERT_TRUE(*row->step());
  const std::string line(row->text(0));
  ASSERT_TRUE(parse_line(line));
  const std::size_t at = line.find("%22");
  for (const char* other : {"%2", "%zz", "\"", "%0A", "%41"}) {
    EXPECT_FALSE(parse_line(line.substr(0, at) + other + line.substr(at + 3))) << other;
  }
}

TEST_F(RemovalTest, VerifyTellsRemovedFromMissingAndUnfinished) {
  sign_removal("other", 2);
  EXPECT_EQ(first_fault(case_), "removal_unfinished");
  const Sha256 gone[] = {sha256("other")};
  ASSERT_TRUE(open_->blobs.remove(gone));
  ASSERT_TRUE(open_->blobs.remove(gone)) << "what is gone is no error";
  EXPECT_EQ(first_fault(case_), "ok");
  EXPECT_EQ(verify_case(case_)->removed, 1U);
  const Sha256 missing[] = {sha256("container")};
  ASSERT_TRUE(open_->blobs.remove(missing));
  EXPECT_EQ(first_fault(case_), "blob_missing");
}

TEST_F(RemovalTest, RefusedBytesLeaveNothing) {
  const Sha256 refused[] = {sha256("again")};
  open_->blobs.refuse(refused);
  {
    auto writer = open_->blobs.begin();
    ASSERT_TRUE(writer->append("again"));
    const auto kept = writer->finish();
    EXPECT_TRUE(kept->refused);
    EXPECT_EQ(kept->blob, sha256("again"));
  }
  ASSERT_TRUE(open_->blobs.sync());
  EXPECT_FALSE(open_->blobs.exists(sha256("again")));
  EXPECT_TRUE(std::filesystem::is_empty(open_->blobs.temporary_folder()));
}

TEST_F(RemovalTest, ARangeGetsAFileBeforeItsContainerGoes) {
  ASSERT_TRUE(add_range(open_->db, sha256("tain"), {sha256("container"), 3, 4}));
  ASSERT_TRUE(add_range(open_->db, sha256("ai"), {sha256("tain"), 1, 2}));
  const BlobSet leaving{sha256("container")};
  ASSERT_TRUE(keep_ranges_of(open_->db, open_->blobs, leaving));
  ASSERT_TRUE(forget_places(open_->db, leaving));
  const Sha256 gone[] = {sha256("container")};
  ASSERT_TRUE(open_->blobs.remove(gone));
  for (const char* bytes : {"tain", "ai"}) {
    const auto fd = open_bytes(open_->db, open_->blobs, sha256(bytes));
    ASSERT_TRUE(fd) << fd.error().message;
    EXPECT_EQ(*read_all(fd->get(), 100), bytes);
  }
  EXPECT_TRUE(*range_of(open_->db, sha256("ai"))) << "what it stands in is still there";
}

TEST_F(RemovalTest, AContainerThatIsNotWhatItWasStopsIt) {
  ASSERT_TRUE(add_range(open_->db, sha256("fake"), {sha256("container"), 3, 4}));
  EXPECT_FALSE(keep_ranges_of(open_->db, open_->blobs, {sha256("container")}));
  EXPECT_TRUE(open_->blobs.exists(sha256("container")));
}

}  // namespace
}  // namespace dragoman::vault
