// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/fts_expression.h"

#include <string_view>

namespace dragoman::search {
namespace {

void add_sequence(const Node& node, bool scored, FtsExpression& out) {
  std::string phrase = "\"";
  for (std::size_t i = 0; i < node.tokens.size(); ++i) {
    if (i > 0) phrase += '\n';
    for (char c : node.tokens[i]) {
      if (c == '"') phrase += '"';  // tokens hold none; the other forms of a word come from elsewhere
      phrase += c;
    }
  }
  phrase += node.prefix ? "\"*" : "\"";
  out.match += phrase;
  out.phrases.push_back({std::move(phrase), scored});
}

void add(const Node& node, bool scored, FtsExpression& out) {
  if (node.kind == NodeKind::sequence) return add_sequence(node, scored, out);
  const std::string_view between = node.kind == NodeKind::all_of   ? " AND "
                                   : node.kind == NodeKind::any_of ? " OR "
                                                                   : " NOT ";
  out.match += '(';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out.match += between;
    add(node.children[i], scored && (node.kind != NodeKind::except || i == 0), out);
  }
  out.match += ')';
}

}  // namespace

FtsExpression fts_expression(const Node& text) {
  FtsExpression expression;
  add(text, true, expression);
  return expression;
}

}  // namespace dragoman::search
