// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/listing.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "evidence/remedy.h"
#include "evidence/words_blob.h"

namespace dragoman::evidence {
namespace {

constexpr char kHeadColumns[] = "v.id, v.hash, v.source, v.engine, v.lang, v.quality, v.word_count ";

Result<VersionHead> read_head(store::Statement& row, int first) {
  VersionHead head;
  head.id = row.id<VersionId>(first);
  head.hash = TRY(row.digest(first + 1));
  head.source = static_cast<TextSource>(row.int64(first + 2));
  head.engine = row.text(first + 3);
  head.lang = row.text(first + 4);
  head.quality = row.real(first + 5);
  head.words = row.int64(first + 6);
  return head;
}

PageRow read_page(store::Statement& row, int first) {
  PageRow page;
  page.id = row.id<PageId>(first);
  page.content = row.id<ContentId>(first + 1);
  page.number = row.id<PageIndex>(first + 2);
  page.width = row.real(first + 3);
  page.height = row.real(first + 4);
  page.newest = row.is_null(first + 5) ? VersionId(0) : row.id<VersionId>(first + 5);
  page.label = row.text(first + 6);
  return page;
}

Result<std::int64_t> count_of(store::Database& db, const char* sql, ContentId content) {
  auto row = TRY(db.statement(sql));
  row->bind(1, content);
  TRY(row->step());
  return row->int64(0);
}

Result<std::string> title_at(store::Database& db, ContentId content, PageIndex page) {
  auto row =
      TRY(db.statement("SELECT title FROM documents WHERE content = ?1 AND first_page <= ?2 AND last_page >= ?2 "
                       "AND title != '' ORDER BY ordinal LIMIT 1"));
  row->bind_all(content, page);
  const bool found = TRY(row->step());
  return found ? std::string(row->text(0)) : std::string();
}

}  // namespace

// ----- pages

Result<std::int64_t> page_count(store::Database& db, ContentId content) {
  return count_of(db, "SELECT count(*) FROM pages WHERE content = ? AND standing < 2", content);
}

Result<std::vector<PageHead>> page_heads(store::Database& db, ContentId content, PageIndex from, std::int64_t limit) {
  auto rows = TRY(db.statement(std::string("SELECT p.id, p.content, p.number, p.width, p.height, p.newest, p.label, ") +
                               kHeadColumns +
                               "FROM pages p LEFT JOIN versions v ON v.id = p.newest "
                               "WHERE p.content = ? AND p.number >= ? AND p.standing < 2 ORDER BY p.number LIMIT ?"));
  rows->bind_all(content, from, limit);
  std::vector<PageHead> heads;
  while (TRY(rows->step())) {
    PageHead head{read_page(*rows, 0), std::nullopt};
    if (!rows->is_null(7)) head.newest = TRY(read_head(*rows, 7));
    heads.push_back(std::move(head));
  }
  return heads;
}

Result<std::vector<VersionHead>> versions_of(store::Database& db, const PageRow& page) {
  auto rows = TRY(db.statement(std::string("SELECT ") + kHeadColumns +
                               "FROM versions v WHERE v.page = ?1 ORDER BY v.id = ?2 DESC, v.id DESC"));
  rows->bind_all(page.id, page.newest);
  std::vector<VersionHead> heads;
  while (TRY(rows->step())) heads.push_back(TRY(read_head(*rows, 0)));
  return heads;
}

Result<VersionRow> version_of_page(store::Database& db, const PageRow& page, const std::string& v) {
  for (const VersionHead& head : TRY(versions_of(db, page))) {
    if (head.v() == v) return version(db, head.id);
  }
  return fail(ErrorKind::not_found, "the page was never read as that version", "v");
}

Result<std::vector<std::pair<PageIndex, VersionId>>> pages_of_versions(store::Database& db, ContentId content,
                                                                       const std::vector<VersionId>& versions) {
  auto rows =
      TRY(db.statement("SELECT number, newest FROM pages WHERE content = ? AND newest IS NOT NULL "
                       "ORDER BY number"));
  rows->bind(1, content);
  std::vector<std::pair<PageIndex, VersionId>> pages;
  while (TRY(rows->step())) {
    const auto newest = rows->id<VersionId>(1);
    const bool there = std::binary_search(versions.begin(), versions.end(), newest);
    if (there) pages.emplace_back(rows->id<PageIndex>(0), newest);
  }
  return pages;
}

Result<HitRow> hit_row(store::Database& db, VersionId version) {
  auto row = TRY(db.statement(
      "SELECT p.id, p.content, p.number, p.width, p.height, p.newest, p.label, c.sha256, c.size, c.mime, c.kind, c.state, "
      "c.primary_item, i.path, i.name, v.hash, v.source, v.engine, v.lang, v.quality, v.words "
      "FROM versions v JOIN pages p ON p.id = v.page JOIN contents c ON c.id = p.content "
      "JOIN items i ON i.id = c.primary_item WHERE v.id = ?"));
  row->bind(1, version);
  const bool found = TRY(row->step());
  if (!found) return fail(ErrorKind::not_found, "the index names a page version the case does not have");
  HitRow hit;
  hit.page = read_page(*row, 0);
  hit.content.id = hit.page.content;
  hit.content.sha256 = TRY(row->digest(7));
  hit.content.size = static_cast<std::uint64_t>(row->int64(8));
  hit.content.mime = row->text(9);
  hit.content.kind = row->text(10);
  hit.content.state = static_cast<ItemState>(row->int64(11));
  hit.content.primary = row->id<ItemId>(12);
  hit.path = row->text(13);
  hit.name = row->text(14);
  hit.version.id = version;
  hit.version.page = hit.page.id;
  hit.version.hash = TRY(row->digest(15));
  hit.version.source = static_cast<TextSource>(row->int64(16));
  hit.version.engine = row->text(17);
  hit.version.lang = row->text(18);
  hit.version.quality = row->real(19);
  hit.version.words = TRY(unpack_words(row->blob(20), Limits{}));
  hit.title = TRY(title_at(db, hit.page.content, hit.page.number));
  return hit;
}

// ----- items

Result<std::vector<PathRow>> paths_of(store::Database& db, ContentId content, std::int64_t limit) {
  auto rows =
      TRY(db.statement("SELECT id, path FROM items WHERE content = ? AND standing < 2 ORDER BY path, id LIMIT ?"));
  rows->bind_all(content, limit);
  std::vector<PathRow> paths;
  while (TRY(rows->step())) paths.push_back({rows->id<ItemId>(0), std::string(rows->text(1))});
  return paths;
}

Result<std::int64_t> member_count(store::Database& db, ContentId content) {
  return count_of(db, "SELECT count(*) FROM items WHERE parent_content = ? AND standing < 2", content);
}

Result<std::vector<ContentId>> contents_at(store::Database& db, const std::string& path) {
  auto rows =
      TRY(db.statement("SELECT DISTINCT content FROM items WHERE path = ? AND content IS NOT NULL AND standing < 2"));
  rows->bind(1, path);
  std::vector<ContentId> contents;
  while (TRY(rows->step())) contents.push_back(rows->id<ContentId>(0));
  return contents;
}

// ----- gaps

namespace {

constexpr std::size_t kCauseDigits = 16;

constexpr char kGapRows[] =
    "SELECT g.id, COALESCE(c.primary_item, g.item), c.sha256, COALESCE(pi.path, i.path, g.path, ''), g.kind, g.place, "
    "g.detail, g.page FROM gaps g LEFT JOIN contents c ON c.id = g.content "
    "LEFT JOIN items pi ON pi.id = c.primary_item LEFT JOIN items i ON i.id = g.item ";

Result<GapListed> read_gap(store::Statement& row) {
  GapListed gap;
  gap.id = row.int64(0);
  if (!row.is_null(1)) gap.item = row.id<ItemId>(1);
  if (!row.is_null(2)) gap.blob = TRY(row.digest(2));
  gap.path = row.text(3);
  gap.gap.kind = static_cast<GapKind>(row.int64(4));
  gap.gap.where = row.text(5);
  gap.gap.detail = row.text(6);
  gap.gap.page = row.id<PageIndex>(7);
  return gap;
}

// Which gaps a query means, as SQL on `g`: parameter 1 a kind or null, 2 a JSON list of details or null, 3 a content
// or null, 4 an item or null.
constexpr char kGapWhere[] =
    "WHERE (?1 IS NULL OR g.kind = ?1) AND (?2 IS NULL OR g.detail IN (SELECT value FROM json_each(?2))) AND "
    "(?4 IS NULL OR g.item = ?4 OR g.content = ?3) ";

// The details that a cause stands for.
Result<std::string> details_of(store::Database& db, const GapQuery& query) {
  auto rows = TRY(db.statement("SELECT DISTINCT detail FROM gaps WHERE ?1 IS NULL OR kind = ?1"));
  rows->bind(1, query.kind ? std::optional<std::int64_t>(static_cast<std::int64_t>(*query.kind)) : std::nullopt);
  nlohmann::json details = nlohmann::json::array();
  while (TRY(rows->step())) {
    const std::string detail(rows->text(0));
    if (cause_key(cause_of(detail)) == query.cause) details.push_back(detail);
  }
  return details.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> bind_query(store::Database& db, store::Statement& statement, const GapQuery& query) {
  std::optional<std::string> details;
  if (!query.cause.empty()) details = TRY(details_of(db, query));
  std::optional<ContentId> content;
  if (query.item) {
    const auto row = TRY(item(db, *query.item));
    if (row && row->content && row->content->primary == row->id) content = row->content->id;
  }
  statement.bind(1, query.kind ? std::optional<std::int64_t>(static_cast<std::int64_t>(*query.kind)) : std::nullopt);
  statement.bind(2, details).bind(3, content).bind(4, query.item);
  return {};
}

bool is_name_letter(char c) {
  return static_cast<unsigned char>(c) > ' ';
}

}  // namespace

std::string cause_of(std::string_view detail) {
  std::string cause;
  for (std::size_t i = 0; i < detail.size();) {
    const char c = detail[i];
    const bool digit = c >= '0' && c <= '9';
    const std::size_t closing = c == '"' || c == '\'' ? detail.find(c, i + 1) : std::string_view::npos;
    const bool opens = closing != std::string_view::npos && (i == 0 || !is_name_letter(detail[i - 1]));
    if (opens) {
      cause += c;
      cause += "…";
      cause += c;
      i = closing + 1;
    } else if (digit) {
      while (i < detail.size() && ((detail[i] >= '0' && detail[i] <= '9') || detail[i] == ',')) ++i;
      // A comma behind a number is the sentence's own.
      if (detail[i - 1] == ',') --i;
      cause += "…";
    } else {
      cause += c;
      ++i;
    }
  }
  return cause;
}

std::string cause_key(std::string_view cause) {
  return sha256(cause).hex().substr(0, kCauseDigits);
}

Result<std::vector<GapGroup>> gap_groups(store::Database& db) {
  auto rows = TRY(db.statement("SELECT kind, detail, count(*) FROM gaps GROUP BY kind, detail"));
  std::map<GapKind, std::map<std::string, std::int64_t>> causes;
  while (TRY(rows->step())) {
    causes[static_cast<GapKind>(rows->int64(0))][cause_of(rows->text(1))] += rows->int64(2);
  }
  auto items =
      TRY(db.statement("SELECT kind, count(DISTINCT CASE WHEN content IS NOT NULL THEN 'c' || content "
                       "WHEN item IS NOT NULL THEN 'i' || item ELSE 'p' || path END) FROM gaps GROUP BY kind"));
  std::map<GapKind, std::int64_t> items_of;
  while (TRY(items->step())) items_of[static_cast<GapKind>(items->int64(0))] = items->int64(1);
  std::vector<GapGroup> groups;
  for (const auto& [kind, list] : causes) {
    GapGroup group{kind, 0, items_of[kind], {}};
    for (const auto& [cause, count] : list) {
      group.count += count;
      const Remedy remedy = remedy_of(kind);
      group.causes.push_back({cause_key(cause), cause, count, std::string(remedy.text), remedy.retry});
    }
    std::stable_sort(group.causes.begin(), group.causes.end(),
                     [](const GapCause& a, const GapCause& b) { return a.count > b.count; });
    groups.push_back(std::move(group));
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const GapGroup& a, const GapGroup& b) { return a.count > b.count; });
  return groups;
}

Result<void> for_each_gap(store::Database& db, const std::function<Result<void>(const GapListed&)>& visit) {
  auto rows = TRY(db.statement(std::string(kGapRows) + "ORDER BY 4, g.page, g.kind, g.place, g.id"));
  while (TRY(rows->step())) {
    const GapListed gap = TRY(read_gap(*rows));
    TRY_VOID(visit(gap));
  }
  return {};
}

Result<void> for_each_shortfall(store::Database& db,
                                const std::function<Result<void>(const std::string& path, const MemberCount&)>& visit) {
  auto rows = TRY(
      db.statement("SELECT i.path, m.what, m.expected, m.read, m.unreadable FROM member_counts m JOIN contents c ON "
                   "c.id = m.content JOIN items i ON i.id = c.primary_item WHERE m.unreadable > 0 OR m.expected != "
                   "m.read ORDER BY i.path, m.what"));
  while (TRY(rows->step())) {
    const MemberCount count{std::string(rows->text(1)), static_cast<std::uint64_t>(rows->int64(2)),
                            static_cast<std::uint64_t>(rows->int64(3)), static_cast<std::uint64_t>(rows->int64(4))};
    TRY_VOID(visit(std::string(rows->text(0)), count));
  }
  return {};
}

Result<std::int64_t> gap_count(store::Database& db, const GapQuery& query) {
  auto row = TRY(db.statement(std::string("SELECT count(*) FROM gaps g ") + kGapWhere));
  TRY_VOID(bind_query(db, *row, query));
  TRY(row->step());
  return row->int64(0);
}

Result<std::vector<GapListed>> gap_list(store::Database& db, const GapQuery& query, std::int64_t after,
                                        std::int64_t limit) {
  auto rows = TRY(db.statement(std::string(kGapRows) + kGapWhere + "AND g.id > ?5 ORDER BY g.id LIMIT ?6"));
  TRY_VOID(bind_query(db, *rows, query));
  rows->bind(5, after).bind(6, limit);
  std::vector<GapListed> gaps;
  while (TRY(rows->step())) gaps.push_back(TRY(read_gap(*rows)));
  return gaps;
}

Result<std::vector<GapListed>> page_gaps(store::Database& db, ContentId content, PageIndex page) {
  auto rows = TRY(db.statement(std::string(kGapRows) + "WHERE g.content = ? AND g.page = ? ORDER BY g.id"));
  rows->bind_all(content, page);
  std::vector<GapListed> gaps;
  while (TRY(rows->step())) gaps.push_back(TRY(read_gap(*rows)));
  return gaps;
}

Result<std::int64_t> content_gap_count(store::Database& db, ContentId content) {
  return count_of(db, "SELECT count(*) FROM gaps WHERE content = ?", content);
}

Result<std::unordered_map<ItemId, std::int64_t>> gap_counts_without_content(store::Database& db) {
  auto rows = TRY(db.statement("SELECT item, count(*) FROM gaps WHERE item IS NOT NULL GROUP BY item"));
  std::unordered_map<ItemId, std::int64_t> counts;
  while (TRY(rows->step())) counts[rows->id<ItemId>(0)] = rows->int64(1);
  return counts;
}

}  // namespace dragoman::evidence
