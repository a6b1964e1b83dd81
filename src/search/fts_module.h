// SPDX-License-Identifier: AGPL-3.0-or-later
// What we add to FTS5, through its C API: our tokenizer and a function that sees every hit. All of SQLite's callback
// rules are kept in fts_module.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "search/fts_expression.h"
#include "search/index.h"
#include "search/page_filter.h"
#include "search/row_table.h"
#include "store/database.h"

namespace dragoman::search {

/// How many pages a phrase is on, kept from one search to the next while the index does not change.
using PhraseCounts = std::unordered_map<std::string, std::int64_t>;

/// A search in progress.
struct Ranking {
  const RowTable* rows = nullptr;
  const PageFilter* filter = nullptr;
  std::span<const FtsPhrase> phrases;
  PhraseCounts* counts = nullptr;
  std::size_t keep = 0;  // hits wanted, best first
  // When set, hears of every match in ascending order; nothing is scored or kept.
  std::function<void(std::int64_t version, const IndexedRow& row)> visit;

  // Results.
  std::uint64_t total = 0;
  std::vector<Hit> best;  // a heap until take()
};

/// Registered with one database handle; lives as long as that.
class FtsModule {
 public:
  /// Adds tokenizer "dragoman" and function dragoman_rank() to the handle. Not movable: SQLite holds its address.
  static Result<std::unique_ptr<FtsModule>> attach(store::Database& db);
  /// Tokens of the text that was indexed last, joined forms not counted.
  std::uint32_t last_length() const { return last_length_; }
  /// Runs the expression; fills the results of `ranking`, best sorted.
  Result<void> rank(store::Database& db, const FtsExpression& expression, Ranking& ranking);

  struct Callbacks;

 private:
  FtsModule() = default;
  std::uint32_t last_length_ = 0;
  struct Scorer;
  Scorer* scorer_ = nullptr;  // of the search at hand
};

}  // namespace dragoman::search
