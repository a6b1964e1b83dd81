// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/retrying.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace dragoman::evidence {
namespace {

std::string as_json(std::span<const GapKind> kinds) {
  nlohmann::json list = nlohmann::json::array();
  for (const GapKind kind : kinds) list.push_back(static_cast<int>(kind));
  return list.dump();
}

// ?1: the kinds.
constexpr std::string_view kOfKinds = "kind IN (SELECT value FROM json_each(?1))";
// The same where somebody else killed the worker; the words are those of sandbox/conversation.cc.
constexpr std::string_view kOfKilled =
    "kind IN (SELECT value FROM json_each(?1)) AND detail LIKE '%was killed from outside%'";

// Gaps that reading left, by the content that is read again for them.
std::string of_reading(std::string_view which) {
  return fmt::format(
      "SELECT content FROM gaps WHERE content IS NOT NULL AND stage != 'ocr' AND {0} UNION SELECT parent_content FROM "
      "items WHERE parent_content IS NOT NULL AND id IN (SELECT item FROM gaps WHERE {0})",
      which);
}
std::string of_pages(std::string_view which) {
  return fmt::format("SELECT content FROM gaps WHERE content IS NOT NULL AND stage = 'ocr' AND {}", which);
}
constexpr char kGapsOf[] =
    "(SELECT count(*) FROM gaps WHERE content = c.id) + "
    "(SELECT count(*) FROM items i JOIN gaps g ON g.item = i.id WHERE i.parent_content = c.id)";

Result<std::vector<Attempt>> attempts_of(store::Database& db, const std::string& kinds) {
  auto rows =
      TRY(db.statement(std::string("SELECT c.id, c.state, ") + kGapsOf + " FROM contents c WHERE c.reader > 0 AND " +
                       "c.id IN (" + of_reading(kOfKinds) + " UNION " + of_pages(kOfKinds) + ") ORDER BY c.id"));
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

Result<void> reopen(store::Database& db, std::string_view which, const std::string& kinds) {
  TRY_VOID(run(db,
               fmt::format("UPDATE pages SET ocr = 1 WHERE ocr > 1 AND standing < 2 AND (content, number) IN (SELECT "
                           "content, page FROM gaps WHERE stage = 'ocr' AND page > 0 AND {})",
                           which),
               kinds));
  TRY_VOID(run(db, "UPDATE contents SET state = 0 WHERE reader > 0 AND id IN (" + of_pages(which) + ")", kinds));
  return run(db, "UPDATE contents SET reader = 0, state = 0 WHERE reader > 0 AND id IN (" + of_reading(which) + ")",
             kinds);
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
  TRY_VOID(reopen(db, kOfKinds, list));
  return attempts;
}

Result<void> try_killed_again(store::Database& db) {
  return reopen(db, kOfKilled, as_json(std::array{GapKind::crashed}));
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
