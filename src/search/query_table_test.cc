// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs tests/queries/*.test. A file is blocks separated by blank lines; a line beginning with # is a comment.
//
//   query TEXT            a query; then either
//   = CANONICAL           its canonical form, or
//   ! N MESSAGE           the error: character N, and words that its message holds
//   > 1 2 3               the pages of the corpus that match, best first ("> " alone: none)
//
//   page ID [lang=fa] [type=application/pdf] [kind=pdf] [path=a/b.pdf]
//   | text of the page    one line or several
// Pages come first; each file has its own corpus and index.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "search/match.h"
#include "search/sqlite_index.h"
#include "search/testing_folder.h"

namespace dragoman::search {
namespace {

struct PageOfTest {
  std::int64_t id = 0;
  std::map<std::string, std::string> properties;
  std::string text;
};

class QueryTable : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void index_pages() {
    index_ = *SqliteIndex::open(folder_.path() / "index.db");
    for (auto& page : pages_) {
      const std::vector<Word> words = words_of(page.text);
      auto& properties = page.properties;
      ASSERT_TRUE(index_->add({VersionId(page.id), words, properties["lang"], properties["type"], properties["kind"],
                               ContentId(page.id), properties["path"]}));
    }
    ASSERT_TRUE(index_->commit(1));
  }

  void check_hits(const std::string& text, const Query& query, std::istringstream& expected) {
    std::vector<std::int64_t> wanted;
    for (std::int64_t id = 0; expected >> id;) wanted.push_back(id);
    const auto result = index_->search(query, {.limit = 100});
    ASSERT_TRUE(result) << result.error().message;
    std::vector<std::int64_t> found;
    for (const Hit& hit : result->hits) found.push_back(hit.version.value());
    EXPECT_EQ(found, wanted) << text;
    EXPECT_EQ(result->total, wanted.size()) << text;
    // What the index finds can be marked, and what it does not find holds no phrase or word of a one-term query.
    for (const auto& page : pages_) {
      const bool hit = std::find(found.begin(), found.end(), page.id) != found.end();
      const bool marked = !match_words(query, words_of(page.text)).empty();
      EXPECT_TRUE(marked || !hit) << text << " on page " << page.id;
      const bool one_term = query.text.kind == NodeKind::sequence && query.filters.empty() && query.excluded.empty();
      EXPECT_TRUE(!one_term || hit == marked) << text << " on page " << page.id;
    }
  }

  void run_line(const std::string& line) {
    std::istringstream rest(line.substr(std::min<std::size_t>(2, line.size())));
    const auto query = parse_query(query_);
    if (line[0] == '!') {
      std::size_t at = 0;
      std::string words;
      rest >> at;
      std::getline(rest >> std::ws, words);
      ASSERT_FALSE(query) << query_ << " parsed as " << to_string(*query);
      EXPECT_EQ(query.error().where, "character " + std::to_string(at)) << query_ << ": " << query.error().message;
      EXPECT_NE(query.error().message.find(words), std::string::npos) << query_ << ": " << query.error().message;
      return;
    }
    ASSERT_TRUE(query) << query_ << ": " << query.error().where << " " << query.error().message;
    if (line[0] == '=') {
      EXPECT_EQ(to_string(*query), rest.str()) << query_;
      return;
    }
    if (!index_) index_pages();
    check_hits(query_, *query, rest);
  }

  void page_line(const std::string& line) {
    std::istringstream fields(line.substr(5));
    PageOfTest page;
    fields >> page.id;
    for (std::string field; fields >> field;) {
      const std::size_t equals = field.find('=');
      page.properties[field.substr(0, equals)] = field.substr(equals + 1);
    }
    pages_.push_back(page);
  }

  TestFolder folder_;
  std::vector<PageOfTest> pages_;
  std::unique_ptr<SqliteIndex> index_;
  std::string query_;
};

TEST_P(QueryTable, EveryLine) {
  std::ifstream file(GetParam());
  ASSERT_TRUE(file);
  std::size_t checks = 0;
  for (std::string line; std::getline(file, line);) {
    SCOPED_TRACE(line);
    if (line.starts_with("page ")) {
      page_line(line);
    } else if (line.starts_with("| ")) {
      ASSERT_FALSE(pages_.empty());
      pages_.back().text += line.substr(2) + "\n";
    } else if (line.starts_with("query ")) {
      query_ = line.substr(6);
    } else if (line.starts_with("=") || line.starts_with("!") || line.starts_with(">")) {
      run_line(line);
      ++checks;
    } else {
      ASSERT_TRUE(line.empty() || line[0] == '#') << "not understood: " << line;
    }
  }
  EXPECT_GT(checks, 0U);
}

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(DRAGOMAN_SOURCE_DIR "/tests/queries")) {
    if (entry.path().extension() == ".test") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

INSTANTIATE_TEST_SUITE_P(Files, QueryTable, testing::ValuesIn(files()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace dragoman::search
