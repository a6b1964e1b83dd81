// SPDX-License-Identifier: AGPL-3.0-or-later
// How the tables of a case come to be and change: each room lists its steps, the case remembers which were taken.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace dragoman::store {

/// Step `version` (1, 2, 3, … without holes) of a room's tables. Released steps never change.
struct Migration {
  std::string_view room;
  int version = 1;
  std::string_view sql;
};

/// The lists of several rooms as the one list of the program, in the order given.
std::vector<Migration> joined(std::initializer_list<std::span<const Migration>> lists);

/// `migrations` is the whole list of the program: a room that it leaves out counts as made by a newer version.
/// Takes the steps that are missing, in the order given, in one transaction. Do not call inside another.
/// Errors: unsupported when the file was made by a newer version of the program (it knows a later step of a
/// room, or a room that is not in the list); nothing is changed then.
Result<void> migrate(Database& db, std::span<const Migration> migrations);

/// For readers: ok when exactly these steps were taken; unsupported, naming the remedy, when the file is newer
/// or older than the program.
Result<void> check_migrations(Database& db, std::span<const Migration> migrations);

}  // namespace dragoman::store
