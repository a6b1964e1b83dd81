// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fstream>

#include <gtest/gtest.h>

#include "vault/case_under_test.h"
#include "vault/faulty_disk.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

class BlobsTest : public testing::Test {
 protected:
  BlobsTest()
      : disk_(real_disk()),
        folder_(*store::CaseFolder::create(temporary_.path() / "case", "")),
        lock_(*store::ExclusiveLock::acquire(folder_)),
        blobs_(*BlobStore::open_for_writing(folder_.blobs(), *disk_, lock_)) {}

  Result<Kept> keep(std::string_view bytes) {
    BlobStore::Writer writer = TRY(blobs_.begin());
    TRY_VOID(writer.append(bytes.substr(0, bytes.size() / 3)));
    TRY_VOID(writer.append(bytes.substr(bytes.size() / 3)));
    return writer.finish();
  }
  std::string content_of(const Sha256& blob) { return *read_all(blobs_.open(blob)->get(), 1 << 30); }
  std::size_t temporaries() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.blobs() / "tmp"), {}));
  }

  TemporaryFolder temporary_;
  std::unique_ptr<Disk> disk_;
  store::CaseFolder folder_;
  store::ExclusiveLock lock_;
  BlobStore blobs_;
};

TEST_F(BlobsTest, KeptUnderItsHashReadOnly) {
  const auto kept = keep("abc");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->blob, sha256("abc"));
  EXPECT_EQ(kept->size, 3U);
  EXPECT_FALSE(kept->was_present);
  EXPECT_TRUE(blobs_.exists(kept->blob));
  EXPECT_EQ(content_of(kept->blob), "abc");  // before it has its name
  EXPECT_FALSE(fs::exists(blobs_.path_of(kept->blob)));
  ASSERT_TRUE(blobs_.sync());
  EXPECT_EQ(blobs_.waiting(), 0U);
  EXPECT_EQ(blobs_.path_of(kept->blob).lexically_relative(folder_.blobs()),
            "ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(fs::status(blobs_.path_of(kept->blob)).permissions(), fs::perms(0444));
  EXPECT_EQ(content_of(kept->blob), "abc");
  EXPECT_EQ(*blobs_.size(kept->blob), 3U);
  EXPECT_EQ(temporaries(), 0U);
}

TEST_F(BlobsTest, SecondCopyIsDropped) {
  ASSERT_TRUE(keep("abc"));
  EXPECT_TRUE(keep("abc")->was_present);  // while the first one waits
  ASSERT_TRUE(blobs_.sync());
  EXPECT_TRUE(keep("abc")->was_present);
  EXPECT_EQ(blobs_.waiting(), 0U);
  EXPECT_EQ(temporaries(), 0U);
}

TEST_F(BlobsTest, ManyAtOnceAndTheEmptyOne) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(keep(std::string(static_cast<std::size_t>(i), 'x')));
  EXPECT_EQ(blobs_.waiting(), 300U);
  EXPECT_EQ(blobs_.waiting_bytes(), 300U * 299 / 2);
  ASSERT_TRUE(blobs_.sync());
  EXPECT_EQ(content_of(sha256("")), "");
  std::size_t found = 0;
  std::optional<Sha256> last;
  ASSERT_TRUE(blobs_.for_each([&](const BlobStore::Found& one) {
    EXPECT_TRUE(one.blob);
    EXPECT_TRUE(!last || *last < *one.blob);
    last = one.blob;
    ++found;
    return Result<void>();
  }));
  EXPECT_EQ(found, 300U);
}

TEST_F(BlobsTest, UnfinishedLeavesNothing) {
  {
    auto writer = blobs_.begin();
    ASSERT_TRUE(writer->append("half"));
    EXPECT_EQ(temporaries(), 1U);
  }
  EXPECT_EQ(temporaries(), 0U);
}

TEST_F(BlobsTest, LeftoversOfAKilledRunAreRemoved) {
  std::ofstream(folder_.blobs() / "tmp" / "7") << "half";
  const auto again = BlobStore::open_for_writing(folder_.blobs(), *disk_, lock_);
  ASSERT_TRUE(again);
  EXPECT_EQ(temporaries(), 0U);
}

TEST_F(BlobsTest, FileIsKeptWholeWhereverItsOffsetIs) {
  const fs::path path = temporary_.path() / "big";
  std::string content;
  for (unsigned i = 0; content.size() < (5U << 20); ++i) content += std::to_string(i * i);
  std::ofstream(path) << content;
  const auto fd = open_for_reading(path);
  ::lseek(fd->get(), 1000, SEEK_SET);
  const auto kept = blobs_.keep_file(fd->get());
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->blob, sha256(content));
  EXPECT_EQ(kept->size, content.size());
  EXPECT_EQ(content_of(kept->blob), content);
  EXPECT_EQ(*read_file(path, 1 << 30), content);
}

TEST_F(BlobsTest, OnlyRegularFilesAreKept) {
  const UniqueFd folder(::open(temporary_.path().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(blobs_.keep_file(folder.get()).error().kind, ErrorKind::unsupported);
  const UniqueFd device(::open("/dev/zero", O_RDONLY));
  EXPECT_EQ(blobs_.keep_file(device.get()).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(temporaries(), 0U);
}

// A disk on which the source grows while it is copied.
class MeddlingDisk : public FaultyDisk {
 public:
  MeddlingDisk(fs::path grave, fs::path source) : FaultyDisk(std::move(grave)), source_(std::move(source)) {}
  bool clone(int /*to*/, int /*from*/) override { return false; }
  Result<void> write(int fd, std::string_view bytes) override {
    std::ofstream(source_, std::ios::app) << "more";
    return FaultyDisk::write(fd, bytes);
  }

 private:
  fs::path source_;
};

TEST_F(BlobsTest, FileThatChangesMeanwhileIsRefused) {
  const fs::path path = temporary_.path() / "growing";
  std::ofstream(path) << "some";
  MeddlingDisk disk(temporary_.path(), path);
  auto blobs = BlobStore::open_for_writing(folder_.blobs(), disk, lock_);
  const auto refused = blobs->keep_file(open_for_reading(path)->get());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::io);
  EXPECT_EQ(refused.error().message, "changed while it was read");
  EXPECT_EQ(blobs->waiting(), 0U);
}

TEST_F(BlobsTest, AlteredBlobIsNotTakenForPresent) {
  ASSERT_TRUE(keep("abc"));
  ASSERT_TRUE(blobs_.sync());
  fs::permissions(blobs_.path_of(sha256("abc")), fs::perms(0600));
  std::ofstream(blobs_.path_of(sha256("abc"))) << "abcd";
  EXPECT_EQ(keep("abc").error().kind, ErrorKind::malformed);
  EXPECT_EQ(temporaries(), 0U);
}

TEST_F(BlobsTest, MissingBlobIsNamed) {
  const auto missing = blobs_.open(sha256("abc"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().message.find(sha256("abc").hex()), std::string::npos);
}

TEST_F(BlobsTest, WhatIsNoBlobIsFound) {
  fs::create_directories(folder_.blobs() / "ab" / "folder");
  std::ofstream(folder_.blobs() / "ab" / "short") << "x";
  std::ofstream(folder_.blobs() / "loose") << "x";
  const std::string hex = sha256("abc").hex();
  fs::create_directories(folder_.blobs() / "BA");
  std::ofstream(folder_.blobs() / "BA" / hex.substr(2)) << "abc";
  std::size_t strange = 0;
  ASSERT_TRUE(blobs_.for_each([&](const BlobStore::Found& one) {
    strange += one.blob ? 0 : 1;
    return Result<void>();
  }));
  EXPECT_EQ(strange, 4U);
}

}  // namespace
}  // namespace dragoman::vault
