// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/item_answer.h"

#include <fmt/format.h>

#include "cli/answers.h"
#include "evidence/listing.h"
#include "evidence/removal.h"

namespace dragoman::cli {
namespace {

// A reader gives no more (read/bounded_sink.cc), OCR a few a page.
constexpr std::int64_t kMostGaps = 1'000'000;

bool is_duplicate(const evidence::ItemRow& item) {
  return item.state == ItemState::duplicate;
}

Result<Json> pages_json(store::Database& db, ContentId content, const Document& document) {
  Json pages = Json::array();
  for (const evidence::PageRow& page : TRY(evidence::pages_of(db, content))) {
    if (page.number < document.first_page || page.number > document.last_page) continue;
    if (page.newest == VersionId(0)) {
      pages.push_back(page_json(page, nullptr));
      continue;
    }
    const evidence::VersionRow version = TRY(evidence::version(db, page.newest));
    pages.push_back(page_json(page, &version));
  }
  return pages;
}

Result<std::vector<evidence::GapListed>> gaps_of(store::Database& db, const evidence::ItemRow& item) {
  evidence::GapQuery query;
  query.item = item.id;
  return evidence::gap_list(db, query, 0, kMostGaps);
}

Result<std::vector<MemberCount>> counts_of(store::Database& db, const evidence::ItemRow& item) {
  if (!item.content || is_duplicate(item)) return std::vector<MemberCount>();
  return evidence::member_counts(db, item.content->id);
}

Json field_json(const Field& field) {
  Json json{{"key", field.key}, {"value", field.value}};
  if (!field.name.empty()) json.update({{"name", field.name}, {"normal", field.normal}});
  return json;
}

Result<std::optional<evidence::RemovalRow>> removal_of(store::Database& db, const evidence::ItemRow& item) {
  if (!item.content) return std::optional<evidence::RemovalRow>();
  return evidence::removal_of(db, item.content->sha256);
}

Result<Json> documents_json(store::Database& db, ContentId content) {
  Json list = Json::array();
  for (const Document& document : TRY(evidence::documents_of(db, content))) {
    Json json;
    json["id"] = document.ordinal;
    json["kind"] = document.kind;
    json["lang"] = document.lang;
    json["title"] = document.title;
    Json fields = Json::array();
    for (const Field& field : document.fields) fields.push_back(field_json(field));
    json["fields"] = std::move(fields);
    json["pages"] = TRY(pages_json(db, content, document));
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

Json item_head_json(const evidence::ItemRow& item) {
  Json json;
  json["id"] = item.id.value();
  json["parent"] = item.parent == ItemId(0) ? Json(nullptr) : Json(item.parent.value());
  json["path"] = item.path;
  json["sha256"] = item.content ? Json(item.content->sha256.hex()) : Json(nullptr);
  json["type"] = item.content && !item.content->mime.empty() ? Json(item.content->mime) : Json(nullptr);
  json["state"] = to_string(item.state);
  return json;
}

Result<Json> item_json(store::Database& db, const evidence::ItemRow& item) {
  Json json = item_head_json(item);
  const bool own = item.content && !is_duplicate(item);
  const auto removal = TRY(removal_of(db, item));
  if (removal) json["removed"] = {{"day", removal->day}, {"who", removal->who}, {"reason", removal->reason}};
  json["documents"] = own ? TRY(documents_json(db, item.content->id)) : Json::array();
  Json counts = Json::array();
  for (const MemberCount& count : TRY(counts_of(db, item))) counts.push_back(member_count_json(count));
  if (!counts.empty()) json["counts"] = std::move(counts);
  Json list = Json::array();
  for (const evidence::GapListed& gap : TRY(gaps_of(db, item))) list.push_back(gap_json(gap));
  json["gaps"] = std::move(list);
  return json;
}

void print_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    print_line(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

std::string gap_line(const evidence::GapListed& gap) {
  const std::string place = gap.gap.where.empty() ? "" : fmt::format(" ({})", gap.gap.where);
  return fmt::format("{:<14} {}{}: {}", to_string(gap.gap.kind), gap.path, place, gap.gap.detail);
}

Result<void> print_item(store::Database& db, const evidence::ItemRow& item) {
  print_line(fmt::format("item {}  {}  {}", item.id.value(), to_string(item.state), item.path));
  if (item.content) {
    print_line(
        fmt::format("  {}  {} bytes  sha256 {}", item.content->mime, item.content->size, item.content->sha256.hex()));
  }
  const auto removal = TRY(removal_of(db, item));
  if (removal) print_line("  " + removal_text(*removal));
  for (const MemberCount& count : TRY(counts_of(db, item))) print_line("  " + member_count_text(count));
  for (const evidence::GapListed& gap : TRY(gaps_of(db, item))) print_line("  gap: " + gap_line(gap));
  if (!item.content || is_duplicate(item)) return {};
  for (const Document& document : TRY(evidence::documents_of(db, item.content->id))) {
    for (const Field& field : document.fields) print_line(fmt::format("  {}: {}", field.key, field.value));
  }
  for (const evidence::PageRow& page : TRY(evidence::pages_of(db, item.content->id))) {
    if (page.newest == VersionId(0)) continue;
    const evidence::VersionRow version = TRY(evidence::version(db, page.newest));
    const std::string label = page.label.empty() ? "" : ": " + page.label;
    print_line(fmt::format("-- page {}{} ({}, {})", page.number.value(), label, version.engine, version.lang));
    print_text(text_of(version.words));
  }
  return {};
}

}  // namespace dragoman::cli
