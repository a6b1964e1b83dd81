// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/items.h"

#include <fmt/format.h>

#include "evidence/pages.h"

namespace dragoman::evidence {
namespace {

constexpr char kItemColumns[] =
    "SELECT i.id, COALESCE(p.primary_item, 0), i.path, i.name, i.depth, i.state, "
    "c.id, c.sha256, c.size, c.mime, c.kind, c.state, c.primary_item "
    "FROM items i LEFT JOIN contents c ON c.id = i.content LEFT JOIN contents p ON p.id = i.parent_content ";

Result<ContentRow> read_content_row(store::Statement& row, int first) {
  ContentRow content;
  content.id = row.id<ContentId>(first);
  content.sha256 = TRY(row.digest(first + 1));
  content.size = static_cast<std::uint64_t>(row.int64(first + 2));
  content.mime = row.text(first + 3);
  content.kind = row.text(first + 4);
  content.state = static_cast<ItemState>(row.int64(first + 5));
  content.primary = row.id<ItemId>(first + 6);
  return content;
}

Result<ItemRow> read_item_row(store::Statement& row) {
  ItemRow item;
  item.id = row.id<ItemId>(0);
  item.parent = row.id<ItemId>(1);
  item.path = row.text(2);
  item.name = row.text(3);
  item.depth = static_cast<std::uint32_t>(row.int64(4));
  if (row.is_null(6)) {
    item.state = static_cast<ItemState>(row.int64(5));
  } else {
    item.content = TRY(read_content_row(row, 6));
    item.state = item.content->primary == item.id ? item.content->state : ItemState::duplicate;
  }
  return item;
}

/// The content of a blob, made when it is new; `fresh` tells which.
struct ContentRef {
  ContentId id{0};
  bool fresh = false;
  bool removed = false;
};
Result<ContentRef> content_for(store::Database& db, const Sha256& blob, std::uint64_t size) {
  auto find = TRY(db.statement("SELECT id, reader FROM contents WHERE sha256 = ?"));
  find->bind(1, blob);
  if (TRY(find->step())) {
    const ContentRef known{find->id<ContentId>(0), find->int64(1) == -1, find->int64(1) == -2};
    if (!known.fresh) return known;
    // Withdrawn earlier, here again.
    auto revive = TRY(db.statement("UPDATE contents SET reader = 0, state = 0 WHERE id = ?"));
    TRY_VOID(revive->bind_all(known.id).run());
    return known;
  }
  auto insert = TRY(db.statement("INSERT INTO contents(sha256, size) VALUES (?, ?)"));
  TRY_VOID(insert->bind_all(blob, size).run());
  return ContentRef{ContentId(db.last_insert_id()), true, false};
}

Result<void> make_primary(store::Database& db, ContentRef content, ItemId item) {
  if (!content.fresh) return {};
  auto update = TRY(db.statement("UPDATE contents SET primary_item = ? WHERE id = ?"));
  return update->bind_all(item, content.id).run();
}

std::string received_path(const Received& received) {
  return received.name.empty() ? received.source.label : received.source.label + "/" + received.name;
}

Result<ItemId> insert_received(store::Database& db, const Received& received, std::optional<ContentId> content,
                               std::optional<ItemState> state) {
  auto insert = TRY(db.statement(
      "INSERT INTO items(source, ordinal, name, path, depth, epoch, content, state, device, inode, size, mtime_ns, "
      "ctime_ns) VALUES (?, 0, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const FileStamp& stamp = received.stamp;
  insert->bind_all(received.source.id, received.name, received_path(received), received.epoch, content,
                   state ? std::optional<std::int64_t>(static_cast<std::int64_t>(*state)) : std::nullopt, stamp.device,
                   stamp.inode, stamp.size, stamp.mtime_ns, stamp.ctime_ns);
  TRY_VOID(insert->run());
  return ItemId(db.last_insert_id());
}

Result<void> update_stamp(store::Database& db, ItemId item, const FileStamp& stamp) {
  auto update =
      TRY(db.statement("UPDATE items SET device = ?, inode = ?, size = ?, mtime_ns = ?, ctime_ns = ? WHERE id = ?"));
  return update->bind_all(stamp.device, stamp.inode, stamp.size, stamp.mtime_ns, stamp.ctime_ns, item).run();
}

/// The newest item received under that name.
struct Newest {
  ItemId id{0};
  std::optional<ContentId> content;
  FileStamp stamp;
  bool removed = false;
};
Result<std::optional<Newest>> newest_received(store::Database& db, const Source& source, const std::string& name) {
  auto find =
      TRY(db.statement("SELECT id, content, device, inode, size, mtime_ns, ctime_ns, standing FROM items "
                       "WHERE source = ? AND name = ? ORDER BY id DESC LIMIT 1"));
  find->bind_all(source.id, name);
  if (!TRY(find->step())) return std::nullopt;
  Newest newest;
  newest.id = find->id<ItemId>(0);
  if (!find->is_null(1)) newest.content = find->id<ContentId>(1);
  newest.stamp = {find->int64(2), find->int64(3), find->int64(4), find->int64(5), find->int64(6)};
  newest.removed = find->int64(7) == 3;
  return newest;
}

/// Another path to bytes that were taken out of the case.
Result<void> mark_removed(store::Database& db, ItemId item) {
  auto update = TRY(db.statement("UPDATE items SET standing = 3 WHERE id = ?"));
  return update->bind_all(item).run();
}

struct Container {
  std::string path;
  std::uint32_t depth = 0;
};
Result<Container> container_of(store::Database& db, ContentId parent) {
  auto find =
      TRY(db.statement("SELECT i.path, i.depth FROM contents c JOIN items i ON i.id = c.primary_item WHERE c.id = ?"));
  find->bind(1, parent);
  const bool found = TRY(find->step());
  CHECK(found);
  return Container{std::string(find->text(0)), static_cast<std::uint32_t>(find->int64(1))};
}

Result<bool> has_member(store::Database& db, const Member& member, ContentId content) {
  auto find = TRY(db.statement("SELECT 1 FROM items WHERE parent_content = ? AND ordinal = ? AND content = ?"));
  find->bind_all(member.parent, member.header.ordinal, content);
  return find->step();
}

Result<void> clear_item_gaps(store::Database& db, ItemId item) {
  auto clear = TRY(db.statement("DELETE FROM gaps WHERE item = ?"));
  return clear->bind_all(item).run();
}

/// The one gap of an item without a content.
Result<void> add_item_gap(store::Database& db, ItemId item, const char* stage, const Gap& gap) {
  TRY_VOID(clear_item_gaps(db, item));
  auto insert = TRY(db.statement("INSERT INTO gaps(item, stage, kind, place, detail) VALUES (?, ?, ?, ?, ?)"));
  return insert->bind_all(item, stage, static_cast<std::int64_t>(gap.kind), gap.where, gap.detail).run();
}

/// A member whose place another reading gave to other bytes gives it up.
Result<void> yield_place(store::Database& db, const Member& member, std::optional<ContentId> content) {
  auto yield = TRY(db.statement(
      "UPDATE items SET standing = max(standing, 2), ordinal = -id WHERE parent_content = ?1 AND ordinal = ?2 AND "
      "content IS NOT NULL AND content IS NOT ?3"));
  return yield->bind_all(member.parent, member.header.ordinal, content).run();
}

/// Inserts the member or finds the row it has already; sets its content and state.
Result<ItemId> put_member(store::Database& db, const Member& member, std::optional<ContentId> content,
                          std::optional<ItemState> state) {
  TRY_VOID(yield_place(db, member, content));
  const Container container = TRY(container_of(db, member.parent));
  auto upsert =
      TRY(db.statement("INSERT INTO items(parent_content, ordinal, name, path, depth, epoch, content, state) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(parent_content, ordinal) DO UPDATE SET "
                       "name = ?3, path = ?4, depth = ?5, content = ?7, state = ?8, standing = 0 RETURNING id"));
  upsert->bind_all(member.parent, member.header.ordinal, member.header.name, container.path + "!/" + member.header.name,
                   container.depth + 1, member.epoch, content,
                   state ? std::optional<std::int64_t>(static_cast<std::int64_t>(*state)) : std::nullopt);
  const bool row = TRY(upsert->step());
  CHECK(row);
  return upsert->id<ItemId>(0);
}

}  // namespace

Result<Source> source_of(store::Database& db, std::string_view root_bytes, std::string_view name) {
  auto find = TRY(db.statement("SELECT id, label FROM sources WHERE root = ?"));
  find->bind_blob(1, root_bytes);
  if (TRY(find->step())) return Source{find->int64(0), std::string(find->text(1))};
  auto taken = TRY(db.statement("SELECT 1 FROM sources WHERE label = ?"));
  std::string label(name);
  for (int copy = 2;; ++copy) {
    taken->bind(1, label);
    const bool found = TRY(taken->step());
    taken->reset();
    if (!found) break;
    label = fmt::format("{} ({})", name, copy);
  }
  auto insert = TRY(db.statement("INSERT INTO sources(root, label) VALUES (?, ?)"));
  insert->bind_blob(1, root_bytes).bind(2, label);
  TRY_VOID(insert->run());
  return Source{db.last_insert_id(), label};
}

Result<Known> known_as(store::Database& db, const Source& source, const std::string& name, const FileStamp& stamp) {
  const auto newest = TRY(newest_received(db, source, name));
  if (!newest || !newest->content || newest->stamp != stamp) return Known::no;
  return newest->removed ? Known::removed : Known::unchanged;
}

Result<Added> add_received(store::Database& db, const Received& received, const Sha256& blob, std::uint64_t size) {
  const ContentRef content = TRY(content_for(db, blob, size));
  const auto newest = TRY(newest_received(db, received.source, received.name));
  if (newest && newest->content == content.id) {
    TRY_VOID(update_stamp(db, newest->id, received.stamp));
    return Added{newest->id, false, content.removed};
  }
  const ItemId item = TRY(insert_received(db, received, content.id, std::nullopt));
  TRY_VOID(make_primary(db, content, item));
  if (content.removed) TRY_VOID(mark_removed(db, item));
  return Added{item, true, content.removed};
}

Result<ItemId> add_unreadable(store::Database& db, const Received& received, const Gap& gap) {
  // Tried again and still not readable: the row stays, the reason is today's.
  const auto newest = TRY(newest_received(db, received.source, received.name));
  const ItemId item =
      newest && !newest->content ? newest->id : TRY(insert_received(db, received, std::nullopt, ItemState::failed));
  TRY_VOID(add_item_gap(db, item, "keep", gap));
  return item;
}

Result<Added> add_member(store::Database& db, const Member& member, const Sha256& blob, std::uint64_t size) {
  const ContentRef content = TRY(content_for(db, blob, size));
  const bool fresh = !TRY(has_member(db, member, content.id));
  const ItemId item = TRY(put_member(db, member, content.id, std::nullopt));
  TRY_VOID(make_primary(db, content, item));
  TRY_VOID(clear_item_gaps(db, item));
  if (content.removed) TRY_VOID(mark_removed(db, item));
  return Added{item, fresh, content.removed};
}

Result<ItemId> add_lost_member(store::Database& db, const Member& member, ItemState state, const Gap& gap) {
  const ItemId item = TRY(put_member(db, member, std::nullopt, state));
  TRY_VOID(add_item_gap(db, item, "read", gap));
  return item;
}

Result<std::optional<ItemRow>> item(store::Database& db, ItemId id) {
  auto find = TRY(db.statement(std::string(kItemColumns) + "WHERE i.id = ?"));
  find->bind(1, id);
  if (!TRY(find->step())) return std::nullopt;
  return TRY(read_item_row(*find));
}

Result<ItemRow> item_by_path(store::Database& db, const std::string& path) {
  auto find =
      TRY(db.statement(std::string(kItemColumns) + "WHERE i.path = ? ORDER BY i.standing < 2 DESC, i.id DESC LIMIT 1"));
  find->bind(1, path);
  if (!TRY(find->step())) return fail(ErrorKind::not_found, "no item of this case has that path or number", path);
  return read_item_row(*find);
}

Result<void> for_each_kept(store::Database& db, const KeptVisitor& visit) {
  auto rows =
      TRY(db.statement("SELECT i.id, c.sha256, c.size FROM items i JOIN contents c ON c.id = i.content ORDER BY i.id"));
  while (TRY(rows->step())) {
    const Sha256 blob = TRY(rows->digest(1));
    TRY_VOID(visit(rows->id<ItemId>(0), blob, static_cast<std::uint64_t>(rows->int64(2))));
  }
  return {};
}

Result<std::optional<ContentRow>> content(store::Database& db, ContentId id) {
  auto find = TRY(db.statement("SELECT id, sha256, size, mime, kind, state, primary_item FROM contents WHERE id = ?"));
  find->bind(1, id);
  if (!TRY(find->step())) return std::nullopt;
  return TRY(read_content_row(*find, 0));
}

Result<std::optional<ContentRow>> content_of_blob(store::Database& db, const Sha256& blob) {
  auto find =
      TRY(db.statement("SELECT id, sha256, size, mime, kind, state, primary_item FROM contents WHERE sha256 = ?"));
  find->bind(1, blob);
  if (!TRY(find->step())) return std::nullopt;
  return TRY(read_content_row(*find, 0));
}

Result<void> for_each_item(store::Database& db, const std::function<Result<void>(const ItemRow&)>& visit) {
  auto rows = TRY(db.statement(std::string(kItemColumns) + "WHERE i.standing < 2 ORDER BY i.id"));
  while (TRY(rows->step())) {
    const ItemRow row = TRY(read_item_row(*rows));
    TRY_VOID(visit(row));
  }
  return {};
}

Result<void> set_type(store::Database& db, ContentId content, const std::string& mime, const std::string& kind) {
  auto update = TRY(db.statement("UPDATE contents SET mime = ?, kind = ? WHERE id = ?"));
  return update->bind_all(mime, kind, content).run();
}

Result<void> set_read(store::Database& db, ContentId content, const ReaderId& reader, ItemState state) {
  CHECK(reader.version > 0);
  auto update = TRY(db.statement("UPDATE contents SET read_by = ?, reader = ?, read_state = ? WHERE id = ?"));
  return update->bind_all(reader.name, reader.version, static_cast<std::int64_t>(state), content).run();
}

Result<void> finish_content(store::Database& db, ContentId content) {
  const OcrProgress ocr = TRY(ocr_progress(db, content));
  if (ocr.waiting > 0) return {};
  auto find = TRY(db.statement("SELECT read_state FROM contents WHERE id = ?"));
  find->bind(1, content);
  const bool found = TRY(find->step());
  CHECK(found);
  auto state = static_cast<ItemState>(find->int64(0));
  if (ocr.failed > 0 && state != ItemState::failed) {
    state = ocr.failed == ocr.pages ? ItemState::failed : ItemState::partial;
  }
  auto update = TRY(db.statement("UPDATE contents SET state = ? WHERE id = ?"));
  TRY_VOID(update->bind_all(static_cast<std::int64_t>(state), content).run());
  return set_document_languages(db, content);
}

Result<void> forget_encrypted(store::Database& db) {
  auto update =
      TRY(db.statement("UPDATE contents SET reader = 0, state = 0 WHERE reader > 0 AND (state = ?1 OR id IN "
                       "(SELECT content FROM gaps WHERE kind = ?2 AND content IS NOT NULL) OR id IN (SELECT "
                       "i.parent_content FROM gaps g JOIN items i ON i.id = g.item WHERE g.kind = ?2))"));
  return update
      ->bind_all(static_cast<std::int64_t>(ItemState::encrypted), static_cast<std::int64_t>(GapKind::encrypted))
      .run();
}

Result<void> forget_missing_languages(store::Database& db) {
  constexpr auto kKind = static_cast<std::int64_t>(GapKind::missing_dependency);
  auto pages =
      TRY(db.statement("UPDATE pages SET ocr = 1 FROM gaps g WHERE g.content = pages.content AND g.page = pages.number "
                       "AND g.stage = 'ocr' AND g.kind = ? AND pages.ocr = 3"));
  TRY_VOID(pages->bind_all(kKind).run());
  auto contents =
      TRY(db.statement("UPDATE contents SET state = 0 WHERE id IN "
                       "(SELECT content FROM gaps WHERE stage = 'ocr' AND kind = ?)"));
  return contents->bind_all(kKind).run();
}

Result<std::vector<ContentRow>> unread_contents(store::Database& db, ContentId after, int limit) {
  auto rows =
      TRY(db.statement("SELECT id, sha256, size, mime, kind, state, primary_item FROM contents "
                       "WHERE reader = 0 AND id > ? ORDER BY id LIMIT ?"));
  rows->bind_all(after, limit);
  std::vector<ContentRow> contents;
  while (TRY(rows->step())) contents.push_back(TRY(read_content_row(*rows, 0)));
  return contents;
}

Result<std::uint64_t> unread_count(store::Database& db) {
  return static_cast<std::uint64_t>(TRY(db.number("SELECT count(*) FROM contents WHERE reader = 0")));
}

Result<std::uint32_t> depth_of(store::Database& db, ContentId content) {
  const Container container = TRY(container_of(db, content));
  return container.depth;
}

Result<Counts> counts(store::Database& db) {
  Counts counts;
  auto states = TRY(
      db.statement("SELECT CASE WHEN c.id IS NULL THEN i.state WHEN c.primary_item = i.id THEN c.state ELSE ?1 END, "
                   "count(*) FROM items i LEFT JOIN contents c ON c.id = i.content WHERE i.standing < 2 GROUP BY 1"));
  states->bind(1, static_cast<std::int64_t>(ItemState::duplicate));
  while (TRY(states->step())) {
    counts.by_state[static_cast<ItemState>(states->int64(0))] = states->int64(1);
    counts.items += states->int64(1);
  }
  counts.pages = TRY(db.number("SELECT count(*) FROM pages WHERE standing < 2"));
  auto versions =
      TRY(db.statement("SELECT COALESCE(sum(v.word_count), 0), COALESCE(sum(v.source = ?), 0) "
                       "FROM pages p JOIN versions v ON v.id = p.newest"));
  versions->bind(1, static_cast<std::int64_t>(TextSource::ocr));
  if (TRY(versions->step())) {
    counts.words = versions->int64(0);
    counts.ocr_pages = versions->int64(1);
  }
  counts.bytes = TRY(db.number("SELECT COALESCE(sum(size), 0) FROM contents WHERE reader > -2"));
  return counts;
}

namespace {

/// Members' paths follow their container's primary item; one level down a call.
Result<std::uint64_t> move_members(store::Database& db, const Moved& moved) {
  auto update =
      TRY(db.statement("UPDATE items SET path = p.path || '!/' || items.name, depth = p.depth + 1 "
                       "FROM contents c JOIN items p ON p.id = c.primary_item "
                       "WHERE c.id = items.parent_content AND items.standing < 2 AND "
                       "(items.path != p.path || '!/' || items.name OR items.depth != p.depth + 1) "
                       "RETURNING items.content, items.path"));
  std::uint64_t count = 0;
  while (TRY(update->step())) {
    ++count;
    if (!update->is_null(0)) TRY_VOID(moved(update->id<ContentId>(0), std::string(update->text(1))));
  }
  return count;
}

}  // namespace

Result<void> settle_paths(store::Database& db, const Moved& moved) {
  // A container's primary decides its members' paths, and those may decide other primaries: a level at a time.
  // Each round settles one more level for good; the bound is for a damaged database.
  for (int round = 0; round < 1000; ++round) {
    TRY_VOID(db.exec(
        "UPDATE contents SET primary_item = best.id FROM ("
        " SELECT content, id FROM ("
        "  SELECT content, id, row_number() OVER (PARTITION BY content ORDER BY epoch, depth, path, ordinal, id) AS n"
        "  FROM items WHERE standing < 2 AND content IN (SELECT content FROM items WHERE content IS NOT NULL"
        "                               AND standing < 2 GROUP BY content HAVING count(*) > 1)) WHERE n = 1) AS best "
        "WHERE contents.id = best.content AND contents.primary_item != best.id"));
    const std::uint64_t changed = db.changes();
    const std::uint64_t members = TRY(move_members(db, moved));
    if (changed == 0 && members == 0) break;
  }
  return {};
}

Result<void> settle(store::Database& db, const Moved& moved) {
  TRY_VOID(settle_paths(db, moved));
  return db.exec("UPDATE progress SET value = value + 1 WHERE key = 'epoch'");
}

Result<std::int64_t> progress_value(store::Database& db, const char* key) {
  auto find = TRY(db.statement("SELECT value FROM progress WHERE key = ?"));
  find->bind(1, key);
  return TRY(find->step()) ? find->int64(0) : 0;
}

Result<void> set_progress_value(store::Database& db, const char* key, std::int64_t value) {
  auto update = TRY(db.statement("INSERT INTO progress VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2"));
  return update->bind_all(key, value).run();
}

}  // namespace dragoman::evidence
