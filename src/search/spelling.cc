// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/spelling.h"

#include <algorithm>
#include <utility>

#include "text/tokens.h"

namespace dragoman::search {
namespace {

using Tokens = std::vector<std::string>;

// A joined form: words first…last (from 0, included) written as one.
struct Join {
  std::size_t first;
  std::size_t last;
  std::string text;
};

// Tokens of each word, and the joined forms in the order of the words.
struct Pieces {
  std::vector<Tokens> words;
  std::vector<Join> joins;
};

Pieces cut_words(std::span<const TypedWord> words) {
  text::Tokeniser tokeniser;
  for (const TypedWord& word : words) tokeniser.add_word(word.text);
  Pieces pieces;
  pieces.words.resize(words.size());
  tokeniser.walk([&](const text::TokenView& token) {
    const std::size_t first = token.word - 1;
    const std::size_t last = token.last_word - 1;
    if (!token.joined) {
      pieces.words[first].emplace_back(token.text);
      return true;
    }
    // Only its last word may be the beginning of a word.
    const bool open = std::any_of(words.begin() + static_cast<std::ptrdiff_t>(first),
                                  words.begin() + static_cast<std::ptrdiff_t>(last),
                                  [](const TypedWord& word) { return word.prefix; });
    if (!open) pieces.joins.push_back({first, last, std::string(token.text)});
    return true;
  });
  return pieces;
}

// Joined forms that overlap, and the words they cover: first…last. `join` is moved behind them.
struct Chain {
  std::size_t first;
  std::size_t last;
  std::span<const Join> joins;
};

Chain chain_at(const Pieces& pieces, std::size_t word, std::size_t& join) {
  Chain chain{word, word, {}};
  const std::size_t begin = join;
  while (join < pieces.joins.size() && pieces.joins[join].first <= chain.last) {
    chain.last = std::max(chain.last, pieces.joins[join].last);
    ++join;
  }
  chain.joins = std::span(pieces.joins).subspan(begin, join - begin);
  return chain;
}

Node sequence(Tokens tokens, bool prefix, std::uint32_t term, CodepointOffset at) {
  Node node;
  node.tokens = std::move(tokens);
  node.prefix = prefix;
  node.term = term;
  node.at = at;
  return node;
}

Node group(NodeKind kind, std::vector<Node> children) {
  if (children.size() == 1) return std::move(children.front());
  Node node;
  node.kind = kind;
  node.at = children.front().at;
  node.children = std::move(children);
  return node;
}

// All of the words of a chain, or some joined and the others by themselves.
Node spell_chain(std::span<const TypedWord> words, const Pieces& pieces, const Chain& chain, std::uint32_t& next_term) {
  const std::uint32_t base = next_term;
  next_term += static_cast<std::uint32_t>(chain.last - chain.first + 2);
  const auto single = [&](std::size_t i) {
    return sequence(pieces.words[i], words[i].prefix, base + static_cast<std::uint32_t>(i - chain.first), words[i].at);
  };
  std::vector<Node> ways;
  std::vector<Node> apart;
  for (std::size_t i = chain.first; i <= chain.last; ++i) apart.push_back(single(i));
  ways.push_back(group(NodeKind::all_of, std::move(apart)));
  for (const Join& join : chain.joins) {
    std::vector<Node> parts;
    for (std::size_t i = chain.first; i < join.first; ++i) parts.push_back(single(i));
    parts.push_back(sequence({join.text}, words[join.last].prefix, next_term - 1, words[join.first].at));
    for (std::size_t i = join.last + 1; i <= chain.last; ++i) parts.push_back(single(i));
    ways.push_back(group(NodeKind::all_of, std::move(parts)));
  }
  Node node = group(NodeKind::any_of, std::move(ways));
  node.spelling = true;
  return node;
}

// The ways to write the words of a chain next to each other.
std::vector<Tokens> ways_of_chain(const Pieces& pieces, const Chain& chain, bool last_of_phrase) {
  Tokens typed;
  for (std::size_t i = chain.first; i <= chain.last; ++i) {
    typed.insert(typed.end(), pieces.words[i].begin(), pieces.words[i].end());
  }
  std::vector<Tokens> ways = {typed};
  for (const Join& join : chain.joins) {
    Tokens way(typed.begin(), typed.begin() + static_cast<std::ptrdiff_t>(join.first - chain.first));
    way.push_back(join.text);
    way.insert(way.end(), typed.begin() + static_cast<std::ptrdiff_t>(join.last - chain.first + 1), typed.end());
    ways.push_back(std::move(way));
  }
  // A word typed as one may stand on the page in two; at the end of a phrase the joined token finds it anyway.
  if (typed.size() == 1 && !last_of_phrase) {
    for (auto& [first, second] : text::split_affixes(typed[0])) ways.push_back({first, second});
  }
  return ways;
}

// Each of the ways so far with each of the next; only as typed when that would be too many.
void extend(std::vector<Tokens>& ways, const std::vector<Tokens>& next) {
  const std::size_t used = ways.size() * next.size() <= kMaxSpellings ? next.size() : 1;
  std::vector<Tokens> longer;
  for (const Tokens& way : ways) {
    for (std::size_t i = 0; i < used; ++i) {
      longer.push_back(way);
      longer.back().insert(longer.back().end(), next[i].begin(), next[i].end());
    }
  }
  ways = std::move(longer);
}

}  // namespace

std::vector<Node> spell_words(std::span<const TypedWord> words, std::uint32_t& next_term) {
  const Pieces pieces = cut_words(words);
  std::vector<Node> nodes;
  std::size_t join = 0;
  for (std::size_t word = 0; word < words.size();) {
    const Chain chain = chain_at(pieces, word, join);
    word = chain.last + 1;
    if (!chain.joins.empty()) {
      nodes.push_back(spell_chain(words, pieces, chain, next_term));
    } else if (!pieces.words[chain.first].empty()) {
      const TypedWord& typed = words[chain.first];
      nodes.push_back(sequence(pieces.words[chain.first], typed.prefix, next_term++, typed.at));
    }
  }
  return nodes;
}

std::vector<Node> spell_phrase(const TypedWord& phrase, std::uint32_t& next_term) {
  std::vector<TypedWord> words;
  for (Word& word : words_of(phrase.text)) words.push_back({std::move(word.text), false, phrase.at});
  if (words.empty()) return {};
  words.back().prefix = phrase.prefix;
  const Pieces pieces = cut_words(words);
  std::vector<Tokens> ways = {{}};
  std::size_t join = 0;
  for (std::size_t word = 0; word < words.size();) {
    const Chain chain = chain_at(pieces, word, join);
    word = chain.last + 1;
    extend(ways, ways_of_chain(pieces, chain, word >= words.size()));
  }
  if (ways.front().empty()) return {};
  std::vector<Node> nodes;
  for (Tokens& way : ways) nodes.push_back(sequence(std::move(way), phrase.prefix, next_term, phrase.at));
  ++next_term;
  Node node = group(NodeKind::any_of, std::move(nodes));
  node.spelling = node.kind == NodeKind::any_of;
  std::vector<Node> one;
  one.push_back(std::move(node));
  return one;
}

}  // namespace dragoman::search
