// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/whereabouts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/originals.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

class WhereaboutsTest : public testing::Test {
 protected:
  WhereaboutsTest() : case_(temporary_.path() / "case"), keys_(temporary_.path() / "keys"), disk_(real_disk()) {
    CHECK(store::CaseFolder::create(case_, "t"));
    open_.emplace(*open_case(case_, keys_, *disk_));
  }

  Sha256 keep(std::string_view bytes) {
    CHECK(add_batch(*open_, {std::string(bytes)}, ++item_));
    return sha256(bytes);
  }
  /// Signs for bytes that have no file of their own.
  void note(std::string_view bytes) {
    EntryContent batch;
    batch.items.push_back(CustodyItem{sha256(bytes), bytes.size(), ItemId(++item_)});
    store::Transaction work = *store::Transaction::begin(open_->db);
    CHECK(open_->custody.append(open_->db, batch));
    CHECK(work.commit());
    CHECK(open_->custody.flush(open_->db));
  }
  void place(std::string_view bytes, const Sha256& container, std::uint64_t offset, std::uint64_t length) {
    CHECK(add_range(open_->db, sha256(bytes), {container, offset, length}));
    note(bytes);
  }
  Reference refer(const fs::path& path, std::string_view bytes) {
    std::ofstream(path) << bytes;
    struct stat status {};
    CHECK(::stat(path.c_str(), &status) == 0);
    const auto ns = [](const timespec& time) { return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec; };
    const Reference reference{path.string(), bytes.size(), ns(status.st_mtim), ns(status.st_ctim)};
    CHECK(add_reference(open_->db, sha256(bytes), reference));
    note(bytes);
    return reference;
  }
  std::string bytes_of(const Sha256& blob) {
    const auto fd = open_bytes(open_->db, open_->blobs, blob);
    if (!fd) return "error: " + fd.error().message;
    EXPECT_EQ(::fcntl(fd->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
    return *read_all(fd->get(), 1 << 24);
  }

  TemporaryFolder temporary_;
  fs::path case_;
  fs::path keys_;
  std::unique_ptr<Disk> disk_;
  std::optional<OpenCase> open_;
  std::int64_t item_ = 0;
};

TEST_F(WhereaboutsTest, a_range_of_a_range_of_a_blob_is_read_and_verified) {
  const Sha256 outer = keep("head|inner[core]|tail");
  place("inner[core]", outer, 5, 11);
  place("core", sha256("inner[core]"), 6, 4);
  EXPECT_EQ(bytes_of(sha256("inner[core]")), "inner[core]");
  EXPECT_EQ(bytes_of(sha256("core")), "core");
  Originals originals(open_->folder, *disk_);
  const auto fd = originals.open(sha256("core"));
  ASSERT_TRUE(fd);
  EXPECT_EQ(*read_all(fd->get(), 100), "core");
  EXPECT_EQ(first_fault(case_), "ok");
  EXPECT_EQ(verify_case(case_)->blobs, 3U);
}

TEST_F(WhereaboutsTest, verify_finds_ranges_that_were_moved_or_whose_container_is_gone) {
  const Sha256 outer = keep("head|inner|tail");
  place("inner", outer, 5, 5);
  ASSERT_TRUE(open_->db.exec("UPDATE blob_ranges SET start = 4"));
  EXPECT_EQ(first_fault(case_), "blob_altered");
  ASSERT_TRUE(open_->db.exec("UPDATE blob_ranges SET start = 12"));
  EXPECT_EQ(first_fault(case_), "item");
  EXPECT_TRUE(bytes_of(sha256("inner")).starts_with("error")) << "outside of its container";
  ASSERT_TRUE(open_->db.exec("UPDATE blob_ranges SET start = 5, container = randomblob(32)"));
  EXPECT_EQ(first_fault(case_), "blob_missing");
  ASSERT_TRUE(open_->db.exec("UPDATE blob_ranges SET container = blob"));
  EXPECT_TRUE(bytes_of(sha256("inner")).starts_with("error")) << "a ring";
}

TEST_F(WhereaboutsTest, a_range_that_later_comes_as_a_file_of_its_own_is_that_file) {
  const Sha256 outer = keep("head|inner|tail");
  place("inner", outer, 5, 5);
  keep("inner");
  EXPECT_EQ(bytes_of(sha256("inner")), "inner");
  EXPECT_EQ(first_fault(case_), "ok");
}

TEST_F(WhereaboutsTest, a_large_range_is_a_file_without_a_name) {
  const std::string inner(std::size_t{17} << 20, 'x');
  const Sha256 outer = keep("head" + inner);
  place(inner, outer, 4, inner.size());
  const auto fd = open_bytes(open_->db, open_->blobs, sha256(inner));
  ASSERT_TRUE(fd) << fd.error().message;
  EXPECT_EQ(*file_size(fd->get()), inner.size());
  EXPECT_EQ(hash_file(fd->get())->blob, sha256(inner));
  EXPECT_TRUE(fs::is_empty(open_->blobs.temporary_folder()));
}

TEST_F(WhereaboutsTest, a_reference_is_read_until_it_changes_or_is_gone) {
  const fs::path file = fs::canonical(temporary_.path()) / "disk.img";
  refer(file, "far away");
  place("away", sha256("far away"), 4, 4);
  EXPECT_EQ(bytes_of(sha256("far away")), "far away");
  EXPECT_EQ(bytes_of(sha256("away")), "away");
  EXPECT_TRUE(*lies_outside(open_->db, open_->blobs, sha256("away")));
  EXPECT_EQ(first_fault(case_), "ok");

  std::ofstream(file) << "far AWAY";
  EXPECT_TRUE(bytes_of(sha256("away")).find("changed") != std::string::npos);
  EXPECT_EQ(first_fault(case_), "reference_changed");
  EXPECT_EQ(verify_case(case_)->faults.front().where, file.string());
  fs::remove(file);
  EXPECT_EQ(first_fault(case_), "reference_missing");
}

TEST_F(WhereaboutsTest, one_of_two_places_is_enough_and_the_other_is_noted) {
  const fs::path folder = fs::canonical(temporary_.path());
  refer(folder / "a", "same bytes");
  refer(folder / "b", "same bytes");
  fs::remove(folder / "a");
  EXPECT_EQ(bytes_of(sha256("same bytes")), "same bytes");
  const auto report = verify_case(case_);
  EXPECT_TRUE(report->ok);
  ASSERT_EQ(report->notes.size(), 1U);
}

TEST_F(WhereaboutsTest, a_reference_follows_no_link) {
  const fs::path folder = fs::canonical(temporary_.path()) / "folder";
  fs::create_directory(folder);
  const Reference reference = refer(folder / "file", "bytes");
  EXPECT_TRUE(open_reference(reference));
  fs::rename(folder, folder.string() + "2");
  fs::create_symlink(folder.string() + "2", folder);
  EXPECT_FALSE(open_reference(reference));
  EXPECT_FALSE(open_reference({"relative/path", 5, 0, 0}));
  EXPECT_FALSE(open_reference({folder.string() + "2/../folder2/file", 5, reference.mtime_ns, reference.ctime_ns}));
}

}  // namespace
}  // namespace dragoman::vault
