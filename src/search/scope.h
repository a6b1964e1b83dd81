// SPDX-License-Identifier: AGPL-3.0-or-later
// What a page must be beside what the query says: the choices of a reader who narrows a search down. Several values
// of one kind mean any of them; each kind must hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/tree.h"
#include "record/item.h"
#include "search/index.h"
#include "store/database.h"

namespace dragoman::search {

struct Scope {
  std::vector<std::string> langs;  // ISO 639-1; "" stands for pages whose language is not known
  std::vector<std::string> types;  // short names of types: "pdf", "mail"
  std::vector<ItemState> states;   // of the content
  // Paths of folders or items, or keys of nodes: what lies there or below, by any path of a content.
  std::vector<std::string> folders;
  std::optional<ContentId> content;  // pages of this one only

  /// Whether the index can tell by itself.
  bool by_class_only() const { return states.empty() && folders.empty() && !content; }
};

/// The nodes of the tree that a folder of a scope names; none where it is the path of a file without members.
std::vector<evidence::Tree::Node> folders_named(const evidence::Tree& tree, const std::string& value);

/// By content id: true where it lies at or below one of the folders.
Result<std::vector<bool>> contents_in(store::Database& db, const evidence::Tree& tree,
                                      const std::vector<std::string>& folders);

/// The scope as the index takes it.
Result<Narrowing> narrow(store::Database& db, const evidence::Tree& tree, const Scope& scope);

}  // namespace dragoman::search
