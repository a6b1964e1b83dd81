// SPDX-License-Identifier: AGPL-3.0-or-later
// SQLite's result codes in the words of this program.
#pragma once

#include "base/result.h"

struct sqlite3;

namespace dragoman::store {

/// `code` may be an extended one; the handle (may be null) gives the system's reason and, for mistakes in SQL,
/// SQLite's message: its messages name tables and columns, never values. `where` is the database's file.
Error sqlite_error(int code, sqlite3* handle);

}  // namespace dragoman::store
