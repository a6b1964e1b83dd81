// SPDX-License-Identifier: AGPL-3.0-or-later
// SQLite as this program uses it: one handle per thread, errors as values, statements that reset themselves.
// Each room keeps its tables and queries beside its own logic; here is only what they all need.
//
//   store::Transaction work = TRY(store::Transaction::begin(db));
//   auto insert = TRY(db.statement("INSERT INTO items(path, size) VALUES (?, ?)"));
//   TRY_VOID(insert->bind_all(path, size).run());
//   TRY_VOID(work.commit());
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/digest.h"
#include "base/result.h"
#include "base/strong.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dragoman::store {

enum class Mode : std::uint8_t { read_only, read_write, read_write_create };

/// full: a commit survives a power cut (case.db). off: for what can be rebuilt (index.db).
enum class Durability : std::uint8_t { full, off };

/// A prepared statement. Positions of parameters count from 1, of columns from 0, as in SQLite. A bind that
/// fails (out of memory, longer than SQLite's limit) is reported by the next step(); a position that the
/// statement does not have is a CHECK. Text and blobs are copied when bound; what text() and blob() return
/// lives until the next step, reset or destruction. Move-only; must not outlive its Database.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& bind(int position, std::int64_t value);
  Statement& bind(int position, double value);
  Statement& bind(int position, std::string_view text);
  Statement& bind(int position, const char* text) { return bind(position, std::string_view(text)); }
  Statement& bind(int position, const std::string& text) { return bind(position, std::string_view(text)); }
  Statement& bind(int position, std::nullptr_t);
  Statement& bind_blob(int position, std::string_view bytes);
  /// 32 bytes, as a blob.
  Statement& bind(int position, const Sha256& digest);

  /// Any integer that fits; a uint64 above 2^63-1 is a CHECK.
  template <class Integer>
  requires std::is_integral_v<Integer> Statement& bind(int position, Integer value) {
    if constexpr (std::is_unsigned_v<Integer>) CHECK(static_cast<std::uint64_t>(value) <= INT64_MAX);
    return bind(position, static_cast<std::int64_t>(value));
  }
  template <class Tag, class Rep>
  Statement& bind(int position, Strong<Tag, Rep> id) {
    return bind(position, id.value());
  }
  template <class Value>
  Statement& bind(int position, const std::optional<Value>& value) {
    return value ? bind(position, *value) : bind(position, nullptr);
  }
  /// Binds from position 1 on.
  template <class... Values>
  Statement& bind_all(const Values&... values) {
    int position = 0;
    (bind(++position, values), ...);
    return *this;
  }

  /// True: a row is there. False: done. After either an error or "done" the statement must be reset.
  Result<bool> step();
  /// For statements without rows: step to the end, then reset.
  Result<void> run();
  /// Ready for another round; bindings are cleared.
  void reset();

  int columns() const;
  bool is_null(int column) const;
  std::int64_t int64(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  /// `malformed` unless the column is a blob of 32 bytes.
  Result<Sha256> digest(int column) const;
  /// A strong id or number: `row.id<ItemId>(0)`.
  template <class Id>
  Id id(int column) const {
    return Id(static_cast<decltype(Id{}.value())>(int64(column)));
  }

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, sqlite3* handle) : statement_(statement), handle_(handle) {}
  void note(int code);
  sqlite3_stmt* statement_ = nullptr;
  sqlite3* handle_ = nullptr;
  int bind_error_ = 0;
};

/// A statement out of a Database's cache: given back and reset at the end of the scope.
class BorrowedStatement {
 public:
  BorrowedStatement(BorrowedStatement&& other) noexcept;
  BorrowedStatement& operator=(BorrowedStatement&&) = delete;
  BorrowedStatement(const BorrowedStatement&) = delete;
  BorrowedStatement& operator=(const BorrowedStatement&) = delete;
  ~BorrowedStatement();
  Statement* operator->() const { return statement_; }
  Statement& operator*() const { return *statement_; }

 private:
  friend class Database;
  BorrowedStatement() = default;
  Statement* statement_ = nullptr;
  bool* in_use_ = nullptr;          // of the cache's entry
  std::unique_ptr<Statement> own_;  // when the cached one was in use already
};

/// One connection; for one thread at a time. Move-only. WAL, foreign keys on, waits 5 s for a writer,
/// trusts nothing in the schema of a file that may come from somebody else.
class Database {
 public:
  /// read_only also opens a database on a read-only medium or in a folder without write permission, as long as
  /// nothing of it still waits in its -wal file.
  /// Errors: not_found, denied, malformed (no database, or damaged), io, conflict (locked).
  static Result<Database> open(const std::filesystem::path& path, Mode mode, Durability durability = Durability::full);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// One or more statements without parameters or rows.
  Result<void> exec(std::string_view sql);
  /// A statement of one's own.
  Result<Statement> prepare(std::string_view sql);
  /// The statement from the cache, prepared at its first use. `sql` should be a constant of the program.
  Result<BorrowedStatement> statement(std::string_view sql);
  /// The first column of the first row as a number; not_found when there is no row.
  Result<std::int64_t> number(std::string_view sql);

  std::int64_t last_insert_id() const;
  std::uint64_t changes() const;
  bool in_transaction() const;
  bool read_only() const;
  const std::filesystem::path& path() const;
  /// For registering tokenizers and functions. Do not close it.
  sqlite3* handle() const;

 private:
  struct Connection;
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

/// All or nothing. Not nested (CHECK): a room's function that writes takes part in its caller's transaction.
/// Rolled back on destruction unless committed. Must not outlive its Database, nor be open while that is moved.
class Transaction {
 public:
  /// BEGIN IMMEDIATE: waits up to 5 s for another writer, then `conflict`.
  static Result<Transaction> begin(Database& db);
  /// A stable view for several reads; takes no lock that writers care about.
  static Result<Transaction> begin_read(Database& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  /// After an error nothing was written and the transaction is over.
  Result<void> commit();

 private:
  explicit Transaction(Database* db) : db_(db) {}
  Database* db_ = nullptr;
};

}  // namespace dragoman::store
