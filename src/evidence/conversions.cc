// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/conversions.h"

#include "evidence/pages.h"

namespace dragoman::evidence {

Result<std::vector<ContentRow>> contents_to_convert(store::Database& db, const ConversionQuery& query) {
  // A list of types of ours, without quotes in it: bound as one text.
  std::string mimes = "|";
  for (const std::string_view mime : query.mimes) mimes += std::string(mime) + "|";
  auto find = TRY(
      db.statement("SELECT id FROM contents WHERE id > ?1 AND reader > 0 AND read_state IN (?2, ?3) AND "
                   "instr(?4, '|' || mime || '|') > 0 AND NOT EXISTS (SELECT 1 FROM gaps WHERE content = contents.id "
                   "AND stage = ?5 AND (NOT ?6 OR kind != ?7)) ORDER BY id LIMIT ?8"));
  find->bind_all(query.after, static_cast<std::int64_t>(ItemState::failed),
                 static_cast<std::int64_t>(ItemState::unsupported), mimes, std::string(kConversionStage),
                 static_cast<std::int64_t>(query.program_is_there ? 1 : 0),
                 static_cast<std::int64_t>(GapKind::missing_dependency), static_cast<std::int64_t>(query.limit));
  std::vector<ContentId> ids;
  while (TRY(find->step())) ids.push_back(find->id<ContentId>(0));
  std::vector<ContentRow> rows;
  for (const ContentId id : ids) {
    auto row = TRY(content(db, id));
    CHECK(row);
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<void> set_converted(store::Database& db, ContentId content, ItemState state) {
  auto remove = TRY(db.statement("DELETE FROM gaps WHERE content = ? AND stage = 'read' AND kind != ?"));
  TRY_VOID(remove->bind_all(content, static_cast<std::int64_t>(GapKind::type_mismatch)).run());
  auto update = TRY(db.statement("UPDATE contents SET read_state = ? WHERE id = ?"));
  return update->bind_all(static_cast<std::int64_t>(state), content).run();
}

}  // namespace dragoman::evidence
