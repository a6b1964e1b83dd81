// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/report_rows.h"

#include <algorithm>
#include <unordered_map>

namespace dragoman::evidence {
namespace {

/// The folder an item is counted under: two parts of its path, of which the last is no file's own name.
std::string folder_of(std::string_view path) {
  const std::size_t member = path.find("!/");
  const std::string_view outer = path.substr(0, member);
  const std::size_t first = outer.find('/');
  if (first == outer.npos) return std::string(outer);
  const std::size_t second = outer.find('/', first + 1);
  return std::string(outer.substr(0, second == outer.npos ? first : second));
}

std::vector<CountRow> most_first(std::unordered_map<std::string, CountRow> map) {
  std::vector<CountRow> rows;
  for (auto& [name, row] : map) {
    row.name = name;
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const CountRow& a, const CountRow& b) {
    return a.items != b.items ? a.items > b.items : a.name < b.name;
  });
  return rows;
}

void add(CountRow& row, std::int64_t state, std::int64_t items, std::int64_t gaps) {
  if (state >= 0 && state < static_cast<std::int64_t>(row.by_state.size())) {
    row.by_state[static_cast<std::size_t>(state)] += items;
  }
  row.items += items;
  row.gaps += gaps;
}

constexpr char kState[] = "CASE WHEN c.id IS NULL THEN i.state WHEN c.primary_item = i.id THEN c.state ELSE 3 END";
// Gaps of the item itself, or of its bytes where it stands for them.
constexpr char kGaps[] =
    "(SELECT count(*) FROM gaps g WHERE g.item = i.id) + CASE WHEN c.primary_item = i.id THEN "
    "(SELECT count(*) FROM gaps g WHERE g.content = c.id) ELSE 0 END";

}  // namespace

Result<std::vector<CountRow>> counts_by_type(store::Database& db) {
  static_assert(static_cast<int>(ItemState::duplicate) == 3);
  auto rows =
      TRY(db.statement(std::string("SELECT COALESCE(c.kind, ''), ") + kState + ", count(*), sum(" + kGaps +
                       ") FROM items i LEFT JOIN contents c ON c.id = i.content WHERE i.standing < 2 GROUP BY 1, 2"));
  std::unordered_map<std::string, CountRow> map;
  while (TRY(rows->step())) add(map[std::string(rows->text(0))], rows->int64(1), rows->int64(2), rows->int64(3));
  return most_first(std::move(map));
}

Result<std::vector<CountRow>> counts_by_folder(store::Database& db, std::size_t limit) {
  auto rows = TRY(db.statement(std::string("SELECT i.path, ") + kState + ", " + kGaps +
                               " FROM items i LEFT JOIN contents c ON c.id = i.content WHERE i.standing < 2"));
  std::unordered_map<std::string, CountRow> map;
  while (TRY(rows->step())) add(map[folder_of(rows->text(0))], rows->int64(1), 1, rows->int64(2));
  std::vector<CountRow> list = most_first(std::move(map));
  if (list.size() <= limit) return list;
  CountRow rest;
  rest.name = "…";
  for (std::size_t i = limit; i < list.size(); ++i) {
    for (std::size_t state = 0; state < rest.by_state.size(); ++state) rest.by_state[state] += list[i].by_state[state];
    rest.items += list[i].items;
    rest.gaps += list[i].gaps;
  }
  list.resize(limit);
  list.push_back(std::move(rest));
  return list;
}

Result<std::vector<RemovalRow>> removals(store::Database& db) {
  auto rows =
      TRY(db.statement("SELECT r.sha256, r.size, r.day, r.who, r.reason, COALESCE(i.path, '') FROM removals r "
                       "LEFT JOIN contents c ON c.sha256 = r.sha256 LEFT JOIN items i ON i.id = c.primary_item "
                       "ORDER BY r.day, r.sha256"));
  std::vector<RemovalRow> list;
  while (TRY(rows->step())) {
    RemovalRow row;
    row.blob = TRY(rows->digest(0));
    row.size = static_cast<std::uint64_t>(rows->int64(1));
    row.day = rows->text(2);
    row.who = rows->text(3);
    row.reason = rows->text(4);
    row.path = rows->text(5);
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace dragoman::evidence
