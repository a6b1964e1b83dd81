// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/scrub.h"

#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

#include "base/file.h"

namespace dragoman::store {
namespace {

namespace fs = std::filesystem;

class ScrubTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("dragoman-scrub's-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    auto db = Database::open(folder_ / "case.db", Mode::read_write_create);
    ASSERT_TRUE(db) << db.error().message;
    db_.emplace(std::move(*db));
  }
  void TearDown() override {
    db_.reset();
    fs::remove_all(folder_);
  }
  /// How many files of the folder hold it.
  int holding(const std::string& word) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const auto bytes = read_file(entry.path(), std::size_t{1} << 26);
      EXPECT_TRUE(bytes);
      count += bytes->find(word) != std::string::npos ? 1 : 0;
    }
    return count;
  }

  fs::path folder_;
  std::optional<Database> db_;
};

TEST_F(ScrubTest, WhatWasDeletedIsInNoFile) {
  // Deleted rows are left where they were, as some builds of SQLite do.
  ASSERT_TRUE(db_->exec("PRAGMA secure_delete = OFF; CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT)"));
  for (int i = 0; i < 3'000; ++i) {
    auto insert = db_->statement("INSERT INTO t(text) VALUES (?)");
    ASSERT_TRUE((*insert)->bind_all((i % 3 == 0 ? "zarqavand" : "harbour") + std::string(100, 'x')).run());
  }
  ASSERT_TRUE(db_->exec("DELETE FROM t WHERE id % 3 = 1"));
  EXPECT_GT(holding("zarqavand"), 0) << "else this shows nothing";
  const auto done = scrub(*db_);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(holding("zarqavand"), 0);
  EXPECT_EQ(holding("harbour"), 1);
  EXPECT_EQ(*db_->number("SELECT count(*) FROM t"), 2'000);
}

TEST_F(ScrubTest, OneWhoStillReadsIsSaid) {
  ASSERT_TRUE(db_->exec("CREATE TABLE t(text TEXT); INSERT INTO t VALUES ('zarqavand')"));
  auto reader = Database::open(folder_ / "case.db", Mode::read_only);
  ASSERT_TRUE(reader);
  {
    const auto view = Transaction::begin_read(*reader);
    ASSERT_TRUE(view);
    ASSERT_TRUE(reader->number("SELECT count(*) FROM t"));
    ASSERT_TRUE(db_->exec("DELETE FROM t; PRAGMA busy_timeout = 50"));
    const auto done = scrub(*db_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::conflict);
  }
  EXPECT_TRUE(scrub(*db_)) << "later";
  EXPECT_EQ(holding("zarqavand"), 0);
}

}  // namespace
}  // namespace dragoman::store
