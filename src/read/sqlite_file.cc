// SPDX-License-Identifier: AGPL-3.0-or-later
// The virtual file system below SQLite: one file, the descriptor, read by pread. A database in WAL mode says so in two
// bytes of its header; they are answered as 1, so that it opens without its log, which is an item of its own.
#include "read/sqlite_file.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace dragoman::read {
namespace {

constexpr int kWalBytes = 18;  // offset of the two bytes of the header (sqlite.org/fileformat2.html, 1.3.3)
constexpr int kMostCell = 128 << 20;
constexpr int kCacheKiB = 16 * 1024;
constexpr std::int64_t kHeapBytes = std::int64_t{400} << 20;

struct Source {
  int fd = -1;
  std::uint64_t size = 0;
};

struct OpenFile {
  sqlite3_file base;
  const Source* source;
};

const Source& source_of(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file)->source;
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  const Source& source = source_of(file);
  auto* bytes = static_cast<unsigned char*>(into);
  int got = 0;
  while (got < amount) {
    const ssize_t more = ::pread(source.fd, bytes + got, static_cast<std::size_t>(amount - got), offset + got);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return SQLITE_IOERR_READ;
    if (more == 0) break;
    got += static_cast<int>(more);
  }
  for (int at = kWalBytes; at < kWalBytes + 2; ++at) {
    const sqlite3_int64 in_buffer = at - offset;
    if (in_buffer >= 0 && in_buffer < got && bytes[in_buffer] == 2) bytes[in_buffer] = 1;
  }
  if (got == amount) return SQLITE_OK;
  std::memset(bytes + got, 0, static_cast<std::size_t>(amount - got));
  return SQLITE_IOERR_SHORT_READ;
}

int file_size_of(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(source_of(file).size);
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    1,
    [](sqlite3_file*) { return SQLITE_OK; },
    read_file,
    [](sqlite3_file*, const void*, int, sqlite3_int64) { return SQLITE_READONLY; },
    [](sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; },
    [](sqlite3_file*, int) { return SQLITE_OK; },
    file_size_of,
    [](sqlite3_file*, int) { return SQLITE_OK; },
    [](sqlite3_file*, int) { return SQLITE_OK; },
    [](sqlite3_file*, int* held) {
      *held = 0;
      return SQLITE_OK;
    },
    [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    [](sqlite3_file*) { return 4096; },
    [](sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; },
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs* vfs, const char*, sqlite3_file* file, int flags, int* out_flags) {
  auto* opened = reinterpret_cast<OpenFile*>(file);
  opened->base.pMethods = nullptr;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;  // temporary files: there are none
  opened->source = static_cast<const Source*>(vfs->pAppData);
  opened->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = SQLITE_OPEN_READONLY;
  return SQLITE_OK;
}

sqlite3_vfs vfs_of(Source& source, const char* name) {
  sqlite3_vfs vfs{};
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 512;
  vfs.zName = name;
  vfs.pAppData = &source;
  vfs.xOpen = open_file;
  vfs.xDelete = [](sqlite3_vfs*, const char*, int) { return SQLITE_IOERR_DELETE; };
  vfs.xAccess = [](sqlite3_vfs*, const char*, int, int* answer) {
    *answer = 0;
    return SQLITE_OK;
  };
  vfs.xFullPathname = [](sqlite3_vfs*, const char* given, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", given);
    return SQLITE_OK;
  };
  vfs.xRandomness = [](sqlite3_vfs*, int size, char* out) {
    std::memset(out, 0x5A, static_cast<std::size_t>(size));
    return size;
  };
  vfs.xSleep = [](sqlite3_vfs*, int) { return 0; };
  vfs.xCurrentTime = [](sqlite3_vfs*, double* now) {
    *now = 0;
    return SQLITE_OK;
  };
  return vfs;
}

// Reading, and what reading a table asks for: nothing that writes, attaches, or calls a function of the schema.
int authorize(void*, int action, const char* first, const char*, const char*, const char*) {
  if (action == SQLITE_SELECT || action == SQLITE_READ) return SQLITE_OK;
  const bool pragma = action == SQLITE_PRAGMA && first != nullptr &&
                      (std::strcmp(first, "table_xinfo") == 0 || std::strcmp(first, "user_version") == 0 ||
                       std::strcmp(first, "application_id") == 0 || std::strcmp(first, "encoding") == 0);
  return pragma ? SQLITE_OK : SQLITE_DENY;
}

void distrust(sqlite3* db) {
  static constexpr std::pair<int, int> kSettings[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},
      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
      {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_ENABLE_FKEY, 0},
      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 1},
      {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
      // Tables whose definition is sound stay readable beside one whose definition is not.
      {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1},
  };
  for (const auto& [setting, value] : kSettings) sqlite3_db_config(db, setting, value, static_cast<int*>(nullptr));
  static constexpr std::pair<int, int> kBounds[] = {
      {SQLITE_LIMIT_LENGTH, kMostCell}, {SQLITE_LIMIT_SQL_LENGTH, 1 << 20}, {SQLITE_LIMIT_COLUMN, 2000},
      {SQLITE_LIMIT_EXPR_DEPTH, 200},   {SQLITE_LIMIT_VDBE_OP, 250'000},    {SQLITE_LIMIT_ATTACHED, 0},
      {SQLITE_LIMIT_WORKER_THREADS, 0}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1},    {SQLITE_LIMIT_COMPOUND_SELECT, 3},
      {SQLITE_LIMIT_FUNCTION_ARG, 16},
  };
  for (const auto& [limit, value] : kBounds) sqlite3_limit(db, limit, value);
  sqlite3_exec(db, ("PRAGMA cache_size=-" + std::to_string(kCacheKiB)).c_str(), nullptr, nullptr, nullptr);
  sqlite3_exec(db, "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON", nullptr, nullptr,
               nullptr);
  sqlite3_set_authorizer(db, authorize, nullptr);
}

}  // namespace

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

SqliteStatement::Step SqliteStatement::step() {
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return Step::row;
  return rc == SQLITE_DONE ? Step::done : Step::damaged;
}

void SqliteStatement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
}

void SqliteStatement::bind(int index, std::string_view value) {
  sqlite3_bind_text(statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
}

bool SqliteStatement::is_bytes(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

std::string_view SqliteStatement::text(int column) const {
  const auto* found = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (found == nullptr) return {};
  return {found, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view SqliteStatement::bytes(int column) const {
  const auto* found = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (found == nullptr) return {};
  return {found, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t SqliteStatement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

int SqliteStatement::columns() const {
  return sqlite3_column_count(statement_);
}

struct SqliteFile::State {
  Source source;
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3* db = nullptr;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    sqlite3_close(db);
    if (vfs.zName != nullptr) sqlite3_vfs_unregister(&vfs);
  }
};

SqliteFile::SqliteFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteFile::SqliteFile(SqliteFile&&) noexcept = default;
SqliteFile::~SqliteFile() = default;

Result<SqliteFile> SqliteFile::open(int fd, std::uint64_t size) {
  warm_up_sqlite();
  auto state = std::make_unique<State>();
  state->source = {fd, size};
  state->name = "evidence-" + std::to_string(fd);
  state->vfs = vfs_of(state->source, state->name.c_str());
  if (sqlite3_vfs_register(&state->vfs, 0) != SQLITE_OK) return fail(ErrorKind::io, "SQLite took no file");
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int rc = sqlite3_open_v2("evidence", &state->db, flags, state->name.c_str());
  if (rc != SQLITE_OK) return fail(ErrorKind::malformed, "SQLite cannot open the database");
  sqlite3_hard_heap_limit64(kHeapBytes);
  distrust(state->db);
  return SqliteFile(std::move(state));
}

Result<SqliteStatement> SqliteFile::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v2(state_->db, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  if (rc != SQLITE_OK || statement == nullptr) return fail(ErrorKind::malformed, "SQLite cannot read the table");
  return SqliteStatement(statement);
}

std::string SqliteFile::version() {
  return sqlite3_libversion();
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

void warm_up_sqlite() {
  sqlite3_initialize();
}

}  // namespace dragoman::read
