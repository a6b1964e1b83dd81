// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/case_folder.h"

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace dragoman::store {
namespace {

namespace fs = std::filesystem;

class CaseFolderTest : public testing::Test {
 protected:
  CaseFolderTest() {
    std::string name = (fs::temp_directory_path() / "dragoman-case.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~CaseFolderTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(CaseFolderTest, MadeOnceAndOpened) {
  const auto made = CaseFolder::create(folder_ / "c/", "کابل");
  ASSERT_TRUE(made) << made.error().message;
  const auto opened = CaseFolder::open(folder_ / "c");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->case_db(), folder_ / "c" / "case.db");
  auto db = opened->open_database(Mode::read_only);
  ASSERT_TRUE(db);
  EXPECT_EQ(**case_info(*db, "title"), "کابل");
  EXPECT_EQ((*case_info(*db, "id"))->size(), 32U);
  EXPECT_FALSE(case_info(*db, "nothing")->has_value());
  EXPECT_TRUE(check_migrations(*db, migrations()));
  EXPECT_FALSE(fs::exists(folder_ / "c" / "case.db.new"));

  const auto again = CaseFolder::create(folder_ / "c", "");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
}

TEST_F(CaseFolderTest, RefusesWhatIsNotEmpty) {
  std::ofstream(folder_ / "letter.txt") << "x";
  const auto refused = CaseFolder::create(folder_, "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
  EXPECT_EQ(CaseFolder::create(folder_ / "letter.txt", "").error().kind, ErrorKind::conflict);
  EXPECT_EQ(CaseFolder::create(folder_ / "no" / "parent", "").error().kind, ErrorKind::not_found);
}

TEST_F(CaseFolderTest, WhatIsNoCaseSaysHowToMakeOne) {
  const auto missing = CaseFolder::open(folder_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().message.find("dragoman new"), std::string::npos);
}

TEST_F(CaseFolderTest, ContinuesWhatAKilledCreateLeft) {
  fs::create_directories(folder_ / "c" / "blobs");
  std::ofstream(folder_ / "c" / "case.db.new") << "half";
  std::ofstream(folder_ / "c" / "case.db.new-wal") << "half";
  EXPECT_EQ(CaseFolder::open(folder_ / "c").error().kind, ErrorKind::not_found);
  ASSERT_TRUE(CaseFolder::create(folder_ / "c", "t"));
  ASSERT_TRUE(CaseFolder::open(folder_ / "c")->open_database(Mode::read_write));
}

TEST_F(CaseFolderTest, LockLetsOneIn) {
  const auto folder = CaseFolder::create(folder_ / "c", "");
  {
    const auto lock = ExclusiveLock::acquire(*folder);
    ASSERT_TRUE(lock);
    EXPECT_EQ(lock_holder(*folder)->pid, ::getpid());
    const auto second = ExclusiveLock::acquire(*folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::conflict);
    EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid()) + ", since 20"), std::string::npos);
    EXPECT_TRUE(folder->open_database(Mode::read_only));
  }
  EXPECT_FALSE(lock_holder(*folder));
  EXPECT_TRUE(ExclusiveLock::acquire(*folder));
}

TEST_F(CaseFolderTest, DeadHolderIsTakenOver) {
  const auto folder = CaseFolder::create(folder_ / "c", "");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = ExclusiveLock::acquire(*folder);
    ::pause();
    ::_exit(0);
  }
  for (int i = 0; i < 500 && !lock_holder(*folder); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(lock_holder(*folder));
  const auto refused = ExclusiveLock::acquire(*folder);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(lock_holder(*folder));
  EXPECT_TRUE(ExclusiveLock::acquire(*folder));
}

TEST_F(CaseFolderTest, OldNumberOfAnotherProcessDoesNotBlock) {
  const auto folder = CaseFolder::create(folder_ / "c", "");
  std::ofstream(folder->lock_file()) << ::getppid() << " 1 2020-01-01T00:00:00Z\n";
  EXPECT_FALSE(lock_holder(*folder));
  EXPECT_TRUE(ExclusiveLock::acquire(*folder));
}

}  // namespace
}  // namespace dragoman::store
