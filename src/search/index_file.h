// SPDX-License-Identifier: AGPL-3.0-or-later
// index.db as a file: its tables, its settings, and what it says about itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "search/row_table.h"
#include "search/sqlite_index.h"
#include "store/database.h"

namespace dragoman::search {

/// Opens or makes the file with its connection settings. The tables are made by make_tables(), once the tokenizer is
/// known to the connection.
Result<store::Database> open_index_file(const std::filesystem::path& path, const SqliteIndexOptions& options);

/// Makes the tables of a new file; else checks format and folding (`conflict` when they differ).
Result<void> make_tables(store::Database& db);
/// FTS5's own settings, kept in the file.
Result<void> configure_fts(store::Database& db, const SqliteIndexOptions& options);

struct IndexMeta {
  std::int64_t generation = 0;
  std::int64_t change = 0;  // counts commits; never the caller's number
  std::int64_t rows = 0;
  bool clean = true;
  std::string boot;  // of the machine when it was last marked as not clean
};
Result<IndexMeta> read_meta(store::Database& db);
Result<void> write_meta(store::Database& db, const IndexMeta& meta);

/// Everything SQLite has written, on disk: the file and its WAL.
Result<void> sync_index_file(const store::Database& db);

/// Changes when the machine starts; empty when unknown.
std::string boot_id();

}  // namespace dragoman::search
