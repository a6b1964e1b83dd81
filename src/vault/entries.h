// SPDX-License-Identifier: AGPL-3.0-or-later
// The entries of the custody log as the case has them, for those who look at it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/database.h"

namespace dragoman::vault {

struct ListedEntry {
  std::uint64_t number = 0;
  Sha256 hash;        // as the case has it, of the line
  bool whole = true;  // false: the line is not in the log's form; the rest is empty then, and verify says why
  std::string kind;   // "case", "batch", "derive", "note", "verify", "remove"
  std::string at;     // UTC day
  std::string tool;
  std::uint64_t items = 0;
  std::string policy;
  std::string detail;  // of a removal also who decided and why: UTF-8
};

/// Newest first: those with numbers below `before` (0: from the newest on), at most `limit`. Nothing is verified.
Result<std::vector<ListedEntry>> entries(store::Database& db, std::uint64_t before, std::int64_t limit);

}  // namespace dragoman::vault
