// SPDX-License-Identifier: AGPL-3.0-or-later
// The canonical form of a query: for tests, for `search --json`, and to see what a spelling was taken for.
#include "search/query.h"

namespace dragoman::search {
namespace {

void print(const Node& node, std::string& out);

void print_children(const Node& node, std::string_view word, std::string& out) {
  out += '(';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += word;
    print(node.children[i], out);
  }
  out += ')';
}

void print_sequence(const Node& node, std::string& out) {
  const bool quoted = node.tokens.size() > 1;
  if (quoted) out += '"';
  for (std::size_t i = 0; i < node.tokens.size(); ++i) {
    if (i > 0) out += ' ';
    out += node.tokens[i];
  }
  if (quoted) out += '"';
  if (node.prefix) out += '*';
}

void print(const Node& node, std::string& out) {
  switch (node.kind) {
    case NodeKind::all_of: return print_children(node, " AND ", out);
    case NodeKind::any_of: return print_children(node, " OR ", out);
    case NodeKind::except: return print_children(node, " NOT ", out);
    case NodeKind::sequence: return print_sequence(node, out);
    case NodeKind::filter: break;
  }
  const bool quoted = node.value.find_first_of(" ()") != std::string::npos;
  out += filter_name(node);
  out += quoted ? ":\"" : ":";
  out += node.value;
  if (quoted) out += '"';
}

}  // namespace

std::string to_string(const Query& query) {
  std::string out;
  if (!query.only_filters()) print(query.text, out);
  for (const Node& filter : query.filters) {
    if (!out.empty()) out += ' ';
    print(filter, out);
  }
  for (const Node& filter : query.excluded) {
    out += out.empty() ? "NOT " : " NOT ";
    print(filter, out);
  }
  return out;
}

}  // namespace dragoman::search
