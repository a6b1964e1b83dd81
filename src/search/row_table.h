// SPDX-License-Identifier: AGPL-3.0-or-later
// What ranking and filters need to know of each page version, in memory: 12 bytes a version, kept in index.db as
// blobs of 4,096 rows, so that a million versions load in a few milliseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace dragoman::search {

struct IndexedRow {
  std::uint32_t tokens_and_one = 0;  // length of the page in tokens, plus 1; 0: no such version
  std::uint32_t page_class = 0;      // row of the table of (lang, mime, kind)
  std::uint32_t content = 0;         // ContentId

  bool there() const { return tokens_and_one != 0; }
  std::uint32_t tokens() const { return tokens_and_one - 1; }
};

class RowTable {
 public:
  /// Versions from 1 to this, so that the table stays small whatever ids a damaged case holds.
  static constexpr std::int64_t kMaxVersion = INT32_MAX;

  static Result<void> create(store::Database& db);
  /// Reads what was written after change `since`; -1 reads everything. `malformed` when a blob is damaged.
  Result<void> load(store::Database& db, std::int64_t since);
  /// Writes what set() touched, stamped with `change`.
  Result<void> save(store::Database& db, std::int64_t change);

  /// A row that is not there for any other number.
  IndexedRow find(std::int64_t version) const {
    const auto block = static_cast<std::size_t>(version >> kBlockBits);
    if (version < 0 || block >= blocks_.size() || !blocks_[block]) return {};
    return blocks_[block]->rows[static_cast<std::size_t>(version) & (kBlockRows - 1)];
  }
  /// All that are there, by ascending version.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      if (!blocks_[block]) continue;
      for (std::size_t i = 0; i < kBlockRows; ++i) {
        const IndexedRow& row = blocks_[block]->rows[i];
        if (row.there()) visit(static_cast<std::int64_t>(block << kBlockBits | i), row);
      }
    }
  }
  /// CHECKs 0 < version <= kMaxVersion.
  void set(std::int64_t version, IndexedRow row);
  void clear() { blocks_.clear(); }

 private:
  static constexpr int kBlockBits = 12;
  static constexpr std::size_t kBlockRows = std::size_t{1} << kBlockBits;
  struct Block {
    std::vector<IndexedRow> rows = std::vector<IndexedRow>(kBlockRows);
    bool dirty = false;
  };
  Block& block_of(std::size_t index);
  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace dragoman::search
