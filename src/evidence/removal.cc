// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/removal.h"

#include <set>

#include "evidence/pages.h"
#include "evidence/rereading.h"

namespace dragoman::evidence {
namespace {

Result<void> run(store::Database& db, const char* sql, ContentId content) {
  auto statement = TRY(db.statement(sql));
  return statement->bind_all(content).run();
}

Result<std::vector<ContentId>> contents_from(store::Database& db, const char* sql, ContentId content) {
  auto rows = TRY(db.statement(sql));
  rows->bind_all(content);
  std::vector<ContentId> contents;
  while (TRY(rows->step())) contents.push_back(rows->id<ContentId>(0));
  return contents;
}

// Withdrawn members count: their container's bytes hold them as before.
constexpr char kMembersOf[] =
    "SELECT DISTINCT i.content FROM items i JOIN contents c ON c.id = i.content "
    "WHERE i.parent_content = ? AND c.reader > -2 ORDER BY i.content";
constexpr char kContainersOf[] =
    "SELECT DISTINCT i.parent_content FROM items i JOIN contents c ON c.id = i.parent_content "
    "WHERE i.content = ? AND c.reader > -2 ORDER BY i.parent_content";

/// Everything that `first` leads to by `step`, nearest first, without `first`.
Result<std::vector<ContentId>> reachable(store::Database& db, ContentId first, const char* step) {
  std::vector<ContentId> order{first};
  std::set<ContentId> seen{first};
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const ContentId next : TRY(contents_from(db, step, order[at]))) {
      if (seen.insert(next).second) order.push_back(next);
    }
  }
  order.erase(order.begin());
  return order;
}

/// Whether something outside of `inside` leads to it: a path received, or another container.
Result<bool> led_to_from_outside(store::Database& db, ContentId content, const std::set<ContentId>& inside) {
  auto rows = TRY(db.statement("SELECT parent_content FROM items WHERE content = ? AND standing < 3"));
  rows->bind_all(content);
  while (TRY(rows->step())) {
    if (rows->is_null(0) || !inside.contains(rows->id<ContentId>(0))) return true;
  }
  return false;
}

/// Of `members`, what stays: what something else leads to, and all that this leads to in turn.
Result<std::set<ContentId>> staying_of(store::Database& db, ContentId first, const std::vector<ContentId>& members) {
  std::set<ContentId> inside(members.begin(), members.end());
  inside.insert(first);
  std::set<ContentId> staying;
  std::vector<ContentId> waiting;
  for (const ContentId member : members) {
    const bool outside = TRY(led_to_from_outside(db, member, inside));
    if (outside && staying.insert(member).second) waiting.push_back(member);
  }
  while (!waiting.empty()) {
    const ContentId container = waiting.back();
    waiting.pop_back();
    for (const ContentId below : TRY(contents_from(db, kMembersOf, container))) {
      if (below != first && staying.insert(below).second) waiting.push_back(below);
    }
  }
  return staying;
}

Result<void> put_row(store::Database& db, ContentId id, std::vector<ContentRow>& rows) {
  auto row = TRY(content(db, id));
  CHECK(row);
  rows.push_back(std::move(*row));
  return {};
}

/// Pages with all their versions, documents, fields, gaps, counts: everything that was read of it.
Result<void> drop_text(store::Database& db, const ContentRow& gone) {
  for (const char* sql :
       {"DELETE FROM versions WHERE page IN (SELECT id FROM pages WHERE content = ?)",
        "DELETE FROM pages WHERE content = ?", "DELETE FROM documents WHERE content = ?",
        "DELETE FROM fields WHERE content = ?", "DELETE FROM gaps WHERE content = ?",
        "DELETE FROM member_counts WHERE content = ?", "UPDATE items SET standing = 3 WHERE content = ?"}) {
    TRY_VOID(run(db, sql, gone.id));
  }
  auto mark =
      TRY(db.statement("UPDATE contents SET mime = '', kind = '', state = ?, read_state = 0, reader = -2, read_by = '' "
                       "WHERE id = ?"));
  return mark->bind_all(static_cast<std::int64_t>(ItemState::failed), gone.id).run();
}

/// Its members' names came out of its bytes.
Result<void> drop_members(store::Database& db, const ContentRow& gone) {
  TRY_VOID(run(db, "DELETE FROM gaps WHERE item IN (SELECT id FROM items WHERE parent_content = ?)", gone.id));
  return run(db,
             "UPDATE items SET standing = 3, name = 'removed-' || id, path = 'removed-' || id WHERE parent_content = ?",
             gone.id);
}

/// Of a container whose other members stay: the names of the removed ones.
Result<void> drop_names_of_removed(store::Database& db, const ContentRow& container) {
  return run(db,
             "UPDATE items SET name = 'removed-' || id, path = 'removed-' || id WHERE parent_content = ? AND "
             "standing = 3",
             container.id);
}

Result<void> note_removal(store::Database& db, const ContentRow& gone, const Decision& decision) {
  auto insert =
      TRY(db.statement("INSERT INTO removals(sha256, size, day, who, reason, done) VALUES (?, ?, ?, ?, ?, 0)"));
  return insert->bind_all(gone.sha256, gone.size, decision.day, decision.who, decision.reason).run();
}

/// What stands for a content, and whether it is searched, must not hang on an item that was removed.
Result<void> move_what_stays(store::Database& db) {
  TRY_VOID(
      db.exec("UPDATE contents SET primary_item = (SELECT id FROM items WHERE content = contents.id AND standing < 3 "
              "ORDER BY standing = 2, epoch, depth, path, ordinal, id LIMIT 1) WHERE reader > -2 AND "
              "primary_item IN (SELECT id FROM items WHERE standing = 3) AND "
              "EXISTS (SELECT 1 FROM items WHERE content = contents.id AND standing < 3)"));
  std::vector<ContentId> withdrawn;
  {
    auto rows = TRY(
        db.statement("SELECT DISTINCT c.id FROM items i JOIN contents c ON c.id = i.content WHERE i.standing = 3 AND "
                     "c.reader >= 0 AND NOT EXISTS (SELECT 1 FROM items live WHERE live.content = c.id AND "
                     "live.standing < 2)"));
    while (TRY(rows->step())) withdrawn.push_back(rows->id<ContentId>(0));
  }
  const auto nothing = [](VersionId) { return Result<void>(); };
  for (const ContentId one : withdrawn) TRY_VOID(withdraw_content(db, one, nothing));
  return settle_paths(db, [](ContentId, const std::string&) { return Result<void>(); });
}

Result<std::vector<Sha256>> blobs_from(store::Database& db, const char* sql) {
  auto rows = TRY(db.statement(sql));
  std::vector<Sha256> blobs;
  while (TRY(rows->step())) blobs.push_back(TRY(rows->digest(0)));
  return blobs;
}

}  // namespace

Result<RemovalPlan> plan_removal(store::Database& db, const ContentRow& content) {
  const bool removed_before = TRY(removal_of(db, content.sha256)).has_value();
  const std::vector<ContentId> members = TRY(reachable(db, content.id, kMembersOf));
  const std::set<ContentId> staying = TRY(staying_of(db, content.id, members));
  RemovalPlan plan;
  std::set<ContentId> gone{content.id};
  if (!removed_before) {
    plan.gone.push_back(content);
    for (const ContentId member : members) {
      TRY_VOID(put_row(db, member, staying.contains(member) ? plan.staying : plan.gone));
      if (!staying.contains(member)) gone.insert(member);
    }
  }
  for (const ContentId container : TRY(reachable(db, content.id, kContainersOf))) {
    if (!gone.contains(container)) TRY_VOID(put_row(db, container, plan.containers));
  }
  return plan;
}

Result<void> remove_contents(store::Database& db, const RemovalOrder& order) {
  for (const std::vector<ContentRow>* part : {&order.gone, &order.containers}) {
    for (const ContentRow& one : *part) {
      TRY_VOID(drop_text(db, one));
      TRY_VOID(note_removal(db, one, order.decision));
    }
  }
  for (const ContentRow& one : order.gone) TRY_VOID(drop_members(db, one));
  for (const ContentRow& one : order.containers) TRY_VOID(drop_names_of_removed(db, one));
  return move_what_stays(db);
}

Result<std::optional<RemovalRow>> removal_of(store::Database& db, const Sha256& blob) {
  auto find = TRY(db.statement("SELECT size, day, who, reason FROM removals WHERE sha256 = ?"));
  find->bind(1, blob);
  if (!TRY(find->step())) return std::nullopt;
  RemovalRow row;
  row.blob = blob;
  row.size = static_cast<std::uint64_t>(find->int64(0));
  row.day = find->text(1);
  row.who = find->text(2);
  row.reason = find->text(3);
  return row;
}

Result<std::vector<Sha256>> removed_blobs(store::Database& db) {
  return blobs_from(db, "SELECT sha256 FROM removals ORDER BY sha256");
}

Result<std::vector<Sha256>> unfinished_removals(store::Database& db) {
  return blobs_from(db, "SELECT sha256 FROM removals WHERE done = 0 ORDER BY sha256");
}

Result<void> finish_removals(store::Database& db) {
  return db.exec("UPDATE removals SET done = 1 WHERE done = 0");
}

}  // namespace dragoman::evidence
