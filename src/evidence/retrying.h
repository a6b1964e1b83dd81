// SPDX-License-Identifier: AGPL-3.0-or-later
// Trying again what left a gap, and only that.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "record/item.h"
#include "store/database.h"

namespace dragoman::evidence {

/// How a content stood before it was tried again.
struct Attempt {
  ContentId content{0};
  std::int64_t gaps = 0;  // its own and those of its lost members
  ItemState state = ItemState::pending;
};

/// Contents with gaps of these kinds (a container's lost members count as its own) are to be read again; where a gap
/// is of one page's OCR, that page waits for it again and nothing else of the file is touched. Gaps that stood before
/// anything was kept (links, folders that cannot be opened) are not touched: `add` looks at them again.
Result<std::vector<Attempt>> try_again(store::Database& db, std::span<const GapKind> kinds);

/// The same, without being asked, for what lost its worker because somebody killed it: that says nothing of the file.
Result<void> try_killed_again(store::Database& db);

/// How many of them have fewer gaps now, or a better state.
Result<std::int64_t> count_better(store::Database& db, std::span<const Attempt> attempts);

}  // namespace dragoman::evidence
