// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/items/{id}/pages, /api/items/{id}/pages/{page}.
#include "search/match.h"
#include "search/query.h"
#include "web/api_json.h"

namespace dragoman::web {
namespace {

constexpr std::int64_t kHeads = 1'000;
constexpr std::int64_t kMostHeads = 5'000;

Json head_json(const evidence::PageRow& page, const evidence::VersionHead* version) {
  Json json;
  json["page"] = page.number.value();
  if (!page.label.empty()) json["label"] = page.label;
  json["width"] = two_decimals(page.width);
  json["height"] = two_decimals(page.height);
  json["source"] = to_string(version == nullptr ? TextSource::none : version->source);
  json["lang"] = version == nullptr ? std::string() : version->lang;
  json["quality"] = version == nullptr ? 0 : four_decimals(version->quality);
  json["words"] = version == nullptr ? 0 : version->words;
  json["v"] = version == nullptr ? std::string() : version->v();
  return json;
}

Result<Answer> answer_heads(const Request& request, CaseReader& reader) {
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  const std::int64_t stated = TRY(request.number("from", 1, 1, UINT32_MAX));
  const std::int64_t resumed = TRY(cursor_of(request, "pages", request.captures[0]));
  const std::int64_t from = resumed > 0 && resumed <= UINT32_MAX ? resumed : stated;
  const std::int64_t limit = TRY(request.number("limit", kHeads, 1, kMostHeads));
  std::int64_t total = 0;
  std::vector<evidence::PageHead> heads;
  if (item.content) {
    total = TRY(from_case(evidence::page_count(reader.db(), item.content->id)));
    const PageIndex first(static_cast<std::uint32_t>(from));
    heads = TRY(from_case(evidence::page_heads(reader.db(), item.content->id, first, limit + 1)));
  }
  Json next = nullptr;
  if (static_cast<std::int64_t>(heads.size()) > limit) {
    next = to_text({"pages", request.captures[0], heads.back().page.number.value()});
    heads.pop_back();
  }
  Json pages = Json::array();
  for (const auto& head : heads) pages.push_back(head_json(head.page, head.newest ? &*head.newest : nullptr));
  return answer_json(Json{{"total", total}, {"pages", std::move(pages)}, {"next", std::move(next)}});
}

// ----- one page

std::string_view break_name(Break after) {
  switch (after) {
    case Break::space: return "space";
    case Break::line: return "line";
    case Break::paragraph: return "paragraph";
    case Break::none: return "none";
  }
  return "space";
}

Json words_json(const std::vector<Word>& words) {
  Json list = Json::array();
  for (const Word& word : words) {
    list.push_back(Json::array({word.text, break_name(word.after), word.box ? box_json(*word.box) : Json(nullptr),
                                word.conf ? Json(four_decimals(*word.conf)) : Json(nullptr)}));
  }
  return list;
}

/// The reading that is asked for: `v`, else the newest; nullopt when nothing was read.
Result<std::optional<evidence::VersionRow>> reading_of(const Request& request, store::Database& db,
                                                       const evidence::PageRow& page) {
  const auto v = request.parameter("v");
  if (!v || v->empty()) {
    if (page.newest == VersionId(0)) return std::nullopt;
    return TRY(from_case(evidence::version(db, page.newest)));
  }
  if (v->size() != kVersionDigits || v->find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(ErrorKind::malformed, "v is 12 lower-case hex digits", "v");
  }
  return TRY(from_case(evidence::version_of_page(db, page, *v)));
}

Result<Json> marks_json(const Request& request, std::span<const Word> words) {
  Json marks = Json::array();
  const auto text = request.parameter("q");
  if (!text || text->empty()) return marks;
  const search::Query query = TRY(search::parse_query(*text));
  const std::vector<search::Match> matches = search::find_matches(query, words);
  for (const search::WordRange& run : search::runs_of_matches(matches)) {
    marks.push_back(Json::array({run.first.value(), run.last.value()}));
  }
  return marks;
}

Result<Json> versions_json(store::Database& db, const evidence::PageRow& page) {
  Json list = Json::array();
  for (const auto& head : TRY(evidence::versions_of(db, page))) {
    list.push_back({{"v", head.v()},
                    {"source", to_string(head.source)},
                    {"engine", head.engine},
                    {"words", head.words},
                    {"newest", head.id == page.newest}});
  }
  return list;
}

Result<Answer> answer_page(const Request& request, CaseReader& reader) {
  store::Database& db = reader.db();
  const evidence::ItemRow item = TRY(item_of(request, db));
  const evidence::PageRow page = TRY(page_of(request, db, item));
  const auto reading = TRY(reading_of(request, db, page));
  const std::vector<Word> none;
  const std::vector<Word>& words = reading ? reading->words : none;
  std::optional<evidence::VersionHead> head;
  if (reading) {
    head = evidence::VersionHead{reading->id,
                                 reading->hash,
                                 reading->source,
                                 reading->engine,
                                 reading->lang,
                                 reading->quality,
                                 static_cast<std::int64_t>(words.size())};
  }
  Json json = head_json(page, head ? &*head : nullptr);
  json["item"] = item.id.value();
  json["blob"] = item.content->sha256.hex();
  json["dir"] = direction(right_to_left(words));
  json["engine"] = reading ? reading->engine : std::string();
  json["newest"] = !reading || reading->id == page.newest;
  json["versions"] = TRY(from_case(versions_json(db, page)));
  json["words_list"] = words_json(words);
  json["marks"] = TRY(marks_json(request, words));
  Json gaps = Json::array();
  for (const auto& gap : TRY(from_case(evidence::page_gaps(db, page.content, page.number)))) {
    gaps.push_back(gap_json(gap));
  }
  json["gaps"] = std::move(gaps);
  return answer_json(json);
}

}  // namespace

std::vector<Route> page_routes() {
  return {{Method::get, "/api/items/{id}/pages", Lane::quick, answer_heads},
          {Method::get, "/api/items/{id}/pages/{page}", Lane::quick, answer_page}};
}

}  // namespace dragoman::web
