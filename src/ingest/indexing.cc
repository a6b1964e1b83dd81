// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/indexing.h"

#include <cstdlib>
#include <filesystem>

#include "evidence/items.h"
#include "evidence/pages.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;
using search::SqliteIndex;
using search::SqliteIndexOptions;

// Rows between two commits of a rebuild: bounds the index's journal, not its memory.
constexpr std::uint64_t kRowsPerCommit = 20'000;

void remove_index(const fs::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(path.string() + suffix, ignored);
  }
}

Result<bool> matches(SqliteIndex& index, store::Database& db) {
  const search::IndexState state = TRY(index.state());
  const std::int64_t generation = TRY(evidence::progress_value(db, "generation"));
  return state.intact && state.generation == static_cast<std::uint64_t>(generation);
}

Result<void> fill(SqliteIndex& index, store::Database& db) {
  const auto generation = static_cast<std::uint64_t>(TRY(evidence::progress_value(db, "generation")));
  std::uint64_t rows = 0;
  const auto add_page = [&](const evidence::VersionRow& row, ContentId id) -> Result<void> {
    const auto content = TRY(evidence::content(db, id));
    CHECK(content);
    TRY_VOID(index.add(index_row(row.id, row.words, row.lang, *content)));
    if (++rows % kRowsPerCommit == 0) TRY_VOID(index.commit(0));
    return {};
  };
  TRY_VOID(evidence::for_each_newest(db, add_page));
  const auto add_path = [&](const evidence::ItemRow& item) -> Result<void> {
    return item.content ? index.add_path(item.content->id, item.path) : Result<void>();
  };
  TRY_VOID(evidence::for_each_item(db, add_path));
  TRY_VOID(index.commit(generation));
  return index.finish();
}

Result<std::unique_ptr<SqliteIndex>> rebuild(const fs::path& path, store::Database& db) {
  remove_index(path);
  auto index = TRY(SqliteIndex::open(path));
  TRY_VOID(fill(*index, db));
  return index;
}

/// The index as it is when it matches, else null.
Result<std::unique_ptr<SqliteIndex>> open_matching(const fs::path& path, store::Database& db,
                                                   const SqliteIndexOptions& options) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::unique_ptr<SqliteIndex>();
  auto index = SqliteIndex::open(path, options);
  if (!index) {
    const ErrorKind kind = index.error().kind;
    const bool useless = kind == ErrorKind::conflict || kind == ErrorKind::malformed || kind == ErrorKind::not_found;
    if (useless) return std::unique_ptr<SqliteIndex>();
    return Failure(std::move(index).error());
  }
  const auto fits = matches(**index, db);
  if (!fits || !*fits) return std::unique_ptr<SqliteIndex>();
  return std::move(*index);
}

Result<std::unique_ptr<SqliteIndex>> build_private(store::Database& db) {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/dragoman-index-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return Failure(io_error("cannot make a temporary folder", path, errno));
  auto index = rebuild(fs::path(path) / "index.db", db);
  // The open file stays usable; nothing of it is left behind when the process ends.
  std::error_code ignored;
  fs::remove_all(path, ignored);
  return index;
}

}  // namespace

search::IndexRow index_row(VersionId version, std::span<const Word> words, std::string_view lang,
                           const evidence::ContentRow& content) {
  return {version, words, lang, content.mime, content.kind, content.id, {}};
}

Result<std::unique_ptr<SqliteIndex>> open_index_for_writing(const store::CaseFolder& folder, store::Database& db) {
  auto index = TRY(open_matching(folder.index_db(), db, {}));
  if (index) return index;
  return rebuild(folder.index_db(), db);
}

Result<std::unique_ptr<SqliteIndex>> open_index_for_reading(const store::CaseFolder& folder, store::Database& db) {
  SqliteIndexOptions read_only;
  read_only.read_only = true;
  auto index = TRY(open_matching(folder.index_db(), db, read_only));
  if (index) return index;
  auto lock = store::ExclusiveLock::acquire(folder);
  if (lock) {
    TRY(rebuild(folder.index_db(), db));
    return SqliteIndex::open(folder.index_db(), read_only);
  }
  if (lock.error().kind == ErrorKind::conflict) return SqliteIndex::open(folder.index_db(), read_only);
  return build_private(db);
}

}  // namespace dragoman::ingest
