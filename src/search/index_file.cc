// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/index_file.h"

#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "text/fold.h"

namespace dragoman::search {
namespace {

// 1: first.
constexpr int kFormat = 1;
// FTS5's b-tree pages fill 8 KiB ones better than SQLite's usual 4.
constexpr int kPageSize = 8192;

std::string format_name() {
  return std::to_string(kFormat) + "." + std::to_string(text::kFoldingVersion);
}

Error other_format(const store::Database& db) {
  return Error{ErrorKind::conflict, "the index was made by another version: delete it, it will be made again",
               db.path().string()};
}

bool has_meta(store::Database& db) {
  const auto count = db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'");
  return count && *count == 1;
}

}  // namespace

Result<store::Database> open_index_file(const std::filesystem::path& path, const SqliteIndexOptions& options) {
  const auto mode = options.read_only ? store::Mode::read_only : store::Mode::read_write_create;
  store::Database db = TRY(store::Database::open(path, mode, store::Durability::off));
  TRY_VOID(db.exec("PRAGMA cache_size=-" + std::to_string(options.cache_bytes >> 10)));
  if (options.read_only) return db;
  TRY_VOID(db.exec("PRAGMA secure_delete=OFF"));
  const std::int64_t objects = TRY(db.number("SELECT count(*) FROM sqlite_schema"));
  if (objects == 0) {
    // The page size of a file in WAL mode is fixed.
    TRY_VOID(db.exec("PRAGMA journal_mode=DELETE; PRAGMA page_size=" + std::to_string(kPageSize) +
                     "; VACUUM; PRAGMA journal_mode=WAL"));
  }
  return db;
}

Result<void> make_tables(store::Database& db) {
  if (has_meta(db)) {
    auto format = TRY(db.statement("SELECT format FROM meta"));
    const bool row = TRY(format->step());
    if (!row || format->text(0) != format_name()) return Failure(other_format(db));
    return {};
  }
  const std::int64_t objects = TRY(db.number("SELECT count(*) FROM sqlite_schema"));
  if (objects != 0 || db.read_only()) return Failure(other_format(db));
  store::Transaction work = TRY(store::Transaction::begin(db));
  TRY_VOID(
      db.exec("CREATE TABLE meta(format TEXT NOT NULL, generation INTEGER NOT NULL, change INTEGER NOT NULL,"
              " row_count INTEGER NOT NULL, clean INTEGER NOT NULL, boot TEXT NOT NULL);"
              "CREATE TABLE classes(id INTEGER PRIMARY KEY, lang TEXT NOT NULL, mime TEXT NOT NULL,"
              " kind TEXT NOT NULL);"
              "CREATE TABLE paths(content INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY(content, path))"
              " WITHOUT ROWID;"
              "CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, tokenize='dragoman')"));
  TRY_VOID(RowTable::create(db));
  auto insert = TRY(db.statement("INSERT INTO meta VALUES (?, 0, 0, 0, 1, '')"));
  TRY_VOID(insert->bind_all(format_name()).run());
  return work.commit();
}

Result<void> configure_fts(store::Database& db, const SqliteIndexOptions& options) {
  auto config = TRY(db.statement("INSERT INTO words(words, rank) VALUES (?, ?)"));
  TRY_VOID(config->bind_all("hashsize", options.hash_bytes).run());
  return config->bind_all("automerge", 8).run();
}

Result<IndexMeta> read_meta(store::Database& db) {
  auto select = TRY(db.statement("SELECT generation, change, row_count, clean, boot FROM meta"));
  const bool row = TRY(select->step());
  if (!row) return Failure(other_format(db));
  IndexMeta meta;
  meta.generation = select->int64(0);
  meta.change = select->int64(1);
  meta.rows = select->int64(2);
  meta.clean = select->int64(3) != 0;
  meta.boot = select->text(4);
  return meta;
}

Result<void> write_meta(store::Database& db, const IndexMeta& meta) {
  auto update = TRY(db.statement("UPDATE meta SET generation = ?, change = ?, row_count = ?, clean = ?, boot = ?"));
  return update->bind_all(meta.generation, meta.change, meta.rows, meta.clean ? 1 : 0, meta.boot).run();
}

Result<void> sync_index_file(const store::Database& db) {
  for (const char* ending : {"", "-wal"}) {
    const std::filesystem::path path = db.path().string() + ending;
    auto file = open_for_reading(path);
    if (!file && file.error().kind == ErrorKind::not_found) continue;
    if (!file) return Failure(std::move(file).error());
    if (::fsync(file->get()) != 0) return Failure(io_error("cannot write to", path, errno));
  }
  return {};
}

std::string boot_id() {
  // Files of /proc say that they are empty, so read_file() would be of no use.
  const auto file = open_for_reading("/proc/sys/kernel/random/boot_id");
  char id[36];
  if (!file || ::read(file->get(), id, sizeof id) != static_cast<ssize_t>(sizeof id)) return {};
  return {id, sizeof id};
}

}  // namespace dragoman::search
