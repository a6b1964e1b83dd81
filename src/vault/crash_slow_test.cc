// SPDX-License-Identifier: AGPL-3.0-or-later
// The promise of the vault, at every moment: whatever operation on the disk is the last one, and whatever of the
// unsynced rest is lost, everything that case.db speaks of is there whole, and the log can go on, exactly once.
#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/faulty_disk.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

constexpr int kBatches = 3;

std::vector<std::string> contents_of(int batch) {
  std::vector<std::string> out;
  // The middle batch is large enough for sync_all(); each brings one blob that the batch before had.
  const int count = batch == 1 ? 6 : 2;
  out.reserve(static_cast<std::size_t>(count) + 1);
  for (int i = 0; i < count; ++i) out.push_back("batch " + std::to_string(batch) + " blob " + std::to_string(i));
  out.push_back("batch " + std::to_string(batch - 1) + " blob 0");
  return out;
}

// Whether anything was signed in the case yet.
bool custody_written(const fs::path& path) {
  auto db = store::Database::open(path / "case.db", store::Mode::read_only);
  const auto head = db ? custody_head(*db) : Result<Head>(Failure(db.error()));
  return head && head->count > 0;
}

// Adds the batches that are not in the case yet, as an `add` that is run again.
Result<void> add_missing(OpenCase& open) {
  for (int batch = 0; batch < kBatches; ++batch) {
    const std::int64_t first = batch * 10 + 1;
    const std::string done = "SELECT count(*) FROM custody_items WHERE item = " + std::to_string(first);
    const std::int64_t there = TRY(open.db.number(done));
    if (there > 0) continue;
    TRY_VOID(add_batch(open, contents_of(batch), first));
  }
  return open.custody.flush(open.db);
}

class CrashTest : public testing::TestWithParam<bool> {
 protected:
  CrashTest() : pristine_(temporary_.path() / "pristine"), keys_(temporary_.path() / "keys") {
    CHECK(store::CaseFolder::create(pristine_, "t"));
    CHECK(SigningKey::own(keys_));
    fs::create_directory(grave());
  }
  fs::path grave() const { return temporary_.path() / "grave"; }
  fs::path fresh_case() const {
    fs::path path = temporary_.path() / "case";
    fs::remove_all(path);
    fs::copy(pristine_, path, fs::copy_options::recursive);
    return path;
  }
  std::uint64_t operations_of_a_whole_run() const {
    const fs::path path = fresh_case();
    FaultyDisk disk(grave());
    disk.offer_sync_all(GetParam());
    auto open = open_case(path, keys_, disk);
    CHECK(open && add_missing(*open));
    return disk.operations();
  }
  void expect_whole_and_finished(const fs::path& path, std::uint64_t operation) const {
    const std::unique_ptr<Disk> disk = real_disk();
    {
      auto open = open_case(path, keys_, *disk);
      ASSERT_TRUE(open) << operation << " " << open.error().message;
      const auto added = add_missing(*open);
      ASSERT_TRUE(added) << operation << " " << added.error().message;
      EXPECT_EQ(*open->db.number("SELECT count(*) FROM custody_items"), 13) << operation;
      EXPECT_EQ(open->blobs.waiting(), 0U);
    }
    const auto report = verify_case(path);
    ASSERT_TRUE(report->ok) << operation << " " << report->faults.front().what << " " << report->faults.front().where;
    EXPECT_EQ(report->entries, 4U);
    EXPECT_TRUE(report->notes.empty()) << operation << " " << report->notes.front();
    EXPECT_TRUE(fs::is_empty(path / "blobs" / "tmp"));
  }

  TemporaryFolder temporary_;
  fs::path pristine_;
  fs::path keys_;
};

TEST_P(CrashTest, KilledOrWithoutPowerAtAnyOperation) {
  const std::uint64_t operations = operations_of_a_whole_run();
  EXPECT_GT(operations, 40U);
  for (std::uint64_t operation = 1; operation <= operations; ++operation) {
    for (const std::uint64_t seed : {0U, 1U, 2U, 3U}) {  // 0: killed, nothing is lost
      const fs::path path = fresh_case();
      FaultyDisk disk(grave());
      disk.offer_sync_all(GetParam());
      disk.fail_at(operation, FaultyDisk::Failure::dead);
      {
        auto open = open_case(path, keys_, disk);
        EXPECT_FALSE(open && add_missing(*open)) << operation;
      }
      if (seed > 0) disk.power_cut(seed * 1000 + operation);
      if (custody_written(path)) {
        const auto report = verify_case(path);
        ASSERT_TRUE(report && report->ok) << operation << " seed " << seed << " " << report->faults.front().what << " "
                                          << report->faults.front().detail;
      }
      ASSERT_NO_FATAL_FAILURE(expect_whole_and_finished(path, operation));
    }
  }
}

// The second run must not rely on what the first one had not synced.
TEST_P(CrashTest, KilledThenFinishedThenWithoutPower) {
  const std::uint64_t operations = operations_of_a_whole_run();
  for (std::uint64_t operation = 1; operation <= operations; ++operation) {
    const fs::path path = fresh_case();
    FaultyDisk disk(grave());
    disk.offer_sync_all(GetParam());
    disk.fail_at(operation, FaultyDisk::Failure::dead);
    {
      auto open = open_case(path, keys_, disk);
      EXPECT_FALSE(open && add_missing(*open)) << operation;
    }
    disk.restart();
    {
      auto open = open_case(path, keys_, disk);
      ASSERT_TRUE(open && add_missing(*open)) << operation;
    }
    disk.power_cut(operation);
    const auto report = verify_case(path);
    ASSERT_TRUE(report && report->ok) << operation << " " << report->faults.front().what;
    ASSERT_EQ(report->entries, 4U);
    ASSERT_NO_FATAL_FAILURE(expect_whole_and_finished(path, operation));
  }
}

TEST_P(CrashTest, FullDiskAtAnyOperation) {
  const std::uint64_t operations = operations_of_a_whole_run();
  for (std::uint64_t operation = 1; operation <= operations; ++operation) {
    const fs::path path = fresh_case();
    FaultyDisk disk(grave());
    disk.offer_sync_all(GetParam());
    disk.fail_at(operation, FaultyDisk::Failure::no_space);
    {
      auto open = open_case(path, keys_, disk);
      auto added = open ? add_missing(*open) : Result<void>(Failure(open.error()));
      EXPECT_TRUE(added || added.error().kind == ErrorKind::io) << operation;
      // Somebody makes room, and the same run goes on.
      if (open && !added) added = add_missing(*open);
      EXPECT_TRUE(added || !open) << operation << " " << added.error().message;
    }
    ASSERT_NO_FATAL_FAILURE(expect_whole_and_finished(path, operation));
  }
}

INSTANTIATE_TEST_SUITE_P(SyncAll, CrashTest, testing::Bool());

}  // namespace
}  // namespace dragoman::vault
