// SPDX-License-Identifier: AGPL-3.0-or-later
// The nodes are made in the order of the rows, with folders made up as paths ask for them, and then numbered anew
// level by level, siblings sorted: children of a node become one run of numbers, and what lies below is summed in one
// walk from the last number to the first.
#include "evidence/tree.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"

namespace dragoman::evidence {
namespace {

constexpr std::uint8_t kUnknown = 0xFF;
constexpr std::size_t kKeyDigits = 24;
// What is behind so many folders of one name stays one name: a name of 100,000 "a/" must not cost their square.
constexpr int kMaxFoldersInName = 64;
// Ids beyond this are those of a damaged case; the tables by id stay bounded.
constexpr std::int64_t kMaxContent = INT32_MAX;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
unsigned char folded(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

// The digits from `at` on, leading zeros left out; `at` moves behind them.
std::string_view number_at(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(begin, at - begin);
}

int natural_order(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view x = number_at(a, i);
      const std::string_view y = number_at(b, j);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
      const int order = x.compare(y);
      if (order != 0) return order;
      continue;
    }
    if (folded(a[i]) != folded(b[j])) return folded(a[i]) < folded(b[j]) ? -1 : 1;
    ++i;
    ++j;
  }
  if (a.size() - i == b.size() - j) return 0;
  return i == a.size() ? -1 : 1;
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  const int order = natural_order(a, b);
  return order != 0 ? order < 0 : a < b;
}

// ----- making it

class TreeBuilder {
 public:
  Result<Tree> build(store::Database& db);

 private:
  using Node = Tree::Node;
  using Entry = Tree::Entry;
  struct Row {
    std::string_view name;  // valid until the next step
    std::string_view label;
    std::int64_t container = 0;  // item that it is a member of
    bool member = false;
  };
  struct FolderKey {
    Node parent;
    std::string name;
    bool member;
    bool operator==(const FolderKey&) const = default;
  };
  struct FolderHash {
    std::size_t operator()(const FolderKey& key) const {
      return std::hash<std::string>()(key.name) * 31 + key.parent * 2 + (key.member ? 1 : 0);
    }
  };

  Result<void> read_contents(store::Database& db);
  Result<void> read_items(store::Database& db);
  void add_item(const Row& row, std::int64_t id, std::int64_t content);
  Node folder(Node parent, std::string_view name, bool member);
  Node node_for(std::int64_t item);
  void name_node(Node node, std::string_view name);
  void break_cycles();
  void renumber();
  std::vector<Node> level_order(std::vector<std::vector<Node>>& children);
  bool before(Node a, Node b) const;
  void count_states(const std::vector<std::uint8_t>& item_states);
  void index_places();
  void index_path(Node node);
  void index_names();

  Tree tree_;
  std::vector<Entry> nodes_;
  std::vector<std::uint8_t> node_states_;  // by node; kUnknown for folders
  std::vector<std::uint8_t> states_;       // by content
  std::vector<std::int64_t> primaries_;    // by content
  std::unordered_map<std::int64_t, Node> by_item_;
  std::unordered_map<FolderKey, Node, FolderHash> folders_;
};

Result<void> TreeBuilder::read_contents(store::Database& db) {
  auto rows = TRY(db.statement("SELECT id, state, primary_item FROM contents"));
  while (TRY(rows->step())) {
    const std::int64_t id = rows->int64(0);
    if (id <= 0 || id > kMaxContent) continue;
    const auto at = static_cast<std::size_t>(id);
    if (at >= states_.size()) {
      states_.resize(at + 1, kUnknown);
      primaries_.resize(at + 1);
    }
    states_[at] = static_cast<std::uint8_t>(rows->int64(1));
    primaries_[at] = rows->int64(2);
  }
  for (std::uint8_t& state : states_) {
    if (state >= std::size(kItemStates)) state = kUnknown;
  }
  return {};
}

Tree::Node TreeBuilder::node_for(std::int64_t item) {
  const auto [place, added] = by_item_.try_emplace(item, static_cast<Node>(nodes_.size()));
  if (added) nodes_.push_back({.parent = Tree::kTop, .item = item});
  return place->second;
}

void TreeBuilder::name_node(Node node, std::string_view name) {
  nodes_[node].name_at = tree_.names_.size();
  nodes_[node].name_size = static_cast<std::uint32_t>(name.size());
  tree_.names_ += name;
}

Tree::Node TreeBuilder::folder(Node parent, std::string_view name, bool member) {
  const auto [place, added] =
      folders_.try_emplace(FolderKey{parent, std::string(name), member}, static_cast<Node>(nodes_.size()));
  if (!added) return place->second;
  nodes_.push_back({.parent = parent, .member = member});
  name_node(place->second, name);
  return place->second;
}

void TreeBuilder::add_item(const Row& row, std::int64_t id, std::int64_t content) {
  bool member = row.member;
  Node parent = Tree::kTop;
  std::string_view name = row.name;
  if (member) {
    parent = row.container == id ? Tree::kTop : node_for(row.container);
  } else if (name.empty()) {
    name = row.label;  // the source is one file
  } else {
    parent = folder(Tree::kTop, row.label, false);
  }
  // A source's label is one name, whatever it holds.
  const bool whole = !member && row.name.empty();
  for (int depth = 0; !whole && depth < kMaxFoldersInName; ++depth) {
    const std::size_t slash = name.find('/', 1);
    if (slash == std::string_view::npos || slash + 1 == name.size()) break;
    parent = folder(parent, name.substr(0, slash), member);
    name.remove_prefix(slash + 1);
    member = false;
  }
  const Node node = node_for(id);
  nodes_[node].parent = parent;
  nodes_[node].member = member;
  nodes_[node].content = static_cast<std::uint32_t>(content);
  name_node(node, name);
}

Result<void> TreeBuilder::read_items(store::Database& db) {
  auto rows = TRY(db.statement(
      "SELECT i.id, i.name, COALESCE(s.label, ''), i.parent_content, COALESCE(p.primary_item, 0), "
      "COALESCE(i.content, 0), COALESCE(i.state, 0), i.standing FROM items i LEFT JOIN sources s ON s.id = i.source "
      "LEFT JOIN contents p ON p.id = i.parent_content WHERE i.standing < 2 OR (i.standing = 3 AND EXISTS "
      "(SELECT 1 FROM items m WHERE m.parent_content = i.content AND m.standing < 2))"));
  while (TRY(rows->step())) {
    const std::int64_t id = rows->int64(0);
    const std::int64_t content = rows->int64(5);
    const bool known = content > 0 && static_cast<std::size_t>(content) < states_.size();
    add_item({rows->text(1), rows->text(2), rows->int64(4), !rows->is_null(3)}, id, known ? content : 0);
    const Node node = by_item_[id];
    node_states_.resize(nodes_.size(), kUnknown);
    const auto at = static_cast<std::size_t>(content);
    const std::uint8_t own = static_cast<std::uint8_t>(rows->int64(6));
    const auto duplicate = static_cast<std::uint8_t>(ItemState::duplicate);
    // A container that was removed, of which members stay: they stand where they stood, it counts no more.
    if (rows->int64(7) > 2) continue;
    const std::uint8_t state = !known ? own : primaries_[at] == id ? states_[at] : duplicate;
    node_states_[node] = state < std::size(kItemStates) ? state : kUnknown;
  }
  node_states_.resize(nodes_.size(), kUnknown);
  return {};
}

// Containers that hold each other exist in damaged cases only; no item may be out of sight, nor any walk endless.
void TreeBuilder::break_cycles() {
  enum : std::uint8_t { fresh, on_way, done };
  std::vector<std::uint8_t> marks(nodes_.size(), fresh);
  marks[Tree::kTop] = done;
  std::vector<Node> way;
  for (Node start = 1; start < nodes_.size(); ++start) {
    way.clear();
    Node node = start;
    for (; marks[node] == fresh; node = nodes_[node].parent) {
      marks[node] = on_way;
      way.push_back(node);
    }
    if (marks[node] == on_way) nodes_[node].parent = Tree::kTop;
    for (const Node passed : way) marks[passed] = done;
  }
}

bool TreeBuilder::before(Node a, Node b) const {
  const Entry& x = nodes_[a];
  const Entry& y = nodes_[b];
  if ((x.item == 0) != (y.item == 0)) return x.item == 0;
  const std::string_view names(tree_.names_);
  const std::string_view first = names.substr(x.name_at, x.name_size);
  const std::string_view second = names.substr(y.name_at, y.name_size);
  const int order = natural_order(first, second);
  if (order != 0) return order < 0;
  return first != second ? first < second : x.item < y.item;
}

std::vector<Tree::Node> TreeBuilder::level_order(std::vector<std::vector<Node>>& children) {
  std::vector<Node> order{Tree::kTop};
  order.reserve(nodes_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<Node>& inside = children[order[i]];
    std::sort(inside.begin(), inside.end(), [&](Node a, Node b) { return before(a, b); });
    nodes_[order[i]].first_child = static_cast<Node>(order.size());
    nodes_[order[i]].children = static_cast<std::uint32_t>(inside.size());
    order.insert(order.end(), inside.begin(), inside.end());
  }
  return order;
}

void TreeBuilder::renumber() {
  std::vector<std::vector<Node>> children(nodes_.size());
  for (Node node = 1; node < nodes_.size(); ++node) children[nodes_[node].parent].push_back(node);
  const std::vector<Node> order = level_order(children);
  CHECK(order.size() == nodes_.size());
  std::vector<Node> number(nodes_.size());
  for (Node i = 0; i < order.size(); ++i) number[order[i]] = i;
  tree_.nodes_.reserve(nodes_.size());
  std::vector<std::uint8_t> states;
  for (const Node old : order) {
    Entry entry = nodes_[old];
    entry.parent = old == Tree::kTop ? Tree::kNone : number[entry.parent];
    tree_.nodes_.push_back(entry);
    states.push_back(node_states_[old]);
  }
  count_states(states);
}

void TreeBuilder::count_states(const std::vector<std::uint8_t>& item_states) {
  auto& nodes = tree_.nodes_;
  for (auto node = static_cast<Node>(nodes.size()); node-- > 0;) {
    if (item_states[node] != kUnknown) ++nodes[node].counts[item_states[node]];
    if (node == Tree::kTop) break;
    StateCounts& above = nodes[nodes[node].parent].counts;
    for (std::size_t i = 0; i < above.size(); ++i) above[i] += nodes[node].counts[i];
  }
}

void TreeBuilder::index_places() {
  auto& starts = tree_.place_start_;
  starts.assign(states_.size() + 1, 0);
  for (const Entry& entry : tree_.nodes_) {
    if (entry.content != 0) ++starts[entry.content + 1];
  }
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  tree_.places_.resize(starts.back());
  std::vector<std::uint32_t> next(starts.begin(), starts.end());
  for (Node node = 0; node < tree_.nodes_.size(); ++node) {
    if (tree_.nodes_[node].content != 0) tree_.places_[next[tree_.nodes_[node].content]++] = node;
  }
}

void TreeBuilder::index_path(Node node) {
  std::string path = tree_.path(node);
  const auto [from, to] = tree_.by_path_.equal_range(path);
  Node first = node;
  for (auto other = from; other != to; ++other) first = std::min(first, other->second);
  if (first != node) tree_.alike_.emplace(node, first);
  tree_.by_path_.emplace(std::move(path), node);
}

void TreeBuilder::index_names() {
  for (Node node = 1; node < tree_.nodes_.size(); ++node) {
    if (tree_.nodes_[node].item != 0) tree_.by_item_.emplace(tree_.nodes_[node].item, node);
    if (tree_.nodes_[node].children > 0) index_path(node);
    if (tree_.nodes_[node].item == 0) tree_.by_key_.emplace(tree_.key(node), node);
  }
}

Result<Tree> TreeBuilder::build(store::Database& db) {
  nodes_.push_back({});  // kTop
  TRY_VOID(read_contents(db));
  TRY_VOID(read_items(db));
  break_cycles();
  renumber();
  tree_.states_ = states_;
  index_places();
  index_names();
  return std::move(tree_);
}

Result<Tree> Tree::build(store::Database& db) {
  std::optional<store::Transaction> view;
  if (!db.in_transaction()) view.emplace(TRY(store::Transaction::begin_read(db)));
  TreeBuilder builder;
  return builder.build(db);
}

// ----- asking it

std::optional<ItemId> Tree::item(Node node) const {
  const std::int64_t id = nodes_[node].item;
  return id == 0 ? std::nullopt : std::optional(ItemId(id));
}

std::string_view Tree::name(Node node) const {
  return std::string_view(names_).substr(nodes_[node].name_at, nodes_[node].name_size);
}

std::vector<Tree::Node> Tree::ancestors(Node node) const {
  std::vector<Node> way;
  if (node == kTop) return way;
  for (node = nodes_[node].parent; node != kTop; node = nodes_[node].parent) way.push_back(node);
  std::reverse(way.begin(), way.end());
  return way;
}

std::string Tree::path(Node node) const {
  if (node == kTop) return {};
  std::string path;
  const auto add = [&](Node part) {
    if (nodes_[part].parent != kTop) path += nodes_[part].member ? "!/" : "/";
    path += name(part);
  };
  for (const Node above : ancestors(node)) add(above);
  add(node);
  return path;
}

std::string Tree::key(Node node) const {
  if (nodes_[node].item != 0) return fmt::format("i{}", nodes_[node].item);
  // By the item that holds it and the names from there: containers that came again have folders of one path. No name
  // holds a NUL.
  std::string way;
  for (; node != kTop && nodes_[node].item == 0; node = nodes_[node].parent) {
    way += name(node);
    way += '\0';
  }
  return "f" + sha256(fmt::format("{}{}", way, nodes_[node].item)).hex().substr(0, kKeyDigits);
}

Tree::Node Tree::node_of_key(std::string_view key) const {
  const auto folder = by_key_.find(std::string(key));
  if (folder != by_key_.end()) return folder->second;
  if (key.size() < 2 || key.size() > 20 || key[0] != 'i' || key[1] == '0') return kNone;
  std::int64_t item = 0;
  for (const char c : key.substr(1)) {
    if (!is_digit(c) || item > INT64_MAX / 10 - 1) return kNone;
    item = item * 10 + (c - '0');
  }
  return node_of_item(ItemId(item));
}

Tree::Node Tree::node_of_item(ItemId item) const {
  const auto found = by_item_.find(item.value());
  return found == by_item_.end() ? kNone : found->second;
}

std::vector<Tree::Node> Tree::folders_at(const std::string& path) const {
  const auto [from, to] = by_path_.equal_range(path);
  std::vector<Node> nodes;
  for (auto found = from; found != to; ++found) nodes.push_back(found->second);
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

Tree::Node Tree::first_alike(Node node) const {
  const auto found = alike_.find(node);
  return found == alike_.end() ? node : found->second;
}

std::optional<ItemState> Tree::state(ContentId content) const {
  const auto at = static_cast<std::size_t>(content.value());
  if (content.value() <= 0 || at >= states_.size() || states_[at] == kUnknown) return std::nullopt;
  return static_cast<ItemState>(states_[at]);
}

std::span<const Tree::Node> Tree::places(ContentId content) const {
  const auto at = static_cast<std::size_t>(content.value());
  if (content.value() <= 0 || at >= states_.size()) return {};
  return std::span(places_).subspan(place_start_[at], place_start_[at + 1] - place_start_[at]);
}

// ----- sharing it

namespace {

// Cheap to ask, and another one after every commit that this handle has not seen.
Result<std::string> mark_of(store::Database& db) {
  const std::int64_t version = TRY(db.number("PRAGMA data_version"));
  const std::int64_t generation = TRY(db.number("SELECT sum(value) FROM progress"));
  const std::int64_t items = TRY(db.number("SELECT COALESCE(max(id), 0) FROM items"));
  auto id = TRY(db.statement("SELECT hex(sha256) FROM contents WHERE id = (SELECT max(id) FROM contents)"));
  const bool any = TRY(id->step());
  return fmt::format("{}:{}:{}:{}:{}", version, generation, items, any ? id->text(0) : "", db.path().string());
}

// What the tree is made of, as one word. Paths change when a run settles, which counts the epoch up.
Result<std::string> stamp_of(store::Database& db) {
  auto row = TRY(
      db.statement("SELECT (SELECT sum(value) FROM progress), (SELECT count(*) || ':' || COALESCE(max(id), 0) || ':' "
                   "|| COALESCE(sum(COALESCE(state, 9) * (id % 65521 + 1) + (standing > 1) * id), 0) FROM items), "
                   "(SELECT count(*) || ':' || COALESCE(sum(state * (id % 65521 + 1)), 0) || ':' || "
                   "COALESCE(sum(primary_item), 0) FROM contents)"));
  const bool any = TRY(row->step());
  CHECK(any);
  return fmt::format("{}:{}:{}:{}", row->int64(0), row->text(1), row->text(2), db.path().string());
}

// A tree may be this many times as old as it took to make.
constexpr int kPatience = 4;

}  // namespace

Result<std::shared_ptr<const Tree>> TreeCache::get(store::Database& db) {
  const store::Transaction view = TRY(store::Transaction::begin_read(db));
  std::string mark = TRY(mark_of(db));
  std::unique_lock lock(mutex_);
  Seen& seen = seen_[db.handle()];
  if (seen.tree && seen.mark == mark) return seen.tree;
  const auto now = std::chrono::steady_clock::now();
  std::string stamp = TRY(stamp_of(db));
  const bool other_case = newest_ && stamp.substr(stamp.rfind(':')) != stamp_.substr(stamp_.rfind(':'));
  const bool usable = newest_ && !other_case;
  const bool patient = building_ || now - built_ < took_ * kPatience;
  if (stamp != stamp_ && usable && patient) return newest_;  // the mark stays: asked again next time
  if (stamp != stamp_) {
    // The first one is waited for; while a later one is made, nobody else waits.
    building_ = usable;
    if (usable) lock.unlock();
    auto tree = Tree::build(db);
    if (usable) lock.lock();
    building_ = false;
    if (!tree) return Failure(std::move(tree).error());
    newest_ = std::make_shared<const Tree>(std::move(*tree));
    stamp_ = std::move(stamp);
    built_ = std::chrono::steady_clock::now();
    took_ = built_ - now;
  }
  seen = {std::move(mark), newest_};
  return newest_;
}

}  // namespace dragoman::evidence
