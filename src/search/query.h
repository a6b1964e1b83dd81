// SPDX-License-Identifier: AGPL-3.0-or-later
// The query language: all words, "phrases", OR, NOT, prefix*, (groups) and filters lang: type: path: label: and those
// of fields (author: sent: …). docs/query.md is the description for people. Parsing needs no index and no forms; it
// ends in a tree whose leaves are folded tokens, with every spelling that ZWNJ and spaced affixes allow.
#pragma once

#include <cstdint>
#include <memory>
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

enum class FilterField : std::uint8_t { lang, type, path, label, field };

struct Node {
  NodeKind kind = NodeKind::sequence;
  std::vector<Node> children;       // all_of, any_of, except
  std::vector<std::string> tokens;  // sequence: folded, at least one
  bool prefix = false;              // sequence: the last token is the beginning of a word
  bool spelling = false;            // any_of: the children are ways to write the same thing
  std::uint32_t term = 0;           // sequence: the same for spellings of one word or phrase
  FilterField field = FilterField::lang;
  std::string name;       // filter of a field: its name (field_names.h)
  std::string value;      // filter: folded; a path may hold * for any run of characters
  CodepointOffset at{0};  // where it stands in the query, from 0
  // Filter of a field, by content; of a label, by version: what passes. Null until look_up_fields().
  std::shared_ptr<const std::vector<bool>> table = nullptr;
};

/// What stands before the colon of a filter.
std::string_view filter_name(const Node& filter);

/// A query that parsed: something to look for, and what the page must be.
struct Query {
  Node text;                   // no filters in it; all_of nothing: every page that the filters let pass
  std::vector<Node> filters;   // all must hold; trees of filter, all_of, any_of, except
  std::vector<Node> excluded;  // the same; none may hold

  bool only_filters() const { return text.kind == NodeKind::all_of && text.children.empty(); }
};

// Bounds, so that no query takes unbounded time.
inline constexpr std::size_t kMaxQueryBytes = 16'384;
inline constexpr std::size_t kMaxQueryWords = 200;
// Groups in groups. FTS5's own parser has a stack of 100 entries, and a level takes three.
inline constexpr std::size_t kMaxQueryDepth = 20;
// A shorter beginning of a word stands for half the dictionary.
inline constexpr std::size_t kMinPrefixLetters = 2;

/// `malformed`: the message says what is wrong and how to write it, `where` "character N" (from 1).
Result<Query> parse_query(std::string_view text);

/// The canonical form: upper-case operators, all groups written out, alternatives of spelling included.
std::string to_string(const Query& query);

}  // namespace dragoman::search
