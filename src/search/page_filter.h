// SPDX-License-Identifier: AGPL-3.0-or-later
// The filters of a query, made ready to be asked once a hit: tables over the few classes (lang, mime, kind) of pages
// and over contents, filled once a query. No string is compared per hit.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "search/index.h"
#include "search/query.h"
#include "search/row_table.h"
#include "store/database.h"

namespace dragoman::search {

class PageFilter {
 public:
  /// `classes` by their number; filters of fields and labels come with their tables (field_lookup.h); paths are read
  /// from the table of paths (content, folded path).
  static Result<PageFilter> make(const Query& query, std::span<const PageClass> classes, store::Database& db);
  /// The same, narrowed down further.
  static Result<PageFilter> make(const Query& query, const Narrowing& narrowing, std::span<const PageClass> classes,
                                 store::Database& db);
  bool passes(std::int64_t version, const IndexedRow& row) const;

 private:
  struct Test {
    NodeKind kind = NodeKind::filter;
    enum class By : std::uint8_t { page_class, content, version } by = By::page_class;
    std::shared_ptr<const std::vector<bool>> table;  // filter: by class, content or version
    std::vector<Test> children;
    bool holds(std::int64_t version, const IndexedRow& row) const;
  };
  static Result<Test> make_test(const Node& node, std::span<const PageClass> classes, store::Database& db);
  std::vector<Test> wanted_;
  std::vector<Test> unwanted_;
  std::vector<bool> classes_;                          // empty: all
  std::shared_ptr<const std::vector<bool>> contents_;  // null: all
};

/// Whether a folded path fits a folded pattern: holds it, or, where the pattern has a *, is of its form from
/// beginning to end.
bool path_fits(std::string_view path, std::string_view pattern);

}  // namespace dragoman::search
