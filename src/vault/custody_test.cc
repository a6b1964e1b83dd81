// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/custody.h"

#include <fstream>

#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/entry_line.h"
#include "vault/faulty_disk.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

class CustodyTest : public testing::Test {
 protected:
  CustodyTest() : disk_(real_disk()), case_(temporary_.path() / "case"), keys_(temporary_.path() / "keys") {
    CHECK(store::CaseFolder::create(case_, "t"));
  }
  Result<OpenCase> open() { return open_case(case_, keys_, *disk_); }
  std::string log() { return *read_file(case_ / "custody.log", 1 << 20); }
  void set_log(std::string_view bytes) { std::ofstream(case_ / "custody.log", std::ios::trunc) << bytes; }

  TemporaryFolder temporary_;
  std::unique_ptr<Disk> disk_;
  fs::path case_;
  fs::path keys_;
};

TEST_F(CustodyTest, FirstEntryNamesCaseAndKey) {
  auto open_now = open();
  ASSERT_TRUE(open_now) << open_now.error().message;
  const std::string text = log();
  ASSERT_TRUE(text.ends_with('\n'));
  const auto parsed = parse_line(std::string_view(text).substr(0, text.size() - 1));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->line.number, 1U);
  EXPECT_EQ(parsed->line.previous, Sha256());
  EXPECT_EQ(parsed->line.kind, EntryKind::genesis);
  EXPECT_EQ(*parsed->line.key, *case_key(open_now->db));
  EXPECT_EQ(parsed->line.case_id, **store::case_info(open_now->db, "id"));
  EXPECT_EQ(parsed->line.at.size(), 10U);
  EXPECT_TRUE(signature_is_right(*parsed->line.key, parsed->unsigned_part, parsed->signature));
}

TEST_F(CustodyTest, ChainGrowsAndHeadFollows) {
  {
    auto open_now = open();
    ASSERT_TRUE(add_batch(*open_now, {"a", "b"}, 1));
    EntryContent note;
    note.kind = EntryKind::note;
    note.policy = sha256("policy").hex();
    note.detail = "handed over to desk 2";
    auto work = store::Transaction::begin(open_now->db);
    ASSERT_TRUE(open_now->custody.append(open_now->db, note));
    ASSERT_TRUE(open_now->custody.append(open_now->db, note));
    ASSERT_TRUE(work->commit());
    ASSERT_TRUE(open_now->custody.flush(open_now->db));
    ASSERT_TRUE(open_now->custody.flush(open_now->db));
  }
  const std::string before = log();
  auto again = open();
  ASSERT_TRUE(again);
  EXPECT_EQ(log(), before);
  const Head head = *custody_head(again->db);
  EXPECT_EQ(head.count, 4U);
  const std::size_t last = before.rfind('\n', before.size() - 2) + 1;
  EXPECT_EQ(head.hash, sha256(before.substr(last, before.size() - last - 1)));
  EXPECT_EQ(*parse_head(to_string(head)), head);
  EXPECT_EQ(first_fault(case_), "ok");
}

TEST_F(CustodyTest, WhatCannotBeSaidIsRefused) {
  auto open_now = open();
  auto work = store::Transaction::begin(open_now->db);
  for (const char* detail : {"a\"b", "a\\b", "a\nb", "سند", "a\x01"}) {
    EntryContent note;
    note.detail = detail;
    EXPECT_EQ(open_now->custody.append(open_now->db, note).error().kind, ErrorKind::malformed) << detail;
  }
  EntryContent note;
  note.policy = "none";
  EXPECT_FALSE(open_now->custody.append(open_now->db, note));
}

TEST_F(CustodyTest, RolledBackEntryLeavesNoTrace) {
  auto open_now = open();
  const std::string before = log();
  {
    auto work = store::Transaction::begin(open_now->db);
    ASSERT_TRUE(open_now->custody.append(open_now->db, {}));
  }
  ASSERT_TRUE(open_now->custody.flush(open_now->db));
  EXPECT_EQ(log(), before);
  EXPECT_EQ(custody_head(open_now->db)->count, 1U);
}

// Whatever is left of the line that was being appended, the next run writes it whole, once.
TEST_F(CustodyTest, TornLinesAreWrittenOnce) {
  std::string whole;
  std::size_t first = 0;
  {
    auto open_now = open();
    first = log().size();
    ASSERT_TRUE(add_batch(*open_now, {"a"}, 1));
    ASSERT_TRUE(add_batch(*open_now, {"b"}, 2));
    whole = log();
  }
  for (std::size_t cut = first; cut <= whole.size(); ++cut) {
    for (const std::size_t zeros : {std::size_t{0}, (whole.size() - cut) / 2, whole.size() - cut}) {
      auto db = store::Database::open(case_ / "case.db", store::Mode::read_write);
      ASSERT_TRUE(db->exec("UPDATE custody_entries SET written = 0 WHERE n > 1"));
      set_log(whole.substr(0, cut) + std::string(zeros, '\0'));
      ASSERT_TRUE(zeros > 0 || first_fault(case_) == "ok") << cut;
      ASSERT_TRUE(open()) << cut << " " << zeros;
      ASSERT_EQ(log(), whole) << cut << " " << zeros;
      ASSERT_EQ(*db->number("SELECT count(*) FROM custody_entries WHERE written = 0"), 0);
    }
  }
  EXPECT_EQ(first_fault(case_), "ok");
}

TEST_F(CustodyTest, NothingIsAddedToAChangedLog) {
  std::string whole;
  {
    auto open_now = open();
    ASSERT_TRUE(add_batch(*open_now, {"a"}, 1));
    whole = log();
  }
  std::string flipped = whole;
  flipped[100] = static_cast<char>(flipped[100] ^ 1);
  for (const std::string& changed :
       {flipped, whole.substr(0, whole.size() - 1), whole.substr(0, whole.find('\n') + 1), whole + "x", whole + "\n"}) {
    set_log(changed);
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
    EXPECT_NE(refused.error().message.find("dragoman verify"), std::string::npos);
    EXPECT_EQ(log(), changed);
  }
}

TEST_F(CustodyTest, CaseOfAnotherKeyIsRefused) {
  ASSERT_TRUE(open());
  fs::remove(keys_ / "signing.key");
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
}

TEST_F(CustodyTest, FullDiskWhileFlushingIsMadeGood) {
  FaultyDisk disk(temporary_.path());
  auto open_now = open_case(case_, keys_, disk);
  ASSERT_TRUE(add_batch(*open_now, {"a"}, 1));
  for (std::uint64_t operation = 1; operation <= 2; ++operation) {
    {
      auto work = store::Transaction::begin(open_now->db);
      ASSERT_TRUE(open_now->custody.append(open_now->db, {}));
      ASSERT_TRUE(work->commit());
    }
    disk.fail_at(operation, FaultyDisk::Failure::no_space);
    const auto full = open_now->custody.flush(open_now->db);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().kind, ErrorKind::io);
    EXPECT_EQ(first_fault(case_), "ok") << operation;
    ASSERT_TRUE(open_now->custody.flush(open_now->db));
    EXPECT_EQ(first_fault(case_), "ok");
  }
  EXPECT_EQ(verify_case(case_)->entries, 4U);
}

TEST(EntryLineTest, OneFormOnly) {
  EntryLine line;
  line.number = 7;
  line.at = "2026-03-01";
  line.tool = "dragoman 0.1.0";
  const std::string text = format_line(format_unsigned(line), Signature{});
  ASSERT_TRUE(parse_line(text));
  EXPECT_EQ(parse_line(text)->unsigned_part, format_unsigned(line));
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_line(text.substr(0, i)));
    EXPECT_FALSE(parse_line(text.substr(0, i) + "\t" + text.substr(i))) << i;
  }
  EXPECT_FALSE(parse_line(text + "\n"));
  std::string padded = text;
  padded.replace(padded.find(":7,"), 3, ":07,");
  EXPECT_FALSE(parse_line(padded));
}

TEST(HeadTest, OnlyItsOwnForm) {
  const std::string hash = sha256("x").hex();
  EXPECT_EQ(parse_head("12:" + hash)->count, 12U);
  const std::string bad[] = {"",
                             ":",
                             "12",
                             "12:",
                             "12:00",
                             ":" + hash,
                             "-1:" + hash,
                             "1x:" + hash,
                             "12:" + hash + "0",
                             "99999999999999999999:" + hash};
  for (const std::string& text : bad) {
    EXPECT_EQ(parse_head(text).error().kind, ErrorKind::malformed) << text;
  }
}

}  // namespace
}  // namespace dragoman::vault
