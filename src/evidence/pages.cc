// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/pages.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "evidence/items.h"
#include "evidence/removal.h"
#include "evidence/words_blob.h"

namespace dragoman::evidence {
namespace {

constexpr char kVersionColumns[] = "SELECT v.id, v.page, v.hash, v.source, v.engine, v.lang, v.quality, v.words ";
constexpr char kPageColumns[] = "SELECT p.id, p.content, p.number, p.width, p.height, p.newest, p.label, p.ocr ";

Result<VersionRow> read_version(store::Statement& row) {
  VersionRow version;
  version.id = row.id<VersionId>(0);
  version.page = row.id<PageId>(1);
  version.hash = TRY(row.digest(2));
  version.source = static_cast<TextSource>(row.int64(3));
  version.engine = row.text(4);
  version.lang = row.text(5);
  version.quality = row.real(6);
  version.words = TRY(unpack_words(row.blob(7), Limits{}));
  return version;
}

PageRow read_page(store::Statement& row) {
  PageRow page;
  page.id = row.id<PageId>(0);
  page.content = row.id<ContentId>(1);
  page.number = row.id<PageIndex>(2);
  page.width = row.real(3);
  page.height = row.real(4);
  page.newest = row.is_null(5) ? VersionId(0) : row.id<VersionId>(5);
  page.label = row.text(6);
  page.ocr = static_cast<OcrState>(row.int64(7));
  return page;
}

Failure no_such(const Citation& citation, std::string message) {
  return fail(ErrorKind::not_found, std::move(message), to_string(citation));
}

/// The version a citation means: the one it names, else the newest.
Result<VersionRow> version_for(store::Database& db, const PageRow& page, const Citation& citation) {
  if (citation.version.empty()) {
    if (page.newest == VersionId(0)) return no_such(citation, "nothing could be read on that page");
    return version(db, page.newest);
  }
  auto find = TRY(db.statement(std::string(kVersionColumns) +
                               "FROM versions v WHERE v.page = ? AND substr(hex(v.hash), 1, 12) = upper(?)"));
  find->bind_all(page.id, citation.version);
  if (!TRY(find->step())) return no_such(citation, "the page was never read as that version (v=)");
  return read_version(*find);
}

}  // namespace

Result<void> add_document(store::Database& db, ContentId content, const Document& document) {
  nlohmann::json fields = nlohmann::json::array();
  for (const Field& field : document.fields) fields.push_back({field.key, field.value, field.name, field.normal});
  auto insert =
      TRY(db.statement("INSERT OR REPLACE INTO documents(content, ordinal, kind, lang, title, first_page, last_page, "
                       "fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  insert->bind_all(content, document.ordinal, document.kind, document.lang, document.title, document.first_page,
                   document.last_page, fields.dump());
  TRY_VOID(insert->run());
  auto forget = TRY(db.statement("DELETE FROM fields WHERE content = ? AND ordinal = ?"));
  TRY_VOID(forget->bind_all(content, document.ordinal).run());
  auto keep = TRY(db.statement("INSERT OR IGNORE INTO fields(name, normal, content, ordinal) VALUES (?, ?, ?, ?)"));
  for (const Field& field : document.fields) {
    if (field.name.empty() || field.normal.empty()) continue;
    TRY_VOID(keep->bind_all(field.name, field.normal, content, document.ordinal).run());
    keep->reset();
  }
  return {};
}

Result<void> set_member_count(store::Database& db, ContentId content, const MemberCount& count) {
  auto put = TRY(db.statement("INSERT OR REPLACE INTO member_counts VALUES (?, ?, ?, ?, ?)"));
  return put->bind_all(content, count.what, count.expected, count.read, count.unreadable).run();
}

Result<std::vector<MemberCount>> member_counts(store::Database& db, ContentId content) {
  auto rows = TRY(db.statement("SELECT what, expected, read, unreadable FROM member_counts WHERE content = ?"));
  rows->bind(1, content);
  std::vector<MemberCount> counts;
  while (TRY(rows->step())) {
    counts.push_back({std::string(rows->text(0)), static_cast<std::uint64_t>(rows->int64(1)),
                      static_cast<std::uint64_t>(rows->int64(2)), static_cast<std::uint64_t>(rows->int64(3))});
  }
  return counts;
}

Result<std::vector<Document>> documents_of(store::Database& db, ContentId content) {
  auto rows =
      TRY(db.statement("SELECT ordinal, kind, lang, title, first_page, last_page, fields FROM documents "
                       "WHERE content = ? ORDER BY ordinal"));
  rows->bind(1, content);
  std::vector<Document> documents;
  while (TRY(rows->step())) {
    Document document;
    document.ordinal = static_cast<std::uint32_t>(rows->int64(0));
    document.kind = rows->text(1);
    document.lang = rows->text(2);
    document.title = rows->text(3);
    document.first_page = rows->id<PageIndex>(4);
    document.last_page = rows->id<PageIndex>(5);
    const auto fields = nlohmann::json::parse(rows->text(6), nullptr, false);
    for (const auto& field : fields) {
      if (field.is_array() && field.size() == 4) document.fields.push_back({field[0], field[1], field[2], field[3]});
    }
    documents.push_back(std::move(document));
  }
  return documents;
}

Result<void> set_document_languages(store::Database& db, ContentId content) {
  auto update = TRY(db.statement(
      "UPDATE documents SET lang = COALESCE((SELECT v.lang FROM pages p JOIN versions v ON v.id = p.newest "
      "WHERE p.content = documents.content AND p.number BETWEEN first_page AND last_page AND v.lang != '' "
      "GROUP BY v.lang ORDER BY sum(v.word_count) DESC, v.lang LIMIT 1), '') "
      "WHERE content = ? AND lang = ''"));
  return update->bind_all(content).run();
}

Result<PageId> add_page(store::Database& db, ContentId content, const Page& page) {
  auto upsert =
      TRY(db.statement("INSERT INTO pages(content, number, width, height, label) VALUES (?1, ?2, ?3, ?4, ?5) "
                       "ON CONFLICT(content, number) DO UPDATE SET width = ?3, height = ?4, label = ?5, "
                       "standing = 0 RETURNING id"));
  upsert->bind_all(content, page.number, page.width, page.height, page.label);
  const bool row = TRY(upsert->step());
  CHECK(row);
  return upsert->id<PageId>(0);
}

Result<VersionId> add_version(store::Database& db, PageId page, const Page& reading) {
  const Sha256 hash = version_of(reading.words);
  VersionId id{0};
  {
    auto find = TRY(db.statement("SELECT id FROM versions WHERE page = ? AND hash = ?"));
    find->bind_all(page, hash);
    if (TRY(find->step())) id = find->id<VersionId>(0);
  }
  if (id == VersionId(0)) {
    auto insert =
        TRY(db.statement("INSERT INTO versions(page, hash, source, engine, lang, quality, word_count, words) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
    insert->bind_all(page, hash, static_cast<std::int64_t>(reading.source), reading.engine, reading.lang,
                     static_cast<double>(reading.quality), reading.words.size());
    insert->bind_blob(8, pack_words(reading.words));
    TRY_VOID(insert->run());
    id = VersionId(db.last_insert_id());
  }
  auto update = TRY(db.statement("UPDATE pages SET newest = ? WHERE id = ?"));
  TRY_VOID(update->bind_all(id, page).run());
  return id;
}

Result<void> wait_for_ocr(store::Database& db, PageId page, int choice) {
  auto update = TRY(db.statement("UPDATE pages SET ocr = ?, choice = ? WHERE id = ?"));
  return update->bind_all(static_cast<std::int64_t>(OcrState::waiting), choice, page).run();
}

Result<std::optional<Anchor>> ocr_anchor(store::Database& db, ContentId content) {
  auto find = TRY(
      db.statement("SELECT p.number, p.ocr, COALESCE(v.lang, '') FROM pages p LEFT JOIN versions v ON v.id = p.newest "
                   "WHERE p.content = ? AND p.ocr != 0 ORDER BY p.number LIMIT 1"));
  find->bind(1, content);
  if (!TRY(find->step())) return std::nullopt;
  const bool waiting = static_cast<OcrState>(find->int64(1)) == OcrState::waiting;
  return Anchor{find->id<PageIndex>(0), waiting, waiting ? std::string() : std::string(find->text(2))};
}

Result<void> set_ocr_state(store::Database& db, PageId page, OcrState state) {
  auto update = TRY(db.statement("UPDATE pages SET ocr = ? WHERE id = ?"));
  return update->bind_all(static_cast<std::int64_t>(state), page).run();
}

Result<std::vector<WaitingPage>> pages_waiting_for_ocr(store::Database& db) {
  auto rows = TRY(db.statement(
      "SELECT id, content, number, width, height, choice FROM pages WHERE ocr = 1 ORDER BY content, number"));
  std::vector<WaitingPage> waiting;
  while (TRY(rows->step())) {
    waiting.push_back({rows->id<PageId>(0), rows->id<ContentId>(1), rows->id<PageIndex>(2), rows->real(3),
                       rows->real(4), static_cast<int>(rows->int64(5))});
  }
  return waiting;
}

Result<OcrProgress> ocr_progress(store::Database& db, ContentId content) {
  auto row =
      TRY(db.statement("SELECT COALESCE(sum(ocr = 1), 0), COALESCE(sum(ocr = 3), 0), count(*) "
                       "FROM pages WHERE content = ? AND standing < 2"));
  row->bind(1, content);
  TRY(row->step());
  return OcrProgress{row->int64(0), row->int64(1), row->int64(2)};
}

Result<std::optional<PageRow>> page(store::Database& db, ContentId content, PageIndex number) {
  auto find = TRY(db.statement(std::string(kPageColumns) + "FROM pages p WHERE p.content = ? AND p.number = ?"));
  find->bind_all(content, number);
  if (!TRY(find->step())) return std::nullopt;
  return read_page(*find);
}

Result<std::vector<PageRow>> pages_of(store::Database& db, ContentId content) {
  auto rows = TRY(db.statement(std::string(kPageColumns) +
                               "FROM pages p WHERE p.content = ? AND p.standing < 2 ORDER BY p.number"));
  rows->bind(1, content);
  std::vector<PageRow> pages;
  while (TRY(rows->step())) pages.push_back(read_page(*rows));
  return pages;
}

Result<VersionRow> version(store::Database& db, VersionId id) {
  auto find = TRY(db.statement(std::string(kVersionColumns) + "FROM versions v WHERE v.id = ?"));
  find->bind(1, id);
  if (!TRY(find->step())) return fail(ErrorKind::not_found, "the index names a page version the case does not have");
  return read_version(*find);
}

Result<PageRow> page_of_version(store::Database& db, VersionId id) {
  auto find =
      TRY(db.statement(std::string(kPageColumns) + "FROM versions v JOIN pages p ON p.id = v.page WHERE v.id = ?"));
  find->bind(1, id);
  if (!TRY(find->step())) return fail(ErrorKind::not_found, "the index names a page version the case does not have");
  return read_page(*find);
}

Result<void> for_each_newest(store::Database& db, const NewestVisitor& visit) {
  auto rows = TRY(db.statement(std::string(kVersionColumns) +
                               ", p.content FROM pages p JOIN versions v ON v.id = p.newest ORDER BY v.id"));
  while (TRY(rows->step())) {
    const VersionRow row = TRY(read_version(*rows));
    TRY_VOID(visit(row, rows->id<ContentId>(8)));
  }
  return {};
}

Result<Resolved> resolve(store::Database& db, const Citation& citation) {
  const auto content = TRY(content_of_blob(db, citation.blob));
  if (!content) return no_such(citation, "this case holds no file with that hash");
  const auto row = TRY(page(db, content->id, citation.page));
  if (!row && TRY(removal_of(db, citation.blob))) {
    return no_such(citation, "the file was removed from the case by decision");
  }
  if (!row) return no_such(citation, "the file has no such page");
  Resolved resolved;
  resolved.page = *row;
  resolved.version = TRY(version_for(db, *row, citation));
  const std::size_t count = resolved.version.words.size();
  if (citation.last_word.value() > count) {
    return no_such(citation, fmt::format("the page has {} words in that version", count));
  }
  resolved.citation = citation;
  resolved.citation.version = resolved.version.v();
  resolved.newest = resolved.version.id == row->newest;
  resolved.stated = !citation.version.empty();
  return resolved;
}

Result<void> add_gap(store::Database& db, ContentId content, const char* stage, const Gap& gap) {
  auto insert =
      TRY(db.statement("INSERT INTO gaps(content, stage, page, kind, place, detail) VALUES (?, ?, ?, ?, ?, ?)"));
  insert->bind_all(content, stage, gap.page, static_cast<std::int64_t>(gap.kind), gap.where, gap.detail);
  return insert->run();
}

Result<void> add_path_gap(store::Database& db, const std::string& path, const Gap& gap) {
  auto clear = TRY(db.statement("DELETE FROM gaps WHERE path = ?"));
  TRY_VOID(clear->bind_all(path).run());
  auto insert = TRY(db.statement("INSERT INTO gaps(path, stage, kind, place, detail) VALUES (?, 'keep', ?, ?, ?)"));
  return insert->bind_all(path, static_cast<std::int64_t>(gap.kind), gap.where, gap.detail).run();
}

Result<void> clear_gaps(store::Database& db, ContentId content, const char* stage) {
  auto clear = TRY(db.statement("DELETE FROM gaps WHERE content = ? AND stage = ?"));
  return clear->bind_all(content, stage).run();
}

Result<void> drop_repeated_gaps(store::Database& db, ContentId container) {
  auto drop = TRY(db.statement(
      "DELETE FROM gaps WHERE content = ? AND EXISTS (SELECT 1 FROM items i JOIN gaps own ON own.item = i.id "
      "WHERE i.parent_content = gaps.content AND i.name = gaps.place AND own.kind = gaps.kind)"));
  return drop->bind_all(container).run();
}

Result<void> clear_page_gaps(store::Database& db, ContentId content, const char* stage, PageIndex number) {
  auto clear = TRY(db.statement("DELETE FROM gaps WHERE content = ? AND stage = ? AND page = ?"));
  return clear->bind_all(content, stage, number).run();
}

}  // namespace dragoman::evidence
