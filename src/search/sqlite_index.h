// SPDX-License-Identifier: AGPL-3.0-or-later
// The embedded index: SQLite FTS5 in index.db. Contentless (positions only, no text), our own tokens, our own
// ranking with the lengths of the pages in memory. docs/query.md and the head of sqlite_index.cc say why.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "search/index.h"

namespace dragoman::search {

struct SqliteIndexOptions {
  // Bytes of postings that FTS5 collects in memory before it writes a segment; that much memory is used.
  std::size_t hash_bytes = std::size_t{64} << 20;
  std::size_t cache_bytes = std::size_t{64} << 20;
  bool read_only = false;
};

class SqliteIndex : public Index {
 public:
  /// Makes the file when it is missing and not read_only (else not_found). `conflict` when it was made by another
  /// format or folding, `malformed` when it is damaged: the caller deletes the file and rebuilds.
  static Result<std::unique_ptr<SqliteIndex>> open(const std::filesystem::path& path,
                                                   const SqliteIndexOptions& options = {});
  ~SqliteIndex() override;

  Result<void> add(const IndexRow& row) override;
  Result<void> add_path(ContentId content, std::string_view path) override;
  Result<void> remove(VersionId version, std::span<const Word> words) override;
  Result<void> commit(std::uint64_t generation) override;
  Result<void> finish() override;
  Result<IndexState> state() override;
  Result<SearchResult> search(const Query& query, const SearchOptions& options) override;
  Result<Tally> tally(const Query& query, const SearchOptions& options) override;
  Result<std::vector<VersionId>> matching(const Query& query, const SearchOptions& options) override;

 private:
  class Body;
  explicit SqliteIndex(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace dragoman::search
