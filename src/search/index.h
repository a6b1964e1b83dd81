// SPDX-License-Identifier: AGPL-3.0-or-later
// Full text: what an index must do, whoever does it. The embedded one is SqliteIndex; nothing here knows about the
// case database: the caller feeds page versions in and takes version ids out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "record/page.h"
#include "search/forms.h"
#include "search/query.h"

namespace dragoman::search {

/// One page version to be found. The spans and views are read during add() only.
struct IndexRow {
  VersionId version{0};  // > 0
  std::span<const Word> words;
  std::string_view lang;  // ISO 639, may be empty
  std::string_view type;  // mime, e.g. "image/tiff"
  std::string_view kind;  // its short name, e.g. "tiff"
  ContentId content{0};   // pages of one content share its paths; > 0
  std::string_view path;  // one path of that content (more by add_path); may be empty
};

/// What a page must be beside what the query says. An empty list or table admits everything.
struct Narrowing {
  std::vector<std::string> langs;                     // one of these, as IndexRow has them
  std::vector<std::string> kinds;                     // one of these
  std::shared_ptr<const std::vector<bool>> contents;  // by content id; ids behind its end are out
};

struct SearchOptions {
  std::size_t limit = 20;
  std::size_t offset = 0;
  const Forms* forms = nullptr;  // null: none but the word itself
  Narrowing narrowing = {};
};

struct Hit {
  VersionId version{0};
  double score = 0;  // > 0, higher is better; comparable within one search only
  bool operator==(const Hit&) const = default;
};

struct SearchResult {
  std::uint64_t total = 0;       // all matching versions, exact
  std::vector<Hit> hits;         // best first; equal scores by ascending version
  std::uint64_t generation = 0;  // of the commit that was searched
};

/// The language, type and short type that versions share.
struct PageClass {
  std::string lang;
  std::string mime;
  std::string kind;
};

/// How many versions match, by content and class.
struct Tally {
  struct Row {
    ContentId content{0};
    std::uint32_t page_class = 0;  // into `classes`
    std::uint64_t pages = 0;
  };
  std::vector<PageClass> classes;
  std::vector<Row> rows;  // each pair once
  std::uint64_t generation = 0;
};

/// What an index says about itself. It matches the case when `intact` and `generation` equals the case's; else it
/// is thrown away and rebuilt.
struct IndexState {
  std::uint64_t generation = 0;  // of the last commit, as the caller numbered it
  bool clean = false;            // finish() was the last thing that happened
  bool intact = false;           // clean, or the machine has run on since (a killed process loses nothing committed)
  std::uint64_t rows = 0;
};

class Index {
 public:
  virtual ~Index() = default;

  /// Visible after commit(). Adding a version again changes only its lang, type, kind and content.
  virtual Result<void> add(const IndexRow& row) = 0;
  /// Another path of a content. Idempotent.
  virtual Result<void> add_path(ContentId content, std::string_view path) = 0;
  /// `words` must be those that were added. A version that is not there is no error.
  virtual Result<void> remove(VersionId version, std::span<const Word> words) = 0;
  /// Makes all before it visible, under a generation number of the caller's.
  virtual Result<void> commit(std::uint64_t generation) = 0;
  /// After the last commit: everything on disk, marked clean.
  virtual Result<void> finish() = 0;
  virtual Result<IndexState> state() = 0;

  virtual Result<SearchResult> search(const Query& query, const SearchOptions& options) = 0;
  /// Counts what search() would find; limit and offset mean nothing here.
  virtual Result<Tally> tally(const Query& query, const SearchOptions& options) = 0;
  /// The matching versions, ascending; limit and offset mean nothing here.
  virtual Result<std::vector<VersionId>> matching(const Query& query, const SearchOptions& options) = 0;
};

}  // namespace dragoman::search
