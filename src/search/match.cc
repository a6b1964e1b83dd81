// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/match.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "search/with_forms.h"
#include "text/tokens.h"

namespace dragoman::search {
namespace {

// Longest run that best_cluster() looks at, in words.
constexpr std::uint32_t kMaxCluster = 60;

// The tokens of a page by position, as the index counts: a joined form stands at the position of the token before.
class PageTokens {
 public:
  explicit PageTokens(std::span<const Word> words) {
    for (const Word& word : words) tokeniser_.add_word(word.text);
    tokeniser_.walk([&](const text::TokenView& token) {
      if (!token.joined) ++positions_;
      const std::uint32_t offset = static_cast<std::uint32_t>(letters_.size());
      letters_ += token.text;
      tokens_.push_back(
          {offset, static_cast<std::uint32_t>(token.text.size()), positions_ - 1, token.word, token.last_word});
      return true;
    });
    starts_.assign(positions_ + 1, static_cast<std::uint32_t>(tokens_.size()));
    for (std::size_t i = tokens_.size(); i-- > 0;) starts_[tokens_[i].position] = static_cast<std::uint32_t>(i);
  }

  // All places of a sequence.
  void find(const Node& sequence, std::vector<Match>& matches) const {
    for (std::uint32_t position = 0; position + sequence.tokens.size() <= positions_; ++position) {
      const Entry* first = at(position, sequence, 0);
      if (first == nullptr) continue;
      const Entry* last = first;
      std::size_t i = 1;
      for (; i < sequence.tokens.size() && last != nullptr; ++i) {
        last = at(position + static_cast<std::uint32_t>(i), sequence, i);
      }
      if (last == nullptr) continue;
      matches.push_back({{WordIndex(first->word), WordIndex(last->last_word)}, sequence.term});
    }
  }

 private:
  struct Entry {
    std::uint32_t offset;
    std::uint32_t size;
    std::uint32_t position;
    std::uint32_t word;
    std::uint32_t last_word;
  };

  const Entry* at(std::uint32_t position, const Node& sequence, std::size_t index) const {
    const std::string& wanted = sequence.tokens[index];
    const bool prefix = sequence.prefix && index + 1 == sequence.tokens.size();
    for (std::uint32_t i = starts_[position]; i < starts_[position + 1]; ++i) {
      const std::string_view text = std::string_view(letters_).substr(tokens_[i].offset, tokens_[i].size);
      if (prefix ? text.starts_with(wanted) : text == wanted) return &tokens_[i];
    }
    return nullptr;
  }

  text::Tokeniser tokeniser_;
  std::string letters_;
  std::vector<Entry> tokens_;
  std::vector<std::uint32_t> starts_;  // first token of each position, and the end
  std::uint32_t positions_ = 0;
};

std::vector<Match> matches_of(const Node& node, const PageTokens& page);

// The way with the fewest separate parts that is there, so that می and رود are not marked all over a page that
// has می‌رود; the next ones where none is.
std::vector<Match> matches_of_spellings(const Node& node, const PageTokens& page) {
  std::vector<std::pair<std::size_t, std::vector<Match>>> found;
  for (const Node& way : node.children) {
    std::vector<Match> matches;
    bool complete = true;
    const auto parts = way.kind == NodeKind::all_of ? std::span(way.children) : std::span(&way, 1);
    for (const Node& part : parts) {
      const std::vector<Match> of_part = matches_of(part, page);
      complete = complete && !of_part.empty();
      matches.insert(matches.end(), of_part.begin(), of_part.end());
    }
    if (complete) found.emplace_back(parts.size(), std::move(matches));
  }
  std::size_t fewest = SIZE_MAX;
  for (const auto& [parts, matches] : found) fewest = std::min(fewest, parts);
  std::vector<Match> all;
  for (const auto& [parts, matches] : found) {
    if (parts == fewest) all.insert(all.end(), matches.begin(), matches.end());
  }
  return all;
}

std::vector<Match> matches_of(const Node& node, const PageTokens& page) {
  std::vector<Match> all;
  if (node.kind == NodeKind::sequence) {
    page.find(node, all);
    return all;
  }
  if (node.kind == NodeKind::any_of && node.spelling) return matches_of_spellings(node, page);
  const std::size_t children = node.kind == NodeKind::except ? 1 : node.children.size();
  for (std::size_t i = 0; i < children; ++i) {
    const std::vector<Match> of_child = matches_of(node.children[i], page);
    all.insert(all.end(), of_child.begin(), of_child.end());
  }
  return all;
}

bool before(const Match& a, const Match& b) {
  if (a.range.first != b.range.first) return a.range.first < b.range.first;
  if (a.range.last != b.range.last) return a.range.last < b.range.last;
  return a.term < b.term;
}

}  // namespace

std::vector<Match> find_matches(const Query& query, std::span<const Word> words, const Forms* forms) {
  const PageTokens page(words);
  std::vector<Match> matches =
      forms == nullptr ? matches_of(query.text, page) : matches_of(with_forms(query.text, *forms), page);
  std::sort(matches.begin(), matches.end(), before);
  matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
  return matches;
}

std::vector<WordIndex> words_of_matches(std::span<const Match> matches) {
  std::vector<WordIndex> marked;
  for (const Match& match : matches) {
    for (std::uint32_t word = match.range.first.value(); word <= match.range.last.value(); ++word) {
      marked.emplace_back(word);
    }
  }
  std::sort(marked.begin(), marked.end());
  marked.erase(std::unique(marked.begin(), marked.end()), marked.end());
  return marked;
}

std::vector<WordRange> runs_of_matches(std::span<const Match> matches) {
  std::vector<WordRange> runs;
  for (const Match& match : matches) {
    if (!runs.empty() && match.range.first <= runs.back().last) {
      runs.back().last = std::max(runs.back().last, match.range.last);
    } else {
      runs.push_back(match.range);
    }
  }
  return runs;
}

std::vector<WordIndex> match_words(const Query& query, std::span<const Word> words, const Forms* forms) {
  return words_of_matches(find_matches(query, words, forms));
}

std::optional<WordRange> best_cluster(std::span<const Match> matches) {
  std::optional<WordRange> best;
  std::size_t best_terms = 0;
  std::vector<std::uint32_t> terms;
  for (std::size_t left = 0; left < matches.size(); ++left) {
    WordRange range = matches[left].range;
    terms.clear();
    for (std::size_t right = left; right < matches.size(); ++right) {
      const Match& match = matches[right];
      const std::uint32_t last = std::max(range.last, match.range.last).value();
      if (right > left && last - range.first.value() >= kMaxCluster) break;
      if (std::find(terms.begin(), terms.end(), match.term) != terms.end()) continue;
      terms.push_back(match.term);
      range.last = WordIndex(last);
      const std::uint32_t length = last - range.first.value();
      const bool shorter = best && terms.size() == best_terms && length < best->last.value() - best->first.value();
      if (terms.size() > best_terms || shorter) {
        best = range;
        best_terms = terms.size();
      }
    }
  }
  return best;
}

}  // namespace dragoman::search
