// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/scope.h"

#include <algorithm>

#include "evidence/listing.h"

namespace dragoman::search {
namespace {

using evidence::Tree;

void set(std::vector<bool>& table, ContentId content) {
  const auto at = static_cast<std::size_t>(content.value());
  if (content.value() <= 0 || content.value() > UINT32_MAX) return;
  if (at >= table.size()) table.resize(at + 1);
  table[at] = true;
}

// True for each node at or below one of `roots`.
std::vector<bool> below(const Tree& tree, const std::vector<Tree::Node>& roots) {
  std::vector<bool> inside(tree.size());
  for (const Tree::Node root : roots) inside[root] = true;
  for (Tree::Node node = 1; node < tree.size(); ++node) {
    if (inside[tree.parent(node)]) inside[node] = true;
  }
  return inside;
}

}  // namespace

std::vector<Tree::Node> folders_named(const Tree& tree, const std::string& value) {
  std::vector<Tree::Node> nodes = tree.folders_at(value);
  const Tree::Node node = nodes.empty() ? tree.node_of_key(value) : Tree::kNone;
  if (node != Tree::kNone) nodes.push_back(node);
  return nodes;
}

Result<std::vector<bool>> contents_in(store::Database& db, const Tree& tree, const std::vector<std::string>& folders) {
  std::vector<bool> table(tree.content_limit());
  std::vector<Tree::Node> roots;
  for (const std::string& folder : folders) {
    const std::vector<Tree::Node> nodes = folders_named(tree, folder);
    roots.insert(roots.end(), nodes.begin(), nodes.end());
    if (!nodes.empty()) continue;
    const std::vector<ContentId> contents = TRY(evidence::contents_at(db, folder));
    for (const ContentId content : contents) set(table, content);
  }
  if (roots.empty()) return table;
  const std::vector<bool> inside = below(tree, roots);
  for (std::size_t content = 1; content < tree.content_limit(); ++content) {
    for (const Tree::Node place : tree.places(ContentId(static_cast<std::int64_t>(content)))) {
      if (inside[place]) table[content] = true;
    }
  }
  return table;
}

Result<Narrowing> narrow(store::Database& db, const Tree& tree, const Scope& scope) {
  Narrowing narrowing{scope.langs, scope.types, nullptr};
  if (scope.by_class_only()) return narrowing;
  std::vector<bool> table(tree.content_limit(), true);
  if (!scope.folders.empty()) table = TRY(contents_in(db, tree, scope.folders));
  for (std::size_t content = 0; content < table.size() && !scope.states.empty(); ++content) {
    const auto state = tree.state(ContentId(static_cast<std::int64_t>(content)));
    const bool wanted = state && std::find(scope.states.begin(), scope.states.end(), *state) != scope.states.end();
    if (!wanted) table[content] = false;
  }
  if (scope.content) {
    const auto only = static_cast<std::size_t>(scope.content->value());
    const bool stays = only < table.size() && table[only];
    table.assign(stays ? only + 1 : 0, false);
    if (stays) table[only] = true;
  }
  narrowing.contents = std::make_shared<const std::vector<bool>>(std::move(table));
  return narrowing;
}

}  // namespace dragoman::search
