// SPDX-License-Identifier: AGPL-3.0-or-later
// The index counts matching pages by content and class in one walk; what is left is arithmetic over those few rows.
// A row adds to a facet when no other facet shuts it out.
#include "search/facets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "search/field_lookup.h"

namespace dragoman::search {
namespace {

using evidence::Tree;

constexpr std::size_t kMaxFolderPath = 1'000;

// Which choices a row does not fit.
enum Out : unsigned { kLang = 1, kType = 2, kState = 4, kFolder = 8 };

template <class Value>
bool chosen(const std::vector<Value>& wanted, const Value& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

using Counts = std::map<std::string, std::uint64_t>;

std::vector<FacetCount> most_first(Counts counts, const std::vector<std::string>& wanted) {
  for (const std::string& value : wanted) counts.try_emplace(value, 0);
  std::vector<FacetCount> list;
  for (auto& [value, count] : counts) list.push_back({value, value, count, {}});
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return list;
}

// The folder above; where there are several of that path, the one that counts for all.
Tree::Node above(const Tree& tree, Tree::Node node) {
  return node == Tree::kTop ? Tree::kNone : tree.first_alike(tree.parent(node));
}

// The nearest node above or at a place that has something below it.
Tree::Node folder_of(const Tree& tree, Tree::Node place) {
  return tree.child_count(place) > 0 ? tree.first_alike(place) : above(tree, place);
}

// Pages by folder, a page once in each folder that it lies in or below.
class FolderCounts {
 public:
  explicit FolderCounts(const Tree& tree) : tree_(tree), counts_(tree.size()), seen_(tree.size()) {}

  void add(ContentId content, std::uint64_t pages) {
    const auto places = tree_.places(content);
    if (places.size() == 1) counts_[folder_of(tree_, places[0])] += pages;
    if (places.size() < 2) return;
    // Several ways up that meet: each node once. These are left out of the sum of what lies below.
    ++round_;
    for (const Tree::Node place : places) {
      Tree::Node node = folder_of(tree_, place);
      for (; node != Tree::kNone && seen_[node] != round_; node = above(tree_, node)) {
        seen_[node] = round_;
        shared_.emplace_back(node, pages);
      }
    }
  }

  std::vector<std::uint64_t> take() {
    for (Tree::Node node = static_cast<Tree::Node>(counts_.size()); node-- > 1;) {
      counts_[above(tree_, node)] += counts_[node];
    }
    for (const auto& [node, pages] : shared_) counts_[node] += pages;
    return std::move(counts_);
  }

 private:
  const Tree& tree_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint32_t> seen_;
  std::uint32_t round_ = 0;
  std::vector<std::pair<Tree::Node, std::uint64_t>> shared_;
};

// The folders to list, by number: nodes by number are parents before children, siblings by name, but level by level.
std::vector<Tree::Node> largest(const Tree& tree, const std::vector<std::uint64_t>& counts, Facets& out) {
  std::vector<Tree::Node> nodes;
  for (Tree::Node node = 1; node < tree.size(); ++node) {
    if (counts[node] > 0 && tree.child_count(node) > 0) nodes.push_back(node);
  }
  out.more_folders = nodes.size() > kMaxFolders;
  if (!out.more_folders) return nodes;
  // A folder counts at least as much as one inside it, and has a smaller number: those above come along.
  std::stable_sort(nodes.begin(), nodes.end(), [&](Tree::Node a, Tree::Node b) { return counts[a] > counts[b]; });
  nodes.resize(kMaxFolders);
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

// What names a folder in a scope: its path, or its key where the path would not fit into an address.
std::string value_of(const Tree& tree, Tree::Node node) {
  std::string path = tree.path(node);
  return path.size() <= kMaxFolderPath ? path : tree.key(node);
}

// In the order of a printed tree.
void list_folders(const Tree& tree, const std::vector<std::uint64_t>& counts, const std::vector<Tree::Node>& nodes,
                  Facets& out) {
  std::map<Tree::Node, std::vector<Tree::Node>> children;
  for (const Tree::Node node : nodes) children[above(tree, node)].push_back(node);
  std::vector<Tree::Node> waiting = children[Tree::kTop];
  std::reverse(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const Tree::Node node = waiting.back();
    waiting.pop_back();
    out.folders.push_back({value_of(tree, node), std::string(tree.name(node)), counts[node],
                           above(tree, node) == Tree::kTop ? std::string() : value_of(tree, above(tree, node))});
    const auto& inside = children[node];
    waiting.insert(waiting.end(), inside.rbegin(), inside.rend());
  }
}

bool is_folder(const Tree& tree, const std::vector<Tree::Node>& named) {
  return !named.empty() && tree.child_count(named.front()) > 0;
}

// What was chosen is there to be given up again, also where nothing matches.
void add_chosen_folders(const Tree& tree, const Scope& scope, std::vector<Tree::Node>& nodes) {
  for (const std::string& path : scope.folders) {
    const std::vector<Tree::Node> found = folders_named(tree, path);
    if (!is_folder(tree, found)) continue;
    for (Tree::Node node = tree.first_alike(found.front()); node != Tree::kTop; node = above(tree, node))
      nodes.push_back(node);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

// Chosen paths that are no folders: of files without members, or of nothing.
class ChosenFiles {
 public:
  static Result<ChosenFiles> make(store::Database& db, const Tree& tree, const Scope& scope) {
    ChosenFiles files;
    for (const std::string& path : scope.folders) {
      if (is_folder(tree, folders_named(tree, path))) continue;
      files.list_.push_back({path, path.substr(path.rfind('/') + 1), 0, {}});
      files.contents_.push_back(TRY(contents_in(db, tree, {path})));
    }
    return files;
  }
  void add(std::size_t content, std::uint64_t pages) {
    for (std::size_t i = 0; i < list_.size(); ++i) {
      if (content < contents_[i].size() && contents_[i][content]) list_[i].count += pages;
    }
  }
  std::vector<FacetCount> take() { return std::move(list_); }

 private:
  std::vector<FacetCount> list_;
  std::vector<std::vector<bool>> contents_;
};

std::vector<std::string> names_of(const std::vector<ItemState>& states) {
  std::vector<std::string> names;
  for (const ItemState state : states) names.emplace_back(to_string(state));
  return names;
}

struct Sums {
  Counts langs;
  Counts types;
  Counts states;
};

void add_row(const Tally& tally, const Tally::Row& row, std::optional<ItemState> state, unsigned out, Sums& sums) {
  const PageClass& page = tally.classes[row.page_class];
  if ((out & ~unsigned{kLang}) == 0) sums.langs[page.lang] += row.pages;
  if ((out & ~unsigned{kType}) == 0) sums.types[page.kind] += row.pages;
  if ((out & ~unsigned{kState}) == 0 && state) sums.states[std::string(to_string(*state))] += row.pages;
}

}  // namespace

Result<Facets> facets(store::Database& db, Index& index, const Query& query, const Scope& scope, const Tree& tree) {
  SearchOptions options;
  Scope content_only;
  content_only.content = scope.content;
  options.narrowing = TRY(narrow(db, tree, content_only));
  const Query ready = TRY(look_up_fields(db, query));
  const Tally tally = TRY(index.tally(ready, options));
  std::vector<bool> inside;
  if (!scope.folders.empty()) inside = TRY(contents_in(db, tree, scope.folders));
  Facets result;
  result.generation = tally.generation;
  Sums sums;
  FolderCounts folders(tree);
  ChosenFiles files = TRY(ChosenFiles::make(db, tree, scope));
  for (const Tally::Row& row : tally.rows) {
    const PageClass& page = tally.classes[row.page_class];
    const auto content = static_cast<std::size_t>(row.content.value());
    const auto state = tree.state(row.content);
    unsigned out = chosen(scope.langs, page.lang) ? 0U : unsigned{kLang};
    if (!chosen(scope.types, page.kind)) out |= kType;
    if (!scope.states.empty() && (!state || !chosen(scope.states, *state))) out |= kState;
    if (!scope.folders.empty() && (content >= inside.size() || !inside[content])) out |= kFolder;
    if (out == 0) result.total += row.pages;
    add_row(tally, row, state, out, sums);
    if ((out & ~unsigned{kFolder}) != 0) continue;
    folders.add(row.content, row.pages);
    files.add(content, row.pages);
  }
  result.langs = most_first(std::move(sums.langs), scope.langs);
  result.types = most_first(std::move(sums.types), scope.types);
  result.states = most_first(std::move(sums.states), names_of(scope.states));
  const std::vector<std::uint64_t> counts = folders.take();
  std::vector<Tree::Node> nodes = largest(tree, counts, result);
  add_chosen_folders(tree, scope, nodes);
  result.folders = files.take();
  list_folders(tree, counts, nodes, result);
  return result;
}

}  // namespace dragoman::search
