// SPDX-License-Identifier: AGPL-3.0-or-later
// An SQLite database behind an open descriptor, opened as evidence: nothing is written, no file is opened by name, and
// what the database says of itself (its schema, its functions) is not trusted (sqlite.org/security.html).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dragoman::read {

class SqliteStatement {
 public:
  enum class Step : std::uint8_t { row, done, damaged };

  SqliteStatement(SqliteStatement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();
  Step step();
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void reset();

  bool is_bytes(int column) const;
  /// Valid until the next step.
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;
  std::int64_t number(int column) const;
  int columns() const;

 private:
  friend class SqliteFile;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

class SqliteFile {
 public:
  /// `malformed` when it is no database that SQLite opens. The descriptor is borrowed. `size`: what the database should
  /// have, at least what the file has; pages behind the end of the file read as damaged ones.
  static Result<SqliteFile> open(int fd, std::uint64_t size);
  SqliteFile(SqliteFile&&) noexcept;
  SqliteFile& operator=(SqliteFile&&) = delete;
  ~SqliteFile();

  /// `malformed` when it cannot be prepared (a table whose definition is damaged).
  Result<SqliteStatement> prepare(const std::string& sql);
  static std::string version();  // "3.40.1"

 private:
  struct State;
  explicit SqliteFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// `name` in double quotes, for SQL.
std::string quoted(std::string_view name);

/// Initialises the library; before the lock.
void warm_up_sqlite();

}  // namespace dragoman::read
