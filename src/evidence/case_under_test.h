// SPDX-License-Identifier: AGPL-3.0-or-later
// A case database of one test, with one source "leak", and short ways to put items into it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "evidence/items.h"
#include "evidence/schema.h"
#include "store/database.h"

namespace dragoman::evidence {

class CaseUnderTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("dragoman-evidence-" + std::to_string(::getpid()) + ".db");
    std::filesystem::remove(path_);
    auto db = store::Database::open(path_, store::Mode::read_write_create, store::Durability::off);
    ASSERT_TRUE(db) << db.error().message;
    db_.emplace(std::move(*db));
    ASSERT_TRUE(store::migrate(*db_, migrations()));
    source_ = *source_of(*db_, "/leak", "leak");
  }
  void TearDown() override {
    db_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + suffix);
  }

  ItemId receive(const std::string& name, const std::string& bytes, std::int64_t epoch = 1) {
    const auto added = add_received(*db_, {source_, name, {}, epoch}, sha256(bytes), bytes.size());
    EXPECT_TRUE(added);
    return added->id;
  }
  ContentId content_id(const std::string& bytes) { return (*content_of_blob(*db_, sha256(bytes)))->id; }
  void member(const std::string& container, std::uint32_t ordinal, const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(add_member(*db_, {content_id(container), {ordinal, name}, 1}, sha256(bytes), bytes.size()));
  }

  std::filesystem::path path_;
  std::optional<store::Database> db_;
  Source source_;
};

}  // namespace dragoman::evidence
