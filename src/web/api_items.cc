// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/tree, /api/items/{id}.
#include <algorithm>

#include "evidence/removal.h"
#include "web/api_json.h"

namespace dragoman::web {
namespace {

using evidence::Tree;

constexpr std::int64_t kNodes = 200;
constexpr std::int64_t kMostNodes = 1'000;
constexpr std::int64_t kMostPaths = 100;
constexpr std::int64_t kMostItemGaps = 500;

// ----- the tree

using LostGaps = std::unordered_map<ItemId, std::int64_t>;

Result<void> add_item(Json& json, store::Database& db, ItemId id, const LostGaps& lost) {
  const auto row = TRY(evidence::item(db, id));
  if (!row) return {};
  json["item"] = id.value();
  json["state"] = to_string(row->state);
  if (!row->content) {
    const auto gaps = lost.find(id);
    json["gaps"] = gaps == lost.end() ? 0 : gaps->second;
    return {};
  }
  json["type"] = row->content->kind;
  json["size"] = row->content->size;
  const bool own = row->content->primary == id;
  json["pages"] = TRY(evidence::page_count(db, row->content->id));
  json["gaps"] = own ? TRY(evidence::content_gap_count(db, row->content->id)) : 0;
  return {};
}

Result<Json> node_json(store::Database& db, const Tree& tree, Tree::Node node, const LostGaps& lost) {
  const auto item = tree.item(node);
  Json json;
  json["node"] = tree.key(node);
  json["kind"] = item ? "item" : "folder";
  json["name"] = tree.name(node);
  json["path"] = tree.path(node);
  if (item) TRY_VOID(add_item(json, db, *item, lost));
  json["children"] = tree.child_count(node);
  Json counts = Json::object();
  for (const ItemState state : kItemStates) {
    const std::uint32_t count = tree.counts(node)[static_cast<std::size_t>(state)];
    if (count > 0) counts[std::string(to_string(state))] = count;
  }
  json["counts"] = std::move(counts);
  return json;
}

struct Listing {
  Tree::Node node = Tree::kTop;
  std::vector<ItemState> states;
  std::int64_t from = 0;
  std::int64_t limit = 0;
  std::string about;
};

Result<Listing> listing_of(const Request& request, const Tree& tree) {
  Listing listing;
  const std::string key = request.parameter("node").value_or("");
  if (!key.empty()) listing.node = tree.node_of_key(key);
  if (listing.node == Tree::kNone) return fail(ErrorKind::not_found, "there is no such folder or item", "node");
  listing.about = key;
  for (const std::string& word : request.parameters("state")) {
    const auto state = item_state_from(word);
    if (!state || listing.states.size() >= std::size(kItemStates)) {
      return fail(ErrorKind::malformed, "there is no such state", "state");
    }
    listing.states.push_back(*state);
    listing.about += '\0' + word;
  }
  listing.from = TRY(cursor_of(request, "tree", listing.about));
  listing.limit = TRY(request.number("limit", kNodes, 1, kMostNodes));
  return listing;
}

bool holds(const Tree& tree, Tree::Node node, const std::vector<ItemState>& states) {
  return states.empty() || std::any_of(states.begin(), states.end(), [&](ItemState state) {
           return tree.counts(node)[static_cast<std::size_t>(state)] > 0;
         });
}

Result<Answer> answer_tree(const Request& request, CaseReader& reader, const Trees& trees) {
  const auto tree = TRY(from_case(trees->get(reader.db())));
  const Listing listing = TRY(listing_of(request, *tree));
  const LostGaps lost = TRY(from_case(evidence::gap_counts_without_content(reader.db())));
  const auto json_of = [&](Tree::Node node) { return from_case(node_json(reader.db(), *tree, node, lost)); };
  Json json;
  json["node"] = listing.node == Tree::kTop ? Json(nullptr) : TRY(json_of(listing.node));
  Json above = Json::array();
  for (const Tree::Node node : tree->ancestors(listing.node)) above.push_back(TRY(json_of(node)));
  json["ancestors"] = std::move(above);
  Json children = Json::array();
  const std::int64_t count = tree->child_count(listing.node);
  std::int64_t at = std::min(listing.from, count);
  for (; at < count && static_cast<std::int64_t>(children.size()) < listing.limit; ++at) {
    const auto node = static_cast<Tree::Node>(tree->first_child(listing.node) + at);
    if (holds(*tree, node, listing.states)) children.push_back(TRY(json_of(node)));
  }
  while (at < count && !holds(*tree, static_cast<Tree::Node>(tree->first_child(listing.node) + at), listing.states)) {
    ++at;
  }
  json["children"] = std::move(children);
  json["next"] = at < count ? Json(to_text({"tree", listing.about, at})) : Json(nullptr);
  return answer_json(json);
}

// ----- an item

Json document_json(const Document& document) {
  Json json;
  json["ordinal"] = document.ordinal;
  json["kind"] = document.kind;
  json["lang"] = document.lang;
  json["title"] = document.title;
  json["first_page"] = document.first_page.value();
  json["last_page"] = document.last_page.value();
  Json fields = Json::array();
  for (const Field& field : document.fields) fields.push_back(Json::array({field.key, field.value}));
  json["fields"] = std::move(fields);
  return json;
}

Result<Json> paths_json(store::Database& db, const evidence::ItemRow& item) {
  std::vector<evidence::PathRow> paths{{item.id, item.path}};
  if (item.content) paths = TRY(evidence::paths_of(db, item.content->id, kMostPaths));
  Json list = Json::array();
  for (const auto& path : paths) list.push_back({{"item", path.item.value()}, {"path", path.path}});
  return list;
}

Json ancestors_json(const Tree& tree, ItemId item) {
  Json list = Json::array();
  const Tree::Node node = tree.node_of_item(item);
  if (node == Tree::kNone) return list;
  for (const Tree::Node above : tree.ancestors(node)) {
    list.push_back({{"node", tree.key(above)}, {"name", tree.name(above)}});
  }
  return list;
}

/// What is read once for all paths of the bytes.
Result<void> add_content(Json& json, store::Database& db, const evidence::ContentRow& content) {
  Json documents = Json::array();
  std::string title;
  for (const Document& document : TRY(evidence::documents_of(db, content.id))) {
    if (title.empty()) title = document.title;
    documents.push_back(document_json(document));
  }
  if (!title.empty()) json["title"] = title;
  json["documents"] = std::move(documents);
  json["pages"] = TRY(evidence::page_count(db, content.id));
  json["members"] = TRY(evidence::member_count(db, content.id));
  Json counts = Json::array();
  for (const MemberCount& count : TRY(evidence::member_counts(db, content.id))) {
    counts.push_back(
        {{"what", count.what}, {"expected", count.expected}, {"read", count.read}, {"unreadable", count.unreadable}});
  }
  if (!counts.empty()) json["counts"] = std::move(counts);
  return {};
}

Result<std::optional<evidence::RemovalRow>> removal_of(store::Database& db, const evidence::ItemRow& item) {
  if (!item.content) return std::optional<evidence::RemovalRow>();
  return evidence::removal_of(db, item.content->sha256);
}

Result<Json> item_json(store::Database& db, const Tree& tree, const evidence::ItemRow& item) {
  const auto& content = item.content;
  Json json;
  json["id"] = item.id.value();
  json["parent"] = item.parent == ItemId(0) ? Json(nullptr) : Json(item.parent.value());
  json["path"] = item.path;
  json["name"] = last_name(item.path);
  json["title"] = last_name(item.path);
  json["sha256"] = content ? content->sha256.hex() : std::string();
  json["size"] = content ? content->size : 0;
  json["type"] = content ? content->kind : std::string();
  json["mime"] = content ? content->mime : std::string();
  json["state"] = to_string(item.state);
  json["primary"] = content ? content->primary.value() : item.id.value();
  if (const auto removal = TRY(removal_of(db, item))) {
    json["removed"] = {{"day", removal->day}, {"who", removal->who}, {"reason", removal->reason}};
  }
  json["paths"] = TRY(paths_json(db, item));
  json["ancestors"] = ancestors_json(tree, item.id);
  json["documents"] = Json::array();
  json["pages"] = 0;
  json["members"] = 0;
  if (content) TRY_VOID(add_content(json, db, *content));
  evidence::GapQuery query;
  query.item = content ? content->primary : item.id;
  Json gaps = Json::array();
  const auto list = TRY(evidence::gap_list(db, query, 0, kMostItemGaps + 1));
  for (const auto& gap : list) {
    if (static_cast<std::int64_t>(gaps.size()) < kMostItemGaps) gaps.push_back(gap_json(gap));
  }
  json["more_gaps"] = list.size() > gaps.size();
  json["gaps"] = std::move(gaps);
  return json;
}

Result<Answer> answer_item(const Request& request, CaseReader& reader, const Trees& trees) {
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  const auto tree = TRY(from_case(trees->get(reader.db())));
  const Json json = TRY(from_case(item_json(reader.db(), *tree, item)));
  return answer_json(json);
}

}  // namespace

std::vector<Route> item_routes(const Trees& trees) {
  const auto with_tree = [&trees](auto answer) {
    return [trees, answer](const Request& request, CaseReader& reader) { return answer(request, reader, trees); };
  };
  return {{Method::get, "/api/tree", Lane::quick, with_tree(answer_tree)},
          {Method::get, "/api/items/{id}", Lane::quick, with_tree(answer_item)}};
}

}  // namespace dragoman::web
