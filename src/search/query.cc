// SPDX-License-Identifier: AGPL-3.0-or-later
// A recursive descent over the lexemes:
//   any  = all { OR all }
//   all  = item { [AND] item }
//   item = { NOT } ( "(" any ")" | phrase | filter | word )
// Neighbouring words are spelled together (spelling.h). Then filters are taken out of the tree: they hold for the
// whole query, because the index looks up words first and asks about pages afterwards.
#include "search/query.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "record/page.h"
#include "search/query_lexer.h"
#include "search/spelling.h"

namespace dragoman::search {
namespace {

const char kNothing[] = "there is nothing to look for here: write a word with letters or digits";
const char kOnlyNot[] = "NOT leaves out pages from what is found: write a word to look for beside it";
const char kMixed[] =
    "a filter holds for the whole query: put what it stands beside in parentheses, as in (a OR b) lang:fa";

Node group(NodeKind kind, std::vector<Node> children, CodepointOffset at) {
  if (children.size() == 1) return std::move(children.front());
  Node node;
  node.kind = kind;
  node.at = at;
  for (Node& child : children) {
    const bool same = child.kind == kind && !child.spelling && kind != NodeKind::except;
    if (same) {
      for (Node& inner : child.children) node.children.push_back(std::move(inner));
    } else {
      node.children.push_back(std::move(child));
    }
  }
  return node;
}

// What one all_of collects before it becomes a node.
struct Parts {
  std::vector<Node> wanted;
  std::vector<Node> unwanted;
  std::vector<TypedWord> words;  // neighbours not yet spelled
};

class Parser {
 public:
  explicit Parser(std::vector<Lexeme> lexemes) : lexemes_(std::move(lexemes)) {}

  Result<Node> run() {
    Node node = TRY(any());
    if (peek().kind == LexemeKind::close) {
      return Failure(query_error("this parenthesis closes nothing: remove it", peek().at));
    }
    return node;
  }

 private:
  const Lexeme& peek() const { return lexemes_[at_]; }
  const Lexeme& take() { return lexemes_[at_++]; }
  bool at_end_of_group() const { return peek().kind == LexemeKind::end || peek().kind == LexemeKind::close; }

  Result<Node> any() {
    const CodepointOffset begin = peek().at;
    std::vector<Node> branches;
    branches.push_back(TRY(all()));
    while (peek().kind == LexemeKind::any_of) {
      take();
      branches.push_back(TRY(all()));
    }
    return group(NodeKind::any_of, std::move(branches), begin);
  }

  Result<Node> all() {
    const CodepointOffset begin = peek().at;
    Parts parts;
    while (!at_end_of_group() && peek().kind != LexemeKind::any_of) {
      if (peek().kind == LexemeKind::all_of) {
        TRY_VOID(check_and());
        continue;
      }
      TRY_VOID(item(parts));
    }
    flush(parts);
    if (parts.wanted.empty()) {
      const bool only_not = !parts.unwanted.empty();
      return Failure(query_error(only_not ? kOnlyNot : kNothing, begin));
    }
    Node wanted = group(NodeKind::all_of, std::move(parts.wanted), begin);
    if (parts.unwanted.empty()) return wanted;
    std::vector<Node> children;
    children.push_back(std::move(wanted));
    for (Node& node : parts.unwanted) children.push_back(std::move(node));
    return group(NodeKind::except, std::move(children), begin);
  }

  Result<void> check_and() {
    const Lexeme& lexeme = take();
    const bool stray = at_ < 2 || lexemes_[at_ - 2].kind == LexemeKind::open || at_end_of_group() ||
                       peek().kind == LexemeKind::any_of || peek().kind == LexemeKind::all_of ||
                       lexemes_[at_ - 2].kind == LexemeKind::any_of;
    if (stray) return Failure(query_error("AND stands between two words: write one on each side", lexeme.at));
    return {};
  }

  Result<void> item(Parts& parts) {
    const CodepointOffset begin = peek().at;
    bool negated = false;
    for (; peek().kind == LexemeKind::negation; take()) negated = !negated;
    if (at_end_of_group() || peek().kind == LexemeKind::any_of || peek().kind == LexemeKind::all_of) {
      return Failure(query_error("NOT stands before what is to be left out: write a word behind it", begin));
    }
    if (peek().kind == LexemeKind::word && !negated) return add_word(parts.words);
    flush(parts);
    std::vector<Node> nodes = TRY(primary());
    if (nodes.empty()) return {};
    auto& list = negated ? parts.unwanted : parts.wanted;
    list.push_back(group(NodeKind::all_of, std::move(nodes), begin));
    return {};
  }

  Result<std::vector<Node>> primary() {
    const Lexeme& lexeme = peek();
    std::vector<Node> nodes;
    switch (lexeme.kind) {
      case LexemeKind::open: nodes.push_back(TRY(parenthesised())); return nodes;
      case LexemeKind::filter: nodes.push_back(filter(take())); return nodes;
      case LexemeKind::phrase: {
        take();
        TRY_VOID(count_words(words_of(lexeme.text).size(), lexeme.at));
        nodes = spell_phrase({lexeme.text, lexeme.prefix, lexeme.at}, next_term_);
        TRY_VOID(check_prefix(nodes));
        return nodes;
      }
      default: break;
    }
    std::vector<TypedWord> word;
    TRY_VOID(add_word(word));
    return spell_words(word, next_term_);
  }

  Result<Node> parenthesised() {
    const Lexeme& open = take();
    if (++depth_ > kMaxQueryDepth) {
      return Failure(
          query_error("groups lie too deep in each other: at most " + std::to_string(kMaxQueryDepth), open.at));
    }
    Node node = TRY(any());
    if (peek().kind != LexemeKind::close) {
      return Failure(query_error("this parenthesis is not closed: write a ) behind its group", open.at));
    }
    take();
    --depth_;
    return node;
  }

  static Node filter(const Lexeme& lexeme) {
    Node node;
    node.kind = NodeKind::filter;
    node.field = lexeme.field;
    node.name = lexeme.name;
    node.value = lexeme.text;
    node.at = lexeme.at;
    return node;
  }

  Result<void> add_word(std::vector<TypedWord>& words) {
    const Lexeme& lexeme = take();
    TRY_VOID(count_words(1, lexeme.at));
    words.push_back({lexeme.text, lexeme.prefix, lexeme.at});
    if (!lexeme.prefix) return {};
    std::uint32_t unused = 0;
    return check_prefix(spell_words(std::span(words).last(1), unused));
  }

  // A * needs letters before it: `nodes` is what the word or phrase came to.
  static Result<void> check_prefix(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      const Node& one = node.kind == NodeKind::any_of ? node.children.front() : node;
      if (one.prefix && codepoint_count(one.tokens.back()) < kMinPrefixLetters) {
        return Failure(query_error(
            "too many words begin so: write at least " + std::to_string(kMinPrefixLetters) + " letters before a *",
            one.at));
      }
    }
    return {};
  }

  Result<void> count_words(std::size_t more, CodepointOffset at) {
    words_ += more;
    if (words_ <= kMaxQueryWords) return {};
    return Failure(query_error("too many words: at most " + std::to_string(kMaxQueryWords), at));
  }

  void flush(Parts& parts) {
    for (Node& node : spell_words(parts.words, next_term_)) parts.wanted.push_back(std::move(node));
    parts.words.clear();
  }

  std::vector<Lexeme> lexemes_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t words_ = 0;
  std::uint32_t next_term_ = 0;
};

bool has_filter(const Node& node) {
  return node.kind == NodeKind::filter || std::any_of(node.children.begin(), node.children.end(), has_filter);
}

bool has_text(const Node& node) {
  return node.kind == NodeKind::sequence || std::any_of(node.children.begin(), node.children.end(), has_text);
}

CodepointOffset first_filter(const Node& node) {
  if (node.kind == NodeKind::filter) return node.at;
  for (const Node& child : node.children) {
    if (has_filter(child)) return first_filter(child);
  }
  return node.at;
}

// The tree without its filters.
struct Sorted {
  std::vector<Node> wanted;
  std::vector<Node> unwanted;
  std::vector<Node> filters;
  std::vector<Node> excluded;
};

Result<void> sort_out(Node node, Sorted& sorted);

// `a OR b lang:fa`: what is typed behind the last word is meant for the whole query, as everywhere else. Beside an
// earlier word it could be meant for that word alone: an error.
Result<void> sort_out_any(Node node, Sorted& sorted) {
  for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
    if (has_filter(node.children[i])) return Failure(query_error(kMixed, first_filter(node.children[i])));
  }
  if (!has_text(node.children.back())) return Failure(query_error(kMixed, first_filter(node.children.back())));
  Sorted last;
  TRY_VOID(sort_out(std::move(node.children.back()), last));
  if (!last.unwanted.empty() || !last.excluded.empty()) {
    return Failure(query_error(kMixed, last.filters.empty() ? node.at : first_filter(last.filters.front())));
  }
  node.children.back() = group(NodeKind::all_of, std::move(last.wanted), node.at);
  sorted.wanted.push_back(std::move(node));
  for (Node& filter : last.filters) sorted.filters.push_back(std::move(filter));
  return {};
}

Result<void> sort_out(Node node, Sorted& sorted) {
  if (!has_filter(node)) {
    sorted.wanted.push_back(std::move(node));
    return {};
  }
  if (!has_text(node)) {
    sorted.filters.push_back(std::move(node));
    return {};
  }
  if (node.kind == NodeKind::all_of) {
    for (Node& child : node.children) TRY_VOID(sort_out(std::move(child), sorted));
    return {};
  }
  if (node.kind == NodeKind::any_of) return sort_out_any(std::move(node), sorted);
  TRY_VOID(sort_out(std::move(node.children.front()), sorted));
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    Node& child = node.children[i];
    const bool filter = has_filter(child);
    if (filter && has_text(child)) return Failure(query_error(kMixed, first_filter(child)));
    (filter ? sorted.excluded : sorted.unwanted).push_back(std::move(child));
  }
  return {};
}

// Nothing but filters: each by itself, those after NOT apart.
void sort_out_filters(Node node, Sorted& sorted) {
  if (node.kind == NodeKind::all_of || node.kind == NodeKind::except) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool negated = node.kind == NodeKind::except && i > 0;
      if (negated) {
        sorted.excluded.push_back(std::move(node.children[i]));
      } else {
        sort_out_filters(std::move(node.children[i]), sorted);
      }
    }
    return;
  }
  sorted.filters.push_back(std::move(node));
}

}  // namespace

std::string_view filter_name(const Node& filter) {
  switch (filter.field) {
    case FilterField::lang: return "lang";
    case FilterField::type: return "type";
    case FilterField::path: return "path";
    case FilterField::label: return "label";
    case FilterField::field: return filter.name;
  }
  return "";
}

Result<Query> parse_query(std::string_view text) {
  auto lexemes = TRY(cut_query(text));
  Parser parser(std::move(lexemes));
  Node tree = TRY(parser.run());
  const CodepointOffset begin = tree.at;
  Sorted sorted;
  if (has_text(tree)) {
    TRY_VOID(sort_out(std::move(tree), sorted));
  } else {
    sort_out_filters(std::move(tree), sorted);
  }
  if (sorted.wanted.empty() && !sorted.unwanted.empty()) return Failure(query_error(kOnlyNot, begin));
  std::vector<Node> parts;
  Query query;
  query.text.kind = NodeKind::all_of;
  if (!sorted.wanted.empty()) {
    parts.push_back(group(NodeKind::all_of, std::move(sorted.wanted), begin));
    for (Node& node : sorted.unwanted) parts.push_back(std::move(node));
    query.text = group(NodeKind::except, std::move(parts), begin);
  }
  query.filters = std::move(sorted.filters);
  query.excluded = std::move(sorted.excluded);
  return query;
}

}  // namespace dragoman::search
