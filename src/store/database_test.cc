// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "store/migration.h"

namespace dragoman::store {
namespace {

namespace fs = std::filesystem;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string name = (fs::temp_directory_path() / "dragoman store ?#%.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~DatabaseTest() override {
    fs::permissions(folder_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }
  fs::path file() const { return folder_ / "a.db"; }
  Database make() {
    auto db = Database::open(file(), Mode::read_write_create);
    EXPECT_TRUE(db) << db.error().message;
    EXPECT_TRUE(db->exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB, d REAL)"));
    return std::move(*db);
  }
  fs::path folder_;
};

// Runs `body` as a user for whom permissions count; the tests may run as root.
bool holds_for_plain_user(bool (*body)(const fs::path&), const fs::path& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    ::_exit(body(path) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(DatabaseTest, ValuesComeBack) {
  Database db = make();
  const std::string bytes("\0\xFF\0", 3);
  auto insert = db.statement("INSERT INTO t(a, b, c, d) VALUES (?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  ASSERT_TRUE((*insert)->bind_all(ItemId(7), "سلام", nullptr, 0.5).bind_blob(3, bytes).run());
  ASSERT_TRUE((*insert)->bind_all(8, std::string_view(), sha256("abc"), std::optional<double>()).run());
  EXPECT_EQ(db.last_insert_id(), 8);
  EXPECT_EQ(db.changes(), 1U);

  auto query = db.prepare("SELECT a, b, c, d FROM t ORDER BY a");
  ASSERT_TRUE(query);
  ASSERT_TRUE(*query->step());
  EXPECT_EQ(query->id<ItemId>(0), ItemId(7));
  EXPECT_EQ(query->text(1), "سلام");
  EXPECT_EQ(query->blob(2), bytes);
  EXPECT_EQ(query->real(3), 0.5);
  EXPECT_EQ(query->digest(2).error().kind, ErrorKind::malformed);
  ASSERT_TRUE(*query->step());
  EXPECT_FALSE(query->is_null(1));
  EXPECT_EQ(query->text(1), "");
  EXPECT_EQ(*query->digest(2), sha256("abc"));
  EXPECT_TRUE(query->is_null(3));
  EXPECT_FALSE(*query->step());
  EXPECT_EQ(*db.number("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(db.number("SELECT a FROM t WHERE a = 99").error().kind, ErrorKind::not_found);
}

TEST_F(DatabaseTest, SettingsAreInForce) {
  Database db = make();
  EXPECT_EQ(*db.number("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(*db.number("PRAGMA synchronous"), 2);
  EXPECT_EQ(*db.number("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(*db.number("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(*db.number("PRAGMA busy_timeout"), 5000);
  EXPECT_TRUE(fs::exists(file().string() + "-wal"));
  auto off = Database::open(folder_ / "index.db", Mode::read_write_create, Durability::off);
  ASSERT_TRUE(off);
  EXPECT_EQ(*off->number("PRAGMA synchronous"), 0);
}

TEST_F(DatabaseTest, CachedStatementIsGivenBackReset) {
  Database db = make();
  ASSERT_TRUE(db.exec("INSERT INTO t(a) VALUES (1), (2)"));
  const std::string_view sql = "SELECT a FROM t WHERE a >= ? ORDER BY a";
  {
    auto outer = db.statement(sql);
    ASSERT_TRUE(*(*outer)->bind(1, 1).step());
    auto inner = db.statement(sql);  // in use: gets one of its own
    ASSERT_TRUE(*(*inner)->bind(1, 2).step());
    EXPECT_EQ((*inner)->int64(0), 2);
    EXPECT_EQ((*outer)->int64(0), 1);
  }
  auto again = db.statement(sql);
  EXPECT_FALSE(*(*again)->step());  // the binding is gone: a >= NULL
}

TEST_F(DatabaseTest, TransactionIsAllOrNothing) {
  Database db = make();
  {
    auto work = Transaction::begin(db);
    ASSERT_TRUE(work);
    ASSERT_TRUE(db.exec("INSERT INTO t(a) VALUES (1)"));
  }
  EXPECT_EQ(*db.number("SELECT count(*) FROM t"), 0);
  auto work = Transaction::begin(db);
  ASSERT_TRUE(db.exec("INSERT INTO t(a) VALUES (1)"));
  ASSERT_TRUE(work->commit());
  EXPECT_EQ(*db.number("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, NestedTransactionIsAMistake) {
  Database db = make();
  auto work = Transaction::begin(db);
  EXPECT_DEATH(static_cast<void>(Transaction::begin(db)), "CHECK");
  EXPECT_DEATH(static_cast<void>(db.prepare("SELECT 1")->bind(2, 1)), "CHECK");
}

TEST_F(DatabaseTest, SecondWriterIsAConflict) {
  Database one = make();
  auto two = Database::open(file(), Mode::read_write);
  ASSERT_TRUE(two);
  sqlite3_busy_timeout(two->handle(), 10);
  auto work = Transaction::begin(one);
  const auto refused = Transaction::begin(*two);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
}

TEST_F(DatabaseTest, FullDiskSaysSo) {
  Database db = make();
  ASSERT_TRUE(db.exec("PRAGMA max_page_count=4"));
  auto insert = db.prepare("INSERT INTO t(c) VALUES (?)");
  const auto full = insert->bind_blob(1, std::string(100'000, 'x')).run();
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::io);
  EXPECT_NE(full.error().message.find("free some space"), std::string::npos);
}

TEST_F(DatabaseTest, WhatIsNoDatabaseIsMalformed) {
  std::ofstream(file()) << std::string(5000, 'x');
  EXPECT_EQ(Database::open(file(), Mode::read_only).error().kind, ErrorKind::malformed);
  EXPECT_EQ(Database::open(file(), Mode::read_write).error().kind, ErrorKind::malformed);
  EXPECT_EQ(Database::open(folder_, Mode::read_only).error().kind, ErrorKind::malformed);
  EXPECT_EQ(Database::open(folder_ / "none", Mode::read_only).error().kind, ErrorKind::not_found);
  EXPECT_EQ(Database::open(folder_ / "none", Mode::read_write).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(fs::exists(folder_ / "none"));
}

TEST_F(DatabaseTest, DamagedPagesAreMalformed) {
  {
    Database db = make();
    auto insert = db.prepare("INSERT INTO t(c) VALUES (?)");
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(insert->bind_blob(1, std::string(1000, 'x')).run());
  }
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(4096);
  stream << std::string(12'288, '\xEE');
  stream.close();
  auto db = Database::open(file(), Mode::read_only);
  ASSERT_TRUE(db);
  EXPECT_EQ(db->number("SELECT sum(length(c)) FROM t").error().kind, ErrorKind::malformed);
}

bool one_row(const fs::path& path) {
  auto db = Database::open(path, Mode::read_only);
  if (!db) return false;
  const auto count = db->number("SELECT count(*) FROM t");
  return count && *count == 1 && !db->exec("INSERT INTO t(a) VALUES (5)");
}

bool denied(const fs::path& path) {
  const auto db = Database::open(path, Mode::read_only);
  return !db && db.error().kind == ErrorKind::denied;
}

TEST_F(DatabaseTest, ReadsFromAFolderThatCannotBeWritten) {
  { ASSERT_TRUE(make().exec("INSERT INTO t(a) VALUES (1)")); }
  fs::permissions(file(), fs::perms(0444));
  fs::permissions(folder_, fs::perms(0555));
  EXPECT_TRUE(holds_for_plain_user(one_row, file()));
}

TEST_F(DatabaseTest, RefusesToForgetWhatWaitsBesideIt) {
  {
    Database db = make();
    ASSERT_TRUE(db.exec("INSERT INTO t(a) VALUES (1)"));
    fs::copy_file(file(), folder_ / "copy.db");
    fs::copy_file(file().string() + "-wal", folder_ / "copy.db-wal");
  }
  EXPECT_TRUE(one_row(folder_ / "copy.db"));  // a folder that can be written: the -wal is read
  fs::remove(folder_ / "copy.db-shm");
  fs::permissions(folder_, fs::perms(0555));
  EXPECT_TRUE(holds_for_plain_user(denied, folder_ / "copy.db"));
}

// ----- migrations

constexpr Migration kOld[] = {{"a", 1, "CREATE TABLE a1(x)"}, {"b", 1, "CREATE TABLE b1(x)"}};
constexpr Migration kNew[] = {
    {"a", 1, "CREATE TABLE a1(x)"}, {"a", 2, "CREATE TABLE a2(x)"}, {"b", 1, "CREATE TABLE b1(x)"}};
constexpr Migration kBroken[] = {
    {"a", 1, "CREATE TABLE a1(x)"}, {"a", 2, "CREATE TABLE a2(x); CREATE TABL"}, {"b", 1, "CREATE TABLE b1(x)"}};

TEST_F(DatabaseTest, MigrationsAreTakenOnce) {
  Database db = make();
  EXPECT_EQ(check_migrations(db, kOld).error().kind, ErrorKind::unsupported);
  ASSERT_TRUE(migrate(db, kOld));
  ASSERT_TRUE(migrate(db, kOld));
  EXPECT_TRUE(check_migrations(db, kOld));
  EXPECT_FALSE(check_migrations(db, kNew));
  EXPECT_FALSE(migrate(db, kBroken));
  EXPECT_EQ(*db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'a2'"), 0);
  ASSERT_TRUE(migrate(db, kNew));
  EXPECT_TRUE(check_migrations(db, kNew));
}

TEST_F(DatabaseTest, NewerCaseIsRefusedByName) {
  Database db = make();
  ASSERT_TRUE(migrate(db, kNew));
  for (const auto& refused : {migrate(db, kOld), check_migrations(db, kOld)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(refused.error().message, "made by a newer version of dragoman (a 2, this one knows 1); use that version");
  }
}

}  // namespace
}  // namespace dragoman::store
