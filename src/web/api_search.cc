// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/search, /api/facets, /api/query, /api/items/{id}/hits.
#include <algorithm>

#include "base/clock.h"
#include "search/facets.h"
#include "search/found.h"
#include "search/query.h"
#include "search/scope.h"
#include "web/api_json.h"

namespace dragoman::web {
namespace {

constexpr std::int64_t kHits = 50;
constexpr std::int64_t kMostHits = 200;
// Nobody pages further; a list that long is what filters are for.
constexpr std::int64_t kLastHit = 10'000'000;
// Words of so many pages are looked at for one answer.
constexpr std::int64_t kHitPages = 100;
constexpr std::int64_t kMostHitPages = 500;
constexpr std::size_t kMostChoices = 100;

Result<search::Query> query_of(const Request& request) {
  const auto text = request.parameter("q");
  if (!text) return fail(ErrorKind::malformed, "what to look for is missing", "q");
  return search::parse_query(*text);
}

Result<std::vector<std::string>> choices(const Request& request, std::string_view name) {
  std::vector<std::string> values = request.parameters(name);
  if (values.size() > kMostChoices) {
    return fail(ErrorKind::malformed, "at most 100 values may be chosen of one kind", std::string(name));
  }
  return values;
}

Result<search::Scope> scope_of(const Request& request) {
  search::Scope scope;
  scope.langs = TRY(choices(request, "lang"));
  scope.types = TRY(choices(request, "type"));
  scope.folders = TRY(choices(request, "folder"));
  for (const std::string& word : TRY(choices(request, "state"))) {
    const auto state = item_state_from(word);
    if (!state) return fail(ErrorKind::malformed, "there is no such state", "state");
    scope.states.push_back(*state);
  }
  return scope;
}

/// What a list was asked for, so that its cursor fits no other list.
std::string about(const std::string& canonical, const search::Scope& scope) {
  std::string text = canonical;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += '\0';
    text += name;
    text += '\0';
    text += value;
  };
  for (const auto& value : scope.langs) add("lang", value);
  for (const auto& value : scope.types) add("type", value);
  for (const ItemState value : scope.states) add("state", to_string(value));
  for (const auto& value : scope.folders) add("folder", value);
  return text;
}

Json hit_json(const search::FoundPage& page, std::int64_t rank) {
  Json json;
  json["rank"] = rank;
  json["item"] = page.item.value();
  json["blob"] = page.citation.blob.hex();
  json["title"] = page.title;
  json["path"] = page.path;
  json["page"] = page.page.value();
  if (!page.label.empty()) json["label"] = page.label;
  json["pages"] = page.pages;
  json["paged"] = page.width > 0 && page.height > 0;
  json["lang"] = page.lang;
  json["dir"] = direction(page.right_to_left);
  json["type"] = page.type;
  json["state"] = to_string(page.state);
  json["source"] = to_string(page.source);
  json["quality"] = four_decimals(page.quality);
  json["score"] = page.score;
  json["matches"] = page.matches;
  Json marks = Json::array();
  for (const search::TextMark& mark : page.marks) marks.push_back(Json::array({mark.begin, mark.end}));
  json["snippet"] = {{"text", page.snippet}, {"marks", std::move(marks)}};
  json["citation"] = to_string(page.citation);
  Json boxes = Json::array();
  for (const Box& box : page.boxes) boxes.push_back(box_json(box));
  json["boxes"] = std::move(boxes);
  json["width"] = two_decimals(page.width);
  json["height"] = two_decimals(page.height);
  return json;
}

/// The tree of a large case takes its time after each commit: it is asked only where it is needed.
Result<search::Narrowing> narrowing_of(const search::Scope& scope, CaseReader& reader, const Trees& trees) {
  if (scope.by_class_only()) return search::Narrowing{scope.langs, scope.types, nullptr};
  const auto tree = TRY(from_case(trees->get(reader.db())));
  return from_case(search::narrow(reader.db(), *tree, scope));
}

Result<Answer> answer_search(const Request& request, CaseReader& reader, const Trees& trees) {
  const Stopwatch watch;
  const search::Query query = TRY(query_of(request));
  const search::Scope scope = TRY(scope_of(request));
  const std::string canonical = search::to_string(query);
  const std::string list = about(canonical, scope);
  const std::int64_t stated = TRY(request.number("from", 0, 0, kLastHit));
  const std::int64_t resumed = TRY(cursor_of(request, "search", list));
  const std::int64_t from = request.parameter("cursor") ? std::min(resumed, kLastHit) : stated;
  const std::int64_t limit = TRY(request.number("limit", kHits, 1, kMostHits));
  search::SqliteIndex* index = TRY(from_case(reader.index()));
  search::SearchOptions options;
  options.offset = static_cast<std::size_t>(from);
  options.limit = static_cast<std::size_t>(limit);
  options.narrowing = TRY(narrowing_of(scope, reader, trees));
  const search::Found found = TRY(from_case(search::find(reader.db(), *index, query, options)));
  Json json;
  json["canonical"] = canonical;
  json["total"] = found.total;
  json["took_ms"] = two_decimals(watch.milliseconds());
  json["generation"] = found.generation;
  json["from"] = from;
  Json hits = Json::array();
  for (const search::FoundPage& page : found.pages) {
    hits.push_back(hit_json(page, from + static_cast<std::int64_t>(hits.size())));
  }
  json["hits"] = std::move(hits);
  const bool more = static_cast<std::uint64_t>(from + limit) < found.total;
  json["next"] = more ? Json(to_text({"search", list, from + limit})) : Json(nullptr);
  return answer_json(json);
}

Json facet_json(const std::vector<search::FacetCount>& values, bool parents) {
  Json list = Json::array();
  for (const search::FacetCount& value : values) {
    Json json{{"value", value.value}, {"label", value.label}, {"count", value.count}};
    if (parents) json["parent"] = value.parent;
    list.push_back(std::move(json));
  }
  return list;
}

Result<Answer> answer_facets(const Request& request, CaseReader& reader, const Trees& trees) {
  const search::Query query = TRY(query_of(request));
  const search::Scope scope = TRY(scope_of(request));
  search::SqliteIndex* index = TRY(from_case(reader.index()));
  const auto tree = TRY(from_case(trees->get(reader.db())));
  const search::Facets facets = TRY(from_case(search::facets(reader.db(), *index, query, scope, *tree)));
  Json json;
  json["total"] = facets.total;
  json["generation"] = facets.generation;
  json["lang"] = facet_json(facets.langs, false);
  json["type"] = facet_json(facets.types, false);
  json["state"] = facet_json(facets.states, false);
  json["folder"] = facet_json(facets.folders, true);
  json["more_folders"] = facets.more_folders;
  return answer_json(json);
}

// ----- how a query was understood

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += (text.empty() ? "" : " ") + token;
  return text;
}

Json part_json(const search::Node& node) {
  switch (node.kind) {
    case search::NodeKind::filter: return {{"kind", "filter"}, {"field", filter_name(node)}, {"value", node.value}};
    case search::NodeKind::sequence: {
      const char* kind = node.prefix ? "prefix" : node.tokens.size() > 1 ? "phrase" : "word";
      return {{"kind", kind}, {"text", joined(node.tokens)}};
    }
    case search::NodeKind::all_of:
    case search::NodeKind::any_of:
    case search::NodeKind::except: break;
  }
  Json parts = Json::array();
  for (const search::Node& child : node.children) parts.push_back(part_json(child));
  const char* kind = node.kind == search::NodeKind::all_of   ? "all_of"
                     : node.kind == search::NodeKind::any_of ? "any_of"
                                                             : "except";
  return {{"kind", kind}, {"parts", std::move(parts)}};
}

Json query_json(const search::Query& query) {
  Json json = part_json(query.text);
  if (!query.filters.empty()) {
    Json parts = Json::array({std::move(json)});
    for (const search::Node& filter : query.filters) parts.push_back(part_json(filter));
    json = {{"kind", "all_of"}, {"parts", std::move(parts)}};
  }
  if (query.excluded.empty()) return json;
  Json parts = Json::array({std::move(json)});
  for (const search::Node& filter : query.excluded) parts.push_back(part_json(filter));
  return {{"kind", "except"}, {"parts", std::move(parts)}};
}

Result<Answer> answer_query(const Request& request, CaseReader&) {
  const search::Query query = TRY(query_of(request));
  return answer_json(Json{{"canonical", search::to_string(query)}, {"part", query_json(query)}});
}

Result<Answer> answer_item_hits(const Request& request, CaseReader& reader) {
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  const search::Query query = TRY(query_of(request));
  const std::string list = request.captures[0] + '\0' + search::to_string(query);
  const std::int64_t from = TRY(cursor_of(request, "hits", list));
  const std::int64_t limit = TRY(request.number("limit", kHitPages, 1, kMostHitPages));
  search::SearchOptions options;
  options.offset = static_cast<std::size_t>(from);
  options.limit = static_cast<std::size_t>(limit);
  search::ContentHits hits;
  if (item.content) {
    search::SqliteIndex* index = TRY(from_case(reader.index()));
    hits = TRY(from_case(search::find_in_content(reader.db(), *index, query, item.content->id, options)));
  }
  Json pages = Json::array();
  for (const auto& [page, count] : hits.pages) pages.push_back(Json::array({page.value(), count}));
  const bool more = static_cast<std::uint64_t>(from + limit) < hits.total;
  return answer_json(Json{{"total_pages", hits.total},
                          {"pages", std::move(pages)},
                          {"next", more ? Json(to_text({"hits", list, from + limit})) : Json(nullptr)}});
}

}  // namespace

std::vector<Route> search_routes(const Trees& trees) {
  const auto with_tree = [&trees](auto answer) {
    return [trees, answer](const Request& request, CaseReader& reader) { return answer(request, reader, trees); };
  };
  return {{Method::get, "/api/search", Lane::quick, with_tree(answer_search)},
          {Method::get, "/api/facets", Lane::quick, with_tree(answer_facets)},
          {Method::get, "/api/query", Lane::quick, answer_query},
          {Method::get, "/api/items/{id}/hits", Lane::quick, answer_item_hits}};
}

}  // namespace dragoman::web
