// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/verify.h"

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/entry_line.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

// A case with three batches; each test works on a copy.
class VerifyTest : public testing::Test {
 protected:
  VerifyTest() : case_(temporary_.path() / "case"), keys_(temporary_.path() / "keys") {
    CHECK(store::CaseFolder::create(case_, "t"));
    const std::unique_ptr<Disk> disk = real_disk();
    auto open = open_case(case_, keys_, *disk);
    CHECK(open);
    CHECK(add_batch(*open, {"first", "second"}, 1));
    CHECK(add_batch(*open, {"third", "first"}, 3));
    CHECK(add_batch(*open, {""}, 5));
    head_ = *custody_head(open->db);
  }

  std::string log() const { return *read_file(case_ / "custody.log", 1 << 20); }
  void set_log(std::string_view bytes) const { std::ofstream(case_ / "custody.log", std::ios::trunc) << bytes; }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    std::string text = log();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      out.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }
  void set_lines(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    set_log(text);
  }
  void sql(std::string_view statements) const {
    auto db = store::Database::open(case_ / "case.db", store::Mode::read_write);
    CHECK(db);
    const auto done = db->exec(statements);
    ASSERT_TRUE(done) << done.error().message;
  }
  fs::path blob(std::string_view content) const {
    const std::string hex = sha256(content).hex();
    return case_ / "blobs" / hex.substr(0, 2) / hex.substr(2);
  }
  std::string first() const { return first_fault(case_); }
  std::string first_with_head() const {
    VerifyOptions options;
    options.head = head_;
    return first_fault(case_, options);
  }
  void replace(const fs::path& path, std::string_view content) const {
    fs::permissions(path, fs::perms(0600));
    std::ofstream(path, std::ios::trunc) << content;
    fs::permissions(path, fs::perms(0444));
  }
  std::vector<std::string> signed_again(const SigningKey& key) const;

  TemporaryFolder temporary_;
  fs::path case_;
  fs::path keys_;
  Head head_;
};

// The whole chain, as somebody with another key would write it.
std::vector<std::string> VerifyTest::signed_again(const SigningKey& key) const {
  std::vector<std::string> out;
  Sha256 previous;
  for (const std::string& text : lines()) {
    EntryLine line = parse_line(text)->line;
    line.previous = previous;
    if (line.key) line.key = key.public_key();
    const std::string unsigned_part = format_unsigned(line);
    out.push_back(format_line(unsigned_part, key.sign(unsigned_part)));
    previous = sha256(out.back());
  }
  return out;
}

TEST_F(VerifyTest, WholeCaseIsWhole) {
  VerifyOptions options;
  options.head = head_;
  std::uint64_t last = 0;
  options.progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_LE(done, all);
    last = done;
  };
  const auto report = verify_case(case_, options);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok);
  EXPECT_EQ(report->blobs, 4U);
  EXPECT_EQ(report->entries, 4U);
  EXPECT_EQ(report->head, head_);
  EXPECT_TRUE(report->notes.empty());
  EXPECT_EQ(last, 16U);
}

TEST_F(VerifyTest, EveryByteOfTheLogCounts) {
  const std::string whole = log();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    set_log(flipped);
    const auto report = verify_case(case_);
    ASSERT_TRUE(report);
    ASSERT_FALSE(report->ok) << i;
    const auto line = std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i), '\n') + 1;
    ASSERT_EQ(report->faults.front().where, "custody.log line " + std::to_string(line)) << i;
  }
}

TEST_F(VerifyTest, EveryByteOfABlobCounts) {
  const std::string content = "second";
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string flipped = content;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    replace(blob(content), flipped);
    const auto report = verify_case(case_);
    ASSERT_EQ(report->faults.size(), 1U);
    EXPECT_EQ(report->faults[0].what, "blob_altered");
    EXPECT_EQ(report->faults[0].where, blob(content).lexically_relative(case_).string());
  }
}

TEST_F(VerifyTest, LastLineRemoved) {
  auto all = lines();
  all.pop_back();
  set_lines(all);
  const auto report = verify_case(case_);
  EXPECT_EQ(report->faults.front().what, "log_removed");
  EXPECT_EQ(report->faults.front().where, "custody.log line 4");
  // Gone from case.db as well: only who noted the head can tell.
  sql("DELETE FROM custody_items WHERE entry = 4; DELETE FROM custody_entries WHERE n = 4");
  fs::remove(blob(""));
  EXPECT_EQ(first(), "ok");
  EXPECT_EQ(first_with_head(), "head");
}

TEST_F(VerifyTest, LineRemovedAndLogGone) {
  auto all = lines();
  all.erase(all.begin() + 1);
  set_lines(all);
  EXPECT_EQ(first(), "log_number");
  set_log("");
  EXPECT_EQ(first(), "log_removed");
  fs::remove(case_ / "custody.log");
  EXPECT_EQ(first(), "log_missing");
}

TEST_F(VerifyTest, TwoLinesSwapped) {
  for (std::size_t i = 0; i < 3; ++i) {
    auto all = lines();
    std::swap(all[i], all[i + 1]);
    const std::string whole = log();
    set_lines(all);
    const auto report = verify_case(case_);
    EXPECT_FALSE(report->ok);
    EXPECT_EQ(report->faults.front().where, "custody.log line " + std::to_string(i + 1));
    set_log(whole);
  }
}

TEST_F(VerifyTest, LineAdded) {
  const auto all = lines();
  set_lines({all[0], all[1], all[2], all[3], all[3]});
  EXPECT_EQ(first(), "log_extra");
  set_log(log() + "x");
  EXPECT_EQ(first(), "log_extra");
}

TEST_F(VerifyTest, SignedAgainWithAnotherKey) {
  const SigningKey other = SigningKey::from_seed({7});
  const auto all = signed_again(other);
  set_lines(all);
  EXPECT_EQ(first(), "log_key");
  // … in case.db as well, so that log and case agree:
  for (std::size_t i = 0; i < all.size(); ++i) {
    sql("UPDATE custody_entries SET line = '" + all[i] + "', hash = x'" + sha256(all[i]).hex() +
        "' WHERE n = " + std::to_string(i + 1));
  }
  EXPECT_EQ(first(), "log_key");
  // … and the key that the case names: nothing inside the case shows it, the head does.
  sql("UPDATE case_info SET value = '" + other.public_key().hex() + "' WHERE key = 'public_key'");
  EXPECT_EQ(first(), "ok");
  EXPECT_EQ(first_with_head(), "head");
}

TEST_F(VerifyTest, SignedAgainWithTheCasesOwnKey) {
  // Who has the key can write another line, but not make case.db or a noted head agree with it.
  auto all = lines();
  EntryLine line = parse_line(all[3])->line;
  line.detail = "changed";
  const auto key = SigningKey::own(keys_);
  const std::string unsigned_part = format_unsigned(line);
  all[3] = format_line(unsigned_part, key->sign(unsigned_part));
  set_lines(all);
  EXPECT_EQ(first(), "log_line");
  EXPECT_EQ(first_with_head(), "log_line");
}

TEST_F(VerifyTest, BlobsGoneAddedOrOddAreNamed) {
  fs::remove(blob("third"));
  EXPECT_EQ(first(), "blob_missing");
  fs::rename(blob("second"), case_ / "blobs" / "renamed");
  const auto report = verify_case(case_);
  std::vector<std::string> what;
  for (const Fault& fault : report->faults) what.push_back(fault.what);
  std::sort(what.begin(), what.end());
  EXPECT_EQ(what, (std::vector<std::string>{"blob_missing", "blob_missing", "blob_unknown"}));
}

TEST_F(VerifyTest, UnknownFilesUnderBlobs) {
  std::ofstream(case_ / "blobs" / "notes.txt") << "x";
  EXPECT_EQ(first(), "blob_unknown");
  fs::rename(case_ / "blobs" / "notes.txt", case_ / "blobs" / "b\xFF");
  EXPECT_EQ(verify_case(case_)->faults.front().where, "blobs/b%FF");
  fs::remove(case_ / "blobs" / "b\xFF");
  // Named like a blob but of other bytes.
  fs::create_directories(blob("liar").parent_path());
  std::ofstream(blob("liar")) << "x";
  EXPECT_EQ(first(), "blob_unknown");
  // What it says it is: left by a run that was killed before it committed.
  std::ofstream(blob("liar"), std::ios::trunc) << "liar";
  const auto report = verify_case(case_);
  EXPECT_TRUE(report->ok);
  EXPECT_EQ(report->notes.size(), 1U);
}

TEST_F(VerifyTest, PermissionsAreANote) {
  fs::permissions(blob("third"), fs::perms(0644));
  const auto report = verify_case(case_);
  EXPECT_TRUE(report->ok);
  EXPECT_EQ(report->notes.size(), 1U);
}

TEST_F(VerifyTest, SignedItemsAreCompared) {
  const char* changes[] = {
      "UPDATE custody_items SET item = 9 WHERE entry = 2 AND position = 0",
      "UPDATE custody_items SET size = size + 1 WHERE entry = 2 AND position = 0",
      "UPDATE custody_items SET size = -1 WHERE entry = 2 AND position = 0",
      "UPDATE custody_items SET blob = x'00' WHERE entry = 2 AND position = 0",
      "UPDATE custody_items SET position = 7 WHERE entry = 2 AND position = 0",
      "DELETE FROM custody_items WHERE entry = 2 AND position = 1",
      "INSERT INTO custody_items SELECT 2, 2, blob, size, 6 FROM custody_items WHERE entry = 2 AND position = 0",
      "UPDATE custody_items SET blob = zeroblob(32) WHERE entry = 2 AND position = 0",
  };
  for (const char* change : changes) {
    fs::copy_file(case_ / "case.db", temporary_.path() / "saved");
    sql(change);
    EXPECT_EQ(first(), "root") << change;
    fs::remove(case_ / "case.db-wal");
    fs::remove(case_ / "case.db-shm");
    fs::rename(temporary_.path() / "saved", case_ / "case.db");
  }
  EXPECT_EQ(first(), "ok");
  sql("PRAGMA foreign_keys=OFF; INSERT INTO custody_items SELECT 9, 2, blob, size, 6 FROM custody_items LIMIT 1");
  EXPECT_EQ(first(), "item");
}

TEST_F(VerifyTest, RowsOfTheLogInCaseDbAreCompared) {
  sql("UPDATE custody_entries SET line = replace(line, 'batch', 'notes') WHERE n = 2");
  EXPECT_EQ(first(), "log_line");
  sql("UPDATE custody_entries SET hash = x'00' WHERE n = 3");
  EXPECT_EQ(verify_case(case_)->faults.size(), 2U);
  sql("DELETE FROM case_info WHERE key = 'public_key'");
  EXPECT_EQ(first(), "log_key");
}

TEST_F(VerifyTest, EvidenceRowsAreCompared) {
  struct Row {
    std::int64_t item;
    std::string content;
    std::uint64_t size;
  };
  const auto with = [&](const std::vector<Row>& rows) {
    VerifyOptions options;
    options.evidence = [rows](store::Database&, const EvidenceRow& visit) -> Result<void> {
      for (const Row& row : rows) TRY_VOID(visit(ItemId(row.item), sha256(row.content), row.size));
      return {};
    };
    return first_fault(case_, options);
  };
  const std::vector<Row> right{{5, "", 0}, {1, "first", 5}, {2, "second", 6}, {3, "third", 5}, {4, "first", 5}};
  EXPECT_EQ(with(right), "ok");
  auto rows = right;
  rows[2].content = "third";
  EXPECT_EQ(with(rows), "evidence");
  rows = right;
  rows[2].size = 7;
  EXPECT_EQ(with(rows), "evidence");
  rows = right;
  rows.pop_back();
  EXPECT_EQ(with(rows), "evidence");
  rows = right;
  rows.push_back({6, "unsigned", 8});
  EXPECT_EQ(with(rows), "evidence");
}

TEST_F(VerifyTest, HeadStaysRightWhenTheLogGrows) {
  const std::unique_ptr<Disk> disk = real_disk();
  {
    auto open = open_case(case_, keys_, *disk);
    ASSERT_TRUE(add_batch(*open, {"more"}, 6));
    const auto report = verify_case(case_);
    ASSERT_TRUE(record_verification(*report, open->custody, open->db));
  }
  EXPECT_EQ(first_with_head(), "ok");
  EXPECT_EQ(verify_case(case_)->entries, 6U);
  VerifyOptions options;
  options.head = Head{head_.count, sha256("another")};
  EXPECT_EQ(first_fault(case_, options), "head");
  options.head = Head{7, head_.hash};
  EXPECT_EQ(first_fault(case_, options), "head");
}

TEST_F(VerifyTest, NothingIsWritten) {
  const auto listing = [&] {
    std::string out;
    for (const auto& entry : fs::recursive_directory_iterator(case_)) {
      out += entry.path().string() + " " + std::to_string(entry.last_write_time().time_since_epoch().count()) + "\n";
    }
    return out;
  };
  for (const auto& entry : fs::recursive_directory_iterator(case_)) {
    fs::permissions(entry.path(), entry.is_directory() ? fs::perms(0555) : fs::perms(0444));
  }
  fs::permissions(case_, fs::perms(0555));
  fs::permissions(temporary_.path(), fs::perms(0755));
  const std::string before = listing();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    ::_exit(first() == "ok" ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(listing(), before);
  for (const auto& entry : fs::recursive_directory_iterator(case_)) fs::permissions(entry.path(), fs::perms(0700));
}

TEST_F(VerifyTest, LogOfRubbishEndsBySaying) {
  set_log(std::string(3 << 20, 'x'));
  EXPECT_EQ(first(), "log_line");
  set_log(std::string(100'000, '\n'));
  const auto report = verify_case(case_);
  EXPECT_EQ(report->faults.size(), 1000U);
  EXPECT_TRUE(report->more);
}

}  // namespace
}  // namespace dragoman::vault
