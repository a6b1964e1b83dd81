// The query language: all words, "phrases", OR, NOT, prefix*, (groups) and filters lang: type: path:.
// docs/query.md is the description for people. Parsing needs no index and no forms; it ends in a tree whose leaves
// are folded tokens, with every spelling that ZWNJ and spaced affixes allow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"

namespace dragoman::search {

enum class NodeKind : std::uint8_t {
  all_of,    // every child
  any_of,    // one child
  except,    // the first child, and none of the others
  sequence,  // tokens next to each other; one token is a word
  filter,    // a property of the page
};

enum class FilterField : std::uint8_t { lang, type, path };
std::string_view to_string(FilterField field);

struct Node {
  NodeKind kind = NodeKind::sequence;
  std::vector<Node> children;       // all_of, any_of, except
  std::vector<std::string> tokens;  // sequence: folded, at least one
  bool prefix = false;              // sequence: the last token is the beginning of a word
  FilterField field = FilterField::lang;
  std::string value;  // filter: folded
  CodepointOffset at{0};

  bool operator==(const Node& other) const;
};

/// A query that parsed: something to look for, and what the page must be.
struct Query {
  Node text;                   // no filters in it
  std::vector<Node> filters;   // all must hold; trees of filter, all_of, any_of, except
  std::vector<Node> excluded;  // filters of which none may hold
};

/// `malformed`: the message says what is wrong and how to write it, `where` "character N" (from 1).
/// Bounds: 4,096 code points, 200 words, 50 groups deep, so that no query takes unbounded time.
Result<Query> parse_query(std::string_view text);

/// The canonical form: upper-case operators, all groups written out, alternatives of spelling included.
std::string to_string(const Query& query);

}  // namespace dragoman::search
