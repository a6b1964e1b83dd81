// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/database.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/file.h"
#include "store/sqlite_error.h"

namespace dragoman::store {
namespace {

constexpr int kBusyMilliseconds = 5'000;

// ----- opening

// A path as an SQLite URI: all but plain characters as %XX.
std::string uri_of(const std::filesystem::path& path) {
  std::string out = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '.' || c == '_' || c == '-';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool absent_or_empty(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT;
  return status.st_size == 0;
}

int open_flags(Mode mode) {
  switch (mode) {
    case Mode::read_only: return SQLITE_OPEN_READONLY;
    case Mode::read_write: return SQLITE_OPEN_READWRITE;
    case Mode::read_write_create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

// The handle must be closed by the caller also when this fails.
int open_handle(const std::string& name, int flags, sqlite3** handle) {
  int code = sqlite3_open_v2(name.c_str(), handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  if (code != SQLITE_OK) return code;
  sqlite3_extended_result_codes(*handle, 1);
  sqlite3_busy_timeout(*handle, kBusyMilliseconds);
  sqlite3_db_config(*handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // sqlite3_open is lazy: this is the first look at the file.
  return sqlite3_exec(*handle, "PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON; SELECT count(*) FROM sqlite_schema",
                      nullptr, nullptr, nullptr);
}

// SQLite opens a file that it may only read as read-only without a word, so the file is asked first.
Result<void> check_file(const std::filesystem::path& path, Mode mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (mode == Mode::read_write_create && errno == ENOENT) return {};
    return Failure(io_error("cannot open", path, errno));
  }
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::malformed, "not a database file", path.string());
  if (mode != Mode::read_only && ::access(path.c_str(), W_OK) != 0) {
    return Failure(io_error("cannot write to", path, errno));
  }
  return {};
}

}  // namespace

// ----- Statement

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), handle_(other.handle_), bind_error_(other.bind_error_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(statement_);
    statement_ = std::exchange(other.statement_, nullptr);
    handle_ = other.handle_;
    bind_error_ = other.bind_error_;
  }
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::note(int code) {
  CHECK(code != SQLITE_RANGE && code != SQLITE_MISUSE);
  if (code != SQLITE_OK && bind_error_ == 0) bind_error_ = code;
}

Statement& Statement::bind(int position, std::int64_t value) {
  note(sqlite3_bind_int64(statement_, position, value));
  return *this;
}

Statement& Statement::bind(int position, double value) {
  note(sqlite3_bind_double(statement_, position, value));
  return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
  // A view may have no data at all; SQLite would take that for NULL.
  const char* data = text.data() != nullptr ? text.data() : "";
  note(sqlite3_bind_text64(statement_, position, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int position, std::nullptr_t) {
  note(sqlite3_bind_null(statement_, position));
  return *this;
}

Statement& Statement::bind_blob(int position, std::string_view bytes) {
  const char* data = bytes.data() != nullptr ? bytes.data() : "";
  note(sqlite3_bind_blob64(statement_, position, data, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(int position, const Sha256& digest) {
  note(sqlite3_bind_blob64(statement_, position, digest.bytes.data(), digest.bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Result<bool> Statement::step() {
  if (bind_error_ != 0) return Failure(sqlite_error(bind_error_, handle_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  CHECK(code != SQLITE_MISUSE);
  return Failure(sqlite_error(code, handle_));
}

Result<void> Statement::run() {
  for (;;) {
    auto row = step();
    if (!row) {
      reset();
      return Failure(std::move(row).error());
    }
    if (!*row) break;
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bind_error_ = 0;
}

int Statement::columns() const {
  return sqlite3_column_count(statement_);
}

bool Statement::is_null(int column) const {
  CHECK(column >= 0 && column < sqlite3_data_count(statement_));
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::int64(int column) const {
  CHECK(column >= 0 && column < sqlite3_data_count(statement_));
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  CHECK(column >= 0 && column < sqlite3_data_count(statement_));
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  CHECK(column >= 0 && column < sqlite3_data_count(statement_));
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::blob(int column) const {
  CHECK(column >= 0 && column < sqlite3_data_count(statement_));
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<Sha256> Statement::digest(int column) const {
  const std::string_view bytes = blob(column);
  Sha256 out;
  if (bytes.size() != out.bytes.size()) return fail(ErrorKind::malformed, "case.db holds a digest that is none");
  for (std::size_t i = 0; i < bytes.size(); ++i) out.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  return out;
}

// ----- BorrowedStatement

BorrowedStatement::BorrowedStatement(BorrowedStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      own_(std::move(other.own_)) {}

BorrowedStatement::~BorrowedStatement() {
  if (in_use_ == nullptr) return;
  statement_->reset();
  *in_use_ = false;
}

// ----- Database

struct Database::Connection {
  struct Cached {
    Statement statement;
    bool in_use = false;
  };
  ~Connection() {
    cache.clear();
    sqlite3_close_v2(handle);
  }
  sqlite3* handle = nullptr;
  std::filesystem::path path;
  bool read_only = false;
  std::unordered_map<std::string, std::unique_ptr<Cached>> cache;
};

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::filesystem::path& path, Mode mode, Durability durability) {
  TRY_VOID(check_file(path, mode));
  auto connection = std::make_unique<Connection>();
  connection->path = path;
  connection->read_only = mode == Mode::read_only;
  const std::string uri = uri_of(path);
  int code = open_handle(uri, open_flags(mode), &connection->handle);
  // WAL wants a -shm beside the file. Where none can be made the file alone is the database, provided that
  // nothing waits in a -wal.
  const bool no_wal = (code & 0xFF) == SQLITE_CANTOPEN || (code & 0xFF) == SQLITE_READONLY;
  if (mode == Mode::read_only && no_wal) {
    if (!absent_or_empty(path.string() + "-wal")) {
      return fail(ErrorKind::denied,
                  "cannot open: changes still wait beside the file and the folder cannot be written; "
                  "copy the whole case to a folder that can be written",
                  path.string());
    }
    sqlite3_close_v2(std::exchange(connection->handle, nullptr));
    code = open_handle(uri + "?immutable=1", open_flags(mode), &connection->handle);
  }
  if (code != SQLITE_OK) {
    Error error = sqlite_error(code, connection->handle);
    error.where = path.string();
    return Failure(std::move(error));
  }
  Database db(std::move(connection));
  if (mode != Mode::read_only) {
    TRY_VOID(db.exec("PRAGMA journal_mode=WAL"));
    TRY_VOID(db.exec(durability == Durability::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"));
  }
  return db;
}

Result<void> Database::exec(std::string_view sql) {
  const int code = sqlite3_exec(connection_->handle, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Failure(sqlite_error(code, connection_->handle));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  CHECK(sql.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()));
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_->handle, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Failure(sqlite_error(code, connection_->handle));
  CHECK(statement != nullptr);
  return Statement(statement, connection_->handle);
}

Result<BorrowedStatement> Database::statement(std::string_view sql) {
  std::unique_ptr<Connection::Cached>& slot = connection_->cache[std::string(sql)];
  BorrowedStatement out;
  if (!slot) {
    auto prepared = prepare(sql);
    if (!prepared) {
      connection_->cache.erase(std::string(sql));
      return Failure(std::move(prepared).error());
    }
    slot = std::make_unique<Connection::Cached>(Connection::Cached{std::move(*prepared), false});
  }
  if (slot->in_use) {
    out.own_ = std::make_unique<Statement>(TRY(prepare(sql)));
    out.statement_ = out.own_.get();
    return out;
  }
  slot->in_use = true;
  out.statement_ = &slot->statement;
  out.in_use_ = &slot->in_use;
  return out;
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Statement query = TRY(prepare(sql));
  const bool row = TRY(query.step());
  if (!row) return fail(ErrorKind::not_found, "no row", connection_->path.string());
  return query.int64(0);
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(connection_->handle);
}

std::uint64_t Database::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(connection_->handle));
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(connection_->handle) == 0;
}
bool Database::read_only() const {
  return connection_->read_only;
}
const std::filesystem::path& Database::path() const {
  return connection_->path;
}
sqlite3* Database::handle() const {
  return connection_->handle;
}

// ----- Transaction

Result<Transaction> Transaction::begin(Database& db) {
  CHECK(!db.in_transaction());
  TRY_VOID(db.exec("BEGIN IMMEDIATE"));
  return Transaction(&db);
}

Result<Transaction> Transaction::begin_read(Database& db) {
  CHECK(!db.in_transaction());
  TRY_VOID(db.exec("BEGIN DEFERRED"));
  return Transaction(&db);
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself, e.g. on a full disk.
  if (db_ == nullptr || !db_->in_transaction()) return;
  // What fails here leaves the journal, and the next opener rolls back.
  static_cast<void>(db_->exec("ROLLBACK"));
}

Result<void> Transaction::commit() {
  CHECK(db_ != nullptr);
  Database& db = *std::exchange(db_, nullptr);
  auto committed = db.exec("COMMIT");
  if (!committed && db.in_transaction()) static_cast<void>(db.exec("ROLLBACK"));
  return committed;
}

}  // namespace dragoman::store
