// SPDX-License-Identifier: AGPL-3.0-or-later
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

/// Pages with standing 1 are withdrawn.
Result<void> withdraw_awaited_pages(store::Database& db, ContentId content, const Withdrawn& withdrawn) {
  std::vector<VersionId> versions;
  {
    auto rows = TRY(db.statement("SELECT newest FROM pages WHERE content = ? AND standing = 1 AND newest IS NOT NULL"));
    rows->bind_all(content);
    while (TRY(rows->step())) versions.push_back(rows->id<VersionId>(0));
  }
  for (const VersionId version : versions) TRY_VOID(withdrawn(version));
  TRY_VOID(run(db,
               "DELETE FROM gaps WHERE content = ?1 AND page IN (SELECT number FROM pages WHERE content = ?1 AND "
               "standing = 1) AND stage != 'read'",
               content));
  return run(db, "UPDATE pages SET standing = 2, newest = NULL, ocr = 0 WHERE content = ? AND standing = 1", content);
}

Result<void> drop_awaited_documents(store::Database& db, ContentId content) {
  TRY_VOID(run(db,
               "DELETE FROM fields WHERE content = ?1 AND ordinal IN "
               "(SELECT ordinal FROM documents WHERE content = ?1 AND standing = 1)",
               content));
  return run(db, "DELETE FROM documents WHERE content = ? AND standing = 1", content);
}

// A withdrawn member gives its place in the container back.
Result<void> withdraw_awaited_members(store::Database& db, ContentId content) {
  TRY_VOID(run(db, "DELETE FROM gaps WHERE item IN (SELECT id FROM items WHERE parent_content = ? AND standing = 1)",
               content));
  return run(db, "UPDATE items SET standing = 2, ordinal = -id WHERE parent_content = ? AND standing = 1", content);
}

/// Contents that only withdrawn members of this container have, and that are not withdrawn yet.
Result<std::vector<ContentId>> orphans_of(store::Database& db, ContentId container) {
  return contents_from(db,
                       "SELECT DISTINCT c.id FROM items i JOIN contents c ON c.id = i.content "
                       "WHERE i.parent_content = ? AND i.standing = 2 AND c.reader >= 0 AND NOT EXISTS "
                       "(SELECT 1 FROM items live WHERE live.content = c.id AND live.standing < 2)",
                       container);
}

/// The path that stands for a content must be one that it still has.
Result<void> move_primaries(store::Database& db, ContentId container) {
  return run(db,
             "UPDATE contents SET primary_item = (SELECT id FROM items WHERE content = contents.id AND standing < 2 "
             "ORDER BY epoch, depth, path, ordinal, id LIMIT 1) WHERE id IN (SELECT content FROM items WHERE "
             "parent_content = ?1 AND standing = 2) AND primary_item IN (SELECT id FROM items WHERE parent_content = "
             "?1 AND standing = 2) AND EXISTS (SELECT 1 FROM items WHERE content = contents.id AND standing < 2)",
             container);
}

Result<void> await_all(store::Database& db, ContentId content) {
  TRY_VOID(run(db, "UPDATE pages SET standing = 1 WHERE content = ? AND standing = 0", content));
  TRY_VOID(run(db, "UPDATE items SET standing = 1 WHERE parent_content = ? AND standing = 0", content));
  return run(db, "UPDATE documents SET standing = 1 WHERE content = ? AND standing = 0", content);
}

Result<void> withdraw_awaited(store::Database& db, ContentId content, const Withdrawn& withdrawn) {
  TRY_VOID(withdraw_awaited_pages(db, content, withdrawn));
  TRY_VOID(drop_awaited_documents(db, content));
  return withdraw_awaited_members(db, content);
}

Result<void> withdraw_orphans(store::Database& db, ContentId container, const Withdrawn& withdrawn) {
  TRY_VOID(move_primaries(db, container));
  for (const ContentId orphan : TRY(orphans_of(db, container))) TRY_VOID(withdraw_content(db, orphan, withdrawn));
  return {};
}

}  // namespace

Result<std::vector<ReadBy>> readings(store::Database& db) {
  auto rows =
      TRY(db.statement("SELECT read_by, reader, mime, count(*) FROM contents WHERE reader > 0 GROUP BY 1, 2, 3"));
  std::vector<ReadBy> list;
  while (TRY(rows->step())) {
    list.push_back(
        {{std::string(rows->text(0)), static_cast<int>(rows->int64(1))}, std::string(rows->text(2)), rows->int64(3)});
  }
  return list;
}

Result<void> forget_reading(store::Database& db, const ReadBy& read) {
  auto update = TRY(db.statement(
      "UPDATE contents SET reader = 0, state = 0 WHERE read_by = ? AND reader = ? AND mime = ? AND reader > 0"));
  return update->bind_all(read.reader.name, read.reader.version, read.mime).run();
}

Result<void> begin_reading(store::Database& db, ContentId content) {
  TRY_VOID(await_all(db, content));
  return run(db, "DELETE FROM member_counts WHERE content = ?", content);
}

Result<void> end_reading(store::Database& db, ContentId content, bool whole, const Withdrawn& withdrawn) {
  if (whole) {
    TRY_VOID(withdraw_awaited(db, content, withdrawn));
  } else {
    TRY_VOID(run(db, "UPDATE pages SET standing = 0 WHERE content = ? AND standing = 1", content));
    TRY_VOID(run(db, "UPDATE items SET standing = 0 WHERE parent_content = ? AND standing = 1", content));
    TRY_VOID(run(db, "UPDATE documents SET standing = 0 WHERE content = ? AND standing = 1", content));
  }
  return withdraw_orphans(db, content, withdrawn);
}

Result<void> withdraw_content(store::Database& db, ContentId first, const Withdrawn& withdrawn) {
  // A list, not a recursion: containers nest as deep as the limit allows.
  std::vector<ContentId> waiting{first};
  while (!waiting.empty()) {
    const ContentId content = waiting.back();
    waiting.pop_back();
    TRY_VOID(await_all(db, content));
    TRY_VOID(withdraw_awaited(db, content, withdrawn));
    TRY_VOID(run(db, "DELETE FROM gaps WHERE content = ?", content));
    TRY_VOID(run(db, "DELETE FROM member_counts WHERE content = ?", content));
    // Not to be read, until it is received again.
    TRY_VOID(run(db, "UPDATE contents SET reader = -1, state = 0, read_state = 0 WHERE id = ?", content));
    TRY_VOID(move_primaries(db, content));
    for (const ContentId orphan : TRY(orphans_of(db, content))) waiting.push_back(orphan);
  }
  return {};
}

}  // namespace dragoman::evidence
