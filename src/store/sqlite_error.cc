// SPDX-License-Identifier: AGPL-3.0-or-later
#include "store/sqlite_error.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sqlite3.h>

namespace dragoman::store {
namespace {

constexpr const char* kDiskFull = "the disk is full; free some space and run the command again, it continues";

std::string with_reason(const char* what, sqlite3* handle) {
  const int reason = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  if (reason == 0) return what;
  return fmt::format("{}: {}", what, std::generic_category().message(reason));
}

ErrorKind kind_of(int primary) {
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT: return ErrorKind::conflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH: return ErrorKind::malformed;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return ErrorKind::denied;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return ErrorKind::limit;
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT: return ErrorKind::cancelled;
    default: return ErrorKind::io;
  }
}

std::string message_of(int primary, sqlite3* handle) {
  const int reason = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  switch (primary) {
    case SQLITE_FULL: return kDiskFull;
    case SQLITE_IOERR:
      return reason == ENOSPC || reason == EDQUOT ? kDiskFull : with_reason("the disk does not read or write", handle);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another dragoman is writing to this case; try again when it is done";
    case SQLITE_CORRUPT:
      return "the database is damaged; restore it from a copy, 'dragoman verify' shows what is whole";
    case SQLITE_NOTADB: return "this is not a database of dragoman";
    case SQLITE_CANTOPEN: return with_reason("cannot open the database", handle);
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return "the database cannot be written; check the permissions of the case's folder";
    case SQLITE_NOMEM: return "out of memory";
    case SQLITE_TOOBIG: return "larger than the database can hold";
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT: return "interrupted";
    default:
      return fmt::format("the database says: {}", handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(primary));
  }
}

}  // namespace

Error sqlite_error(int code, sqlite3* handle) {
  const int primary = code & 0xFF;
  const char* file = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  return Error{kind_of(primary), message_of(primary, handle), file != nullptr ? file : ""};
}

}  // namespace dragoman::store
