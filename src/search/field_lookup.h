// SPDX-License-Identifier: AGPL-3.0-or-later
// Filters by what documents declare and by pages' labels. The index knows words, types and paths; fields lie in the
// case database, so they are looked up there before the index is asked.
#pragma once

#include "base/result.h"
#include "search/query.h"
#include "store/database.h"

namespace dragoman::search {

/// The query with a table in each filter of a field or label: which contents, or versions, pass. One walk over the
/// fields of that name for each; words are compared as the index compares them (folded, by whole words).
Result<Query> look_up_fields(store::Database& db, const Query& query);

}  // namespace dragoman::search
