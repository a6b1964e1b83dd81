// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/retrying.h"

#include <nlohmann/json.hpp>

namespace dragoman::evidence {
namespace {

std::string as_json(std::span<const GapKind> kinds) {
  nlohmann::json list = nlohmann::json::array();
  for (const GapKind kind : kinds) list.push_back(static_cast<int>(kind));
  return list.dump();
}

// ?1: the kinds. Gaps that reading left, by the content that is read again for them.
constexpr char kOfReading[] =
    "SELECT content FROM gaps WHERE content IS NOT NULL AND stage != 'ocr' AND kind IN (SELECT value FROM json_each(?1)) "
    "UNION SELECT i.parent_content FROM gaps g JOIN items i ON i.id = g.item WHERE i.parent_content IS NOT NULL AND "
    "g.kind IN (SELECT value FROM json_each(?1))";
constexpr char kOfPages[] =
    "SELECT content FROM gaps WHERE content IS NOT NULL AND stage = 'ocr' AND kind IN (SELECT value FROM json_each(?1))";
constexpr char kGapsOf[] =
    "(SELECT count(*) FROM gaps WHERE content = c.id) + "
    "(SELECT count(*) FROM items i JOIN gaps g ON g.item = i.id WHERE i.parent_content = c.id)";

Result<std::vector<Attempt>> attempts_of(store::Database& db, const std::string& kinds) {
  auto rows =
      TRY(db.statement(std::string("SELECT c.id, c.state, ") + kGapsOf + " FROM contents c WHERE c.reader > 0 AND " +
                       "c.id IN (" + kOfReading + " UNION " + kOfPages + ") ORDER BY c.id"));
  rows->bind_all(kinds);
  std::vector<Attempt> attempts;
  while (TRY(rows->step())) {
    attempts.push_back({rows->id<ContentId>(0), rows->int64(2), static_cast<ItemState>(rows->int64(1))});
  }
  return attempts;
}

Result<void> run(store::Database& db, const std::string& sql, const std::string& kinds) {
  auto statement = TRY(db.statement(sql));
  return statement->bind_all(kinds).run();
}

// Better first; a duplicate stands for another item.
int rank(ItemState state) {
  switch (state) {
    case ItemState::read: return 0;
    case ItemState::duplicate: return 0;
    case ItemState::partial: return 1;
    case ItemState::encrypted: return 2;
    case ItemState::unsupported: return 3;
    case ItemState::failed: return 4;
    case ItemState::pending: return 5;
  }
  return 5;
}

}  // namespace

Result<std::vector<Attempt>> try_again(store::Database& db, std::span<const GapKind> kinds) {
  const std::string list = as_json(kinds);
  std::vector<Attempt> attempts = TRY(attempts_of(db, list));
  TRY_VOID(run(db,
               "UPDATE pages SET ocr = 1 WHERE ocr > 1 AND standing < 2 AND (content, number) IN (SELECT content, page "
               "FROM gaps WHERE stage = 'ocr' AND page > 0 AND kind IN (SELECT value FROM json_each(?1)))",
               list));
  TRY_VOID(run(db, std::string("UPDATE contents SET state = 0 WHERE reader > 0 AND id IN (") + kOfPages + ")", list));
  TRY_VOID(run(db,
               std::string("UPDATE contents SET reader = 0, state = 0 WHERE reader > 0 AND id IN (") + kOfReading + ")",
               list));
  return attempts;
}

Result<std::int64_t> count_better(store::Database& db, std::span<const Attempt> attempts) {
  auto row = TRY(db.statement(std::string("SELECT c.state, ") + kGapsOf + " FROM contents c WHERE c.id = ?"));
  std::int64_t better = 0;
  for (const Attempt& before : attempts) {
    row->bind_all(before.content);
    const bool there = TRY(row->step());
    if (there) {
      const auto state = static_cast<ItemState>(row->int64(0));
      better += row->int64(1) < before.gaps || rank(state) < rank(before.state) ? 1 : 0;
    }
    row->reset();
  }
  return better;
}

}  // namespace dragoman::evidence
