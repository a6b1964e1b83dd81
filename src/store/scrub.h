// SPDX-License-Identifier: AGPL-3.0-or-later
// SQLite leaves what was deleted in free pages, in gaps of pages and in the journal until something is written over it.
#pragma once

#include "base/result.h"
#include "store/database.h"

namespace dragoman::store {

/// Writes the whole file anew and empties its journal: afterwards neither holds anything that was deleted before.
/// Outside of a transaction (CHECK), read_write. Needs twice the size of the file on its own file system; nothing is
/// written elsewhere. conflict while another connection still reads what was there before: call it again later.
Result<void> scrub(Database& db);

}  // namespace dragoman::store
