// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/entries.h"

#include <algorithm>

#include "vault/entry_line.h"

namespace dragoman::vault {

Result<std::vector<ListedEntry>> entries(store::Database& db, std::uint64_t before, std::int64_t limit) {
  auto rows = TRY(db.statement("SELECT n, line, hash FROM custody_entries WHERE n < ? ORDER BY n DESC LIMIT ?"));
  const std::uint64_t below = before == 0 ? INT64_MAX : std::min<std::uint64_t>(before, INT64_MAX);
  rows->bind_all(below, limit);
  std::vector<ListedEntry> list;
  while (TRY(rows->step())) {
    ListedEntry entry;
    entry.number = static_cast<std::uint64_t>(std::max<std::int64_t>(rows->int64(0), 0));
    const auto hash = rows->digest(2);
    const auto parsed = parse_line(rows->text(1));
    entry.whole = hash.has_value() && parsed.has_value() && parsed->line.number == entry.number;
    if (hash) entry.hash = *hash;
    if (entry.whole) {
      const EntryLine& line = parsed->line;
      entry.kind = to_string(line.kind);
      entry.at = line.at;
      entry.tool = line.tool;
      entry.items = line.items;
      entry.policy = line.policy;
      entry.detail = line.detail;
      if (!line.who.empty()) entry.detail += "; " + line.who;
      if (!line.why.empty()) entry.detail += "; " + line.why;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace dragoman::vault
