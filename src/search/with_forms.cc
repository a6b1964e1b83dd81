// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/with_forms.h"

#include <utility>

namespace dragoman::search {

Node with_forms(const Node& node, const Forms& forms) {
  Node copy = node;
  copy.children.clear();
  for (const Node& child : node.children) copy.children.push_back(with_forms(child, forms));
  if (node.kind != NodeKind::sequence || node.tokens.size() != 1 || node.prefix) return copy;
  std::vector<std::string> others = forms.forms_of(node.tokens.front());
  if (others.size() > kMaxForms) others.resize(kMaxForms);
  if (others.empty()) return copy;
  Node any;
  any.kind = NodeKind::any_of;
  any.at = node.at;
  any.children.push_back(copy);
  for (std::string& other : others) {
    copy.tokens = {std::move(other)};
    any.children.push_back(copy);
  }
  return any;
}

}  // namespace dragoman::search
