// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

/// The bytes of a database that those statements make.
std::string database(const std::string& sql) {
  sqlite3* db = nullptr;
  CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
  char* why = nullptr;
  const int rc = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why);
  EXPECT_EQ(rc, SQLITE_OK) << (why == nullptr ? "" : why);
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(db, "main", &size, 0);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(db);
  return out;
}

TEST(sqlite, tables_and_their_rows) {
  const Reading reading =
      read_bytes(database("CREATE TABLE payments(id INTEGER PRIMARY KEY, who TEXT, amount REAL);"
                          "INSERT INTO payments VALUES (12, 'Sara Karimi', 5.5), (7, 'علی', 12), (40, NULL, 0);"
                          "CREATE INDEX by_who ON payments(who, amount, id);"
                          "CREATE TABLE pairs(a PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO pairs VALUES ('k', 'v');"
                          "CREATE TABLE empty(lonely); CREATE VIEW v AS SELECT who FROM payments;"));
  EXPECT_EQ(reading.mime, "application/vnd.sqlite3");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.labelled("table payments, rows 7–40"), "id who amount\n7 علی 12.0\n12 Sara Karimi 5.5\n40 0.0\n");
  EXPECT_EQ(reading.labelled("table pairs, row 1"), "a b\nk v\n");
  EXPECT_EQ(reading.labelled("table empty"), "lonely\n");
  EXPECT_NE(reading.labelled("schema").find("CREATE VIEW v AS"), std::string::npos);
  ASSERT_EQ(reading.counts.size(), 1U);
  EXPECT_EQ(reading.counts[0].read, 3U);
}

TEST(sqlite, cells_of_bytes) {
  std::string gif = "GIF89a";
  gif.resize(2000, '\x01');
  std::string hex;
  for (const char c : gif) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += {kDigits[static_cast<unsigned char>(c) >> 4U], kDigits[static_cast<unsigned char>(c) & 15U]};
  }
  const Reading reading =
      read_bytes(database("CREATE TABLE files(name, body); INSERT INTO files VALUES ('a', x'" + hex +
                          "'), ('b', x'00ff10'), ('c', CAST('text in bytes' AS BLOB)), ('d', zeroblob(100));"));
  EXPECT_EQ(reading.state, ItemState::partial);
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "files/1/body.gif");
  EXPECT_EQ(reading.children[0].bytes, gif);
  EXPECT_EQ(reading.labelled("table files, rows 1–4"), "name body\na\nb 00ff10\nc text in bytes\nd\n");
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_EQ(reading.gaps[0].kind, GapKind::unsupported);
}

TEST(sqlite, other_encodings_and_journals) {
  std::string bytes = database("PRAGMA encoding='UTF-16le'; CREATE TABLE t(a); INSERT INTO t VALUES ('سلام');");
  bytes[18] = bytes[19] = 2;  // a database in WAL mode, its log elsewhere
  const Reading reading = read_bytes(bytes);
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled("table t, row 1"), "a\nسلام\n");
}

TEST(sqlite, the_schema_is_not_trusted) {
  const Reading reading = read_bytes(
      database("CREATE TABLE t(a, b AS (hex(zeroblob(100000000))) VIRTUAL); INSERT INTO t(a) VALUES ('seen');"
               "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('indexed words');"));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled("table t, row 1"), "a\nseen\n");
  EXPECT_EQ(reading.labelled("table f_content, row 1"), "id c0\n1 indexed words\n");
  EXPECT_EQ(reading.labelled("table f_data"), "") << "numbers of the index itself";
}

TEST(sqlite, damage_costs_what_it_hits) {
  std::string sql = "PRAGMA page_size=512; CREATE TABLE t(a); BEGIN;";
  for (int i = 0; i < 400; ++i)
    sql += "INSERT INTO t VALUES ('row number " + std::to_string(i) + " " + std::string(60, 'x') + "');";
  const std::string bytes = database(sql + "COMMIT; CREATE TABLE u(b); INSERT INTO u VALUES ('unhurt');");
  std::string damaged = bytes;
  for (std::size_t at = 512 * 20; at < 512 * 22; ++at) damaged[at] = '\xEE';
  const Reading reading = read_bytes(damaged);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  EXPECT_EQ(reading.labelled("table u, row 1"), "b\nunhurt\n");
  std::string text;
  for (std::size_t i = 0; i < reading.pages.size(); ++i) text += reading.text(i) + "\n";
  EXPECT_NE(text.find("row number 5 "), std::string::npos);
  EXPECT_NE(text.find("row number 399 "), std::string::npos) << "rows behind the damage";

  const Reading cut = read_bytes(std::string_view(bytes).substr(0, bytes.size() / 2));
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
  EXPECT_EQ(cut.state, ItemState::partial);
  const Reading none = read_bytes(std::string_view("SQLite format 3\0and nothing else", 32));
  EXPECT_NE(none.state, ItemState::read);
}

}  // namespace
}  // namespace dragoman::read
