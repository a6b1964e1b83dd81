// SPDX-License-Identifier: AGPL-3.0-or-later
// The counts of a report: what was received, by folder and by type.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "evidence/items.h"
#include "store/database.h"

namespace dragoman::evidence {

/// Items of one sort, by state (in the order of ItemState).
struct CountRow {
  std::string name;
  std::array<std::int64_t, std::size(kItemStates)> by_state{};
  std::int64_t items = 0;
  std::int64_t gaps = 0;
};

/// By the short kind of their type; items without bytes under "". Most first.
Result<std::vector<CountRow>> counts_by_type(store::Database& db);
/// By the first two folders of their path. Most first, at most `limit`; what is left is summed under "…".
Result<std::vector<CountRow>> counts_by_folder(store::Database& db, std::size_t limit);

struct RemovalRow {
  Sha256 blob;
  std::uint64_t size = 0;
  std::string day;
  std::string who;
  std::string reason;
  std::string path = {};  // one that led to it; of what was found inside removed bytes only its number
};
/// What was taken out of the case, by day.
Result<std::vector<RemovalRow>> removals(store::Database& db);

}  // namespace dragoman::evidence
