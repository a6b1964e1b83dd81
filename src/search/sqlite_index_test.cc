// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/sqlite_index.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "search/page_filter.h"
#include "search/testing_folder.h"

namespace dragoman::search {
namespace {

class SqliteIndexTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteIndex> open(SqliteIndexOptions options = {}) {
    auto index = SqliteIndex::open(path(), options);
    EXPECT_TRUE(index) << index.error().message;
    return index ? std::move(*index) : nullptr;
  }
  std::filesystem::path path() const { return folder_.path() / "index.db"; }

  static void add(Index& index, std::int64_t id, std::string_view text) {
    const std::vector<Word> words = words_of(text);
    ASSERT_TRUE(index.add({VersionId(id), words, "en", "text/plain", "text", ContentId(1), "a.txt"}));
  }

  static std::vector<std::int64_t> find(Index& index, std::string_view query, SearchOptions options = {}) {
    const auto parsed = parse_query(query);
    EXPECT_TRUE(parsed) << parsed.error().message;
    const auto result = index.search(*parsed, options);
    EXPECT_TRUE(result) << result.error().message;
    std::vector<std::int64_t> ids;
    if (!result) return ids;
    for (const Hit& hit : result->hits) ids.push_back(hit.version.value());
    return ids;
  }

  using Ids = std::vector<std::int64_t>;
  TestFolder folder_;
};

// Random pages of few words, so that hits are many and frequencies differ.
std::vector<std::string> random_pages(std::size_t count) {
  std::mt19937 random(7);
  std::vector<std::string> pages(count);
  for (std::string& page : pages) {
    const std::size_t words = 5 + random() % 60;
    for (std::size_t i = 0; i < words; ++i) {
      const double u = static_cast<double>(random() % 10'000) / 10'000.0;
      page += "w" + std::to_string(static_cast<int>(60 * u * u * u)) + " ";
    }
  }
  return pages;
}

// The order that FTS5's own bm25() gives, ties by rowid.
std::vector<std::int64_t> fts5_order(const std::vector<std::string>& pages, const std::string& match) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "CREATE VIRTUAL TABLE f USING fts5(t)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO f(rowid, t) VALUES (?, ?)", -1, &statement, nullptr);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(i + 1));
    sqlite3_bind_text(statement, 2, pages[i].c_str(), -1, SQLITE_STATIC);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
  sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f), rowid", -1, &statement, nullptr);
  sqlite3_bind_text(statement, 1, match.c_str(), -1, SQLITE_STATIC);
  std::vector<std::int64_t> ids;
  while (sqlite3_step(statement) == SQLITE_ROW) ids.push_back(sqlite3_column_int64(statement, 0));
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return ids;
}

TEST_F(SqliteIndexTest, RanksAsFts5Does) {
  const auto pages = random_pages(500);
  auto index = open();
  for (std::size_t i = 0; i < pages.size(); ++i) add(*index, static_cast<std::int64_t>(i + 1), pages[i]);
  ASSERT_TRUE(index->commit(1));
  const std::pair<const char*, const char*> queries[] = {
      {"w30", "w30"},
      {"w0", "w0"},
      {"w55", "w55"},
      {"w20 w30", "w20 AND w30"},
      {"w20 OR w40 OR w50", "w20 OR w40 OR w50"},
      {"\"w1 w0\"", "\"w1 w0\""},
      {"w5*", "w5*"},
      {"w10 NOT w11", "w10 NOT w11"},
      {"(w10 OR \"w0 w1\") w3", "(w10 OR \"w0 w1\") AND w3"},
      {"w12 w13 w14", "w12 AND w13 AND w14"},
      {"\"w0 w0\" w0", "\"w0 w0\" AND w0"},
  };
  for (const auto& [query, match] : queries) {
    const Ids expected = fts5_order(pages, match);
    EXPECT_FALSE(expected.empty()) << query;
    EXPECT_EQ(find(*index, query, {.limit = 1'000}), expected) << query;
  }
}

TEST_F(SqliteIndexTest, LimitAndOffsetCutTheSameList) {
  const auto pages = random_pages(300);
  auto index = open();
  for (std::size_t i = 0; i < pages.size(); ++i) add(*index, static_cast<std::int64_t>(i + 1), pages[i]);
  ASSERT_TRUE(index->commit(1));
  for (const char* query : {"w2", "w2 w3"}) {
    const Ids all = find(*index, query, {.limit = 1'000});
    ASSERT_GT(all.size(), 40U);
    EXPECT_EQ(find(*index, query, {.limit = 7, .offset = 20}), Ids(all.begin() + 20, all.begin() + 27));
    EXPECT_TRUE(find(*index, query, {.limit = 5, .offset = 5'000}).empty());
    EXPECT_EQ(index->search(*parse_query(query), {.limit = 0})->total, all.size());
  }
}

TEST_F(SqliteIndexTest, RemovedPagesAreGone) {
  auto index = open();
  add(*index, 1, "alpha beta gamma");
  add(*index, 2, "alpha delta");
  add(*index, 3, "می رود alpha");
  ASSERT_TRUE(index->commit(1));
  ASSERT_TRUE(index->remove(VersionId(1), words_of("alpha beta gamma")));
  ASSERT_TRUE(index->remove(VersionId(3), words_of("می رود alpha")));
  ASSERT_TRUE(index->remove(VersionId(99), words_of("nothing")));
  ASSERT_TRUE(index->commit(2));
  EXPECT_EQ(find(*index, "alpha"), Ids({2}));
  EXPECT_TRUE(find(*index, "beta").empty());
  EXPECT_TRUE(find(*index, "میرود").empty());
  EXPECT_EQ(index->state()->rows, 1U);
  add(*index, 1, "beta again");
  ASSERT_TRUE(index->commit(3));
  EXPECT_EQ(find(*index, "beta"), Ids({1}));
}

TEST_F(SqliteIndexTest, AddingAgainChangesOnlyTheProperties) {
  auto index = open();
  add(*index, 1, "alpha");
  const auto words = words_of("alpha");
  ASSERT_TRUE(index->add({VersionId(1), words, "fa", "application/pdf", "pdf", ContentId(2), "b.pdf"}));
  ASSERT_TRUE(index->commit(1));
  EXPECT_EQ(find(*index, "alpha lang:fa type:pdf path:b.pdf"), Ids({1}));
  EXPECT_TRUE(find(*index, "alpha lang:en").empty());
  EXPECT_EQ(index->state()->rows, 1U);
}

TEST_F(SqliteIndexTest, AnyPathOfAContentCounts) {
  auto index = open();
  add(*index, 1, "alpha");
  ASSERT_TRUE(index->add_path(ContentId(1), "copies/Zweitschrift.TXT"));
  ASSERT_TRUE(index->add_path(ContentId(1), "copies/Zweitschrift.TXT"));
  ASSERT_TRUE(index->commit(1));
  EXPECT_EQ(find(*index, "alpha path:zweitschrift"), Ids({1}));
  EXPECT_EQ(find(*index, "alpha path:a.txt"), Ids({1}));
  EXPECT_TRUE(find(*index, "alpha path:other").empty());
}

TEST_F(SqliteIndexTest, AReaderSeesWhatWasCommitted) {
  auto writer = open();
  add(*writer, 1, "alpha");
  ASSERT_TRUE(writer->commit(7));
  auto reader = open({.read_only = true});
  EXPECT_EQ(find(*reader, "alpha"), Ids({1}));
  add(*writer, 5'000, "alpha beta");
  const auto words = words_of("alpha");
  ASSERT_TRUE(writer->add({VersionId(6'000), words, "ar", "image/tiff", "tiff", ContentId(9), "s.tif"}));
  EXPECT_EQ(find(*reader, "alpha"), Ids({1}));
  ASSERT_TRUE(writer->commit(8));
  EXPECT_EQ(find(*reader, "alpha").size(), 3U);
  EXPECT_EQ(find(*reader, "alpha lang:ar"), Ids({6'000}));
  EXPECT_EQ(reader->state()->generation, 8U);
}

TEST_F(SqliteIndexTest, SaysWhetherItCanBeTrusted) {
  {
    auto index = open();
    EXPECT_TRUE(index->state()->clean);
    add(*index, 1, "alpha");
    ASSERT_TRUE(index->commit(3));
    EXPECT_FALSE(index->state()->clean);
    EXPECT_TRUE(index->state()->intact);  // the machine has not been restarted
    add(*index, 2, "lost");               // and not committed
  }
  auto index = open();
  EXPECT_EQ(index->state()->generation, 3U);
  EXPECT_EQ(index->state()->rows, 1U);
  EXPECT_TRUE(find(*index, "lost").empty());
  ASSERT_TRUE(index->commit(4));
  ASSERT_TRUE(index->finish());
  EXPECT_TRUE(index->state()->clean);
  index.reset();
  // As after a power cut: not clean, and written under another start of the machine.
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "UPDATE meta SET clean = 0, boot = 'other'", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_FALSE(open()->state()->intact);
}

TEST_F(SqliteIndexTest, RefusesWhatIsNotItsOwn) {
  EXPECT_EQ(SqliteIndex::open(path(), {.read_only = true}).error().kind, ErrorKind::not_found);
  {
    auto index = open();
    add(*index, 1, "alpha");
    ASSERT_TRUE(index->commit(1));
  }
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "UPDATE meta SET format = '0.0'", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_EQ(SqliteIndex::open(path()).error().kind, ErrorKind::conflict);
  std::ofstream(path(), std::ios::trunc) << "this is no database, but long enough to look like one to somebody";
  EXPECT_EQ(SqliteIndex::open(path()).error().kind, ErrorKind::malformed);
}

TEST_F(SqliteIndexTest, TheLargestQueriesRun) {
  auto index = open();
  add(*index, 1, "alpha beta");
  ASSERT_TRUE(index->commit(1));
  std::string deep = "alpha";
  for (std::size_t i = 0; i < kMaxQueryDepth; ++i) deep = "(" + deep + (i % 2 == 0 ? " OR x" : " -y") + ")";
  EXPECT_EQ(find(*index, deep), Ids({1}));
  std::string spaced = "می رود";
  for (std::size_t i = 0; i < kMaxQueryDepth; ++i) spaced = "(" + spaced + (i % 2 == 0 ? " OR alpha" : " beta") + ")";
  EXPECT_EQ(find(*index, spaced), Ids({1}));
  std::string wide = "alpha";
  for (std::size_t i = 1; i < kMaxQueryWords; ++i) wide += " OR x" + std::to_string(i);
  EXPECT_EQ(find(*index, wide), Ids({1}));
}

TEST_F(SqliteIndexTest, PagesWithoutWordsCount) {
  auto index = open();
  add(*index, 1, "");
  add(*index, 2, "— …");
  ASSERT_TRUE(index->commit(1));
  EXPECT_EQ(index->state()->rows, 2U);
  ASSERT_TRUE(index->remove(VersionId(2), words_of("— …")));
  EXPECT_EQ(index->state()->rows, 2U);  // as committed
  ASSERT_TRUE(index->commit(2));
  EXPECT_EQ(index->state()->rows, 1U);
}

class Plurals : public Forms {
 public:
  std::vector<std::string> forms_of(std::string_view token) const override {
    return {std::string(token) + "s", "\"; x"};
  }
};

TEST_F(SqliteIndexTest, OtherFormsAreFound) {
  auto index = open();
  add(*index, 1, "minister");
  add(*index, 2, "ministers met");
  ASSERT_TRUE(index->commit(1));
  const Plurals forms;
  EXPECT_EQ(find(*index, "minister"), Ids({1}));
  EXPECT_EQ(find(*index, "minister", {.forms = &forms}), Ids({1, 2}));
  EXPECT_EQ(find(*index, "minister met", {.forms = &forms}), Ids({2}));
}

TEST(PathFits, SubstringOrPattern) {
  EXPECT_TRUE(path_fits("leak/a/report.pdf", "a/rep"));
  EXPECT_FALSE(path_fits("leak/a/report.pdf", "b/rep"));
  EXPECT_TRUE(path_fits("leak/a/report.pdf", "*.pdf"));
  EXPECT_FALSE(path_fits("leak/a/report.pdf.zip", "*.pdf"));
  EXPECT_TRUE(path_fits("leak/a/report.pdf", "leak/*report*"));
  EXPECT_FALSE(path_fits("leak/a/report.pdf", "a/*report*"));
  EXPECT_TRUE(path_fits("aab", "a*ab"));
  EXPECT_FALSE(path_fits("ab", "ab*b"));
  EXPECT_TRUE(path_fits("abab", "ab*ab"));
}

}  // namespace
}  // namespace dragoman::search
