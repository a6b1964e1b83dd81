// SPDX-License-Identifier: AGPL-3.0-or-later
// Words as printed into tokens as searched. A word may give several tokens ("foo-bar"), or none ("—").
// ZWNJ means nothing, and the space between a stem and one of the affixes of docs/folding.md means nothing either:
// the joined form is then a second token at the position of the first word, and every word keeps its number.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strong.h"
#include "record/page.h"

namespace dragoman::text {

struct Token {
  std::string text;     // folded, letters and digits only, at most kMaxTokenBytes
  WordIndex word;       // from 1: the word it begins in
  WordIndex last_word;  // the word it ends in; > word for joined forms over several words
  bool joined = false;  // a second token at the position of the one before it

  bool operator==(const Token&) const = default;
};

/// Longer runs of letters are cut here (at a code point), in pages and queries alike.
inline constexpr std::size_t kMaxTokenBytes = 120;

/// In reading order; joined forms follow the last token of the word they begin at.
std::vector<Token> tokens_of(std::span<const Word> words);

/// A token without its own memory, valid until the Tokeniser is changed.
struct TokenView {
  std::string_view text;
  std::uint32_t word = 1;
  std::uint32_t last_word = 1;
  bool joined = false;
};

/// tokens_of() without an allocation a token: feed the words, then walk the tokens. Reusable after clear().
class Tokeniser {
 public:
  void clear();
  void add_word(std::string_view word);
  std::uint32_t word_count() const { return static_cast<std::uint32_t>(words_.size()); }

  /// Calls `sink(const TokenView&)`, in the order of tokens_of(), until it returns false.
  template <class Sink>
  void walk(Sink&& sink) const {
    for (std::uint32_t at = 0; at < words_.size(); ++at) {
      if (!walk_word(at, sink)) return;
    }
  }

 private:
  enum class Role : std::uint8_t { other, stem, prefix, suffix };
  struct Piece {
    std::uint32_t begin;
    std::uint32_t size;
  };
  struct WordPieces {
    std::uint32_t first = 0;  // into pieces_
    std::uint32_t count = 0;
    Role role = Role::other;
    bool open_left = false;  // nothing but its one token at that end: an affix may be joined there
    bool open_right = false;
  };

  void find_runs();
  std::string_view run_text(std::size_t run) const;
  std::string_view gap_after(std::size_t run) const;
  void cut();
  bool add_initials();
  bool add_plain_word(std::string_view word);
  static Role role_of(std::string_view token);
  void add_piece(std::string_view text);
  /// How many words from `at` on may be joined: 0 or 2…kMaxChain, and with each lower number ≥ `least`.
  std::uint32_t chain_from(std::uint32_t at, std::uint32_t& least) const;
  std::string_view joined(std::uint32_t at, std::uint32_t count) const;

  template <class Sink>
  bool walk_word(std::uint32_t at, Sink&& sink) const {
    const WordPieces& word = words_[at];
    TokenView view{{}, at + 1, at + 1, false};
    for (std::uint32_t i = 0; i < word.count; ++i) {
      const Piece& piece = pieces_[word.first + i];
      view.text = std::string_view(bytes_).substr(piece.begin, piece.size);
      if (!sink(static_cast<const TokenView&>(view))) return false;
    }
    std::uint32_t least = 2;
    const std::uint32_t most = chain_from(at, least);
    for (std::uint32_t count = least; count <= most; ++count) {
      view.text = joined(at, count);
      view.last_word = at + count;
      view.joined = true;
      if (!sink(static_cast<const TokenView&>(view))) return false;
    }
    return true;
  }

  std::string bytes_;   // folded tokens, end to end
  std::string folded_;  // of the word at hand
  std::vector<Piece> runs_;
  std::string merged_;
  std::vector<Piece> pieces_;
  std::vector<WordPieces> words_;
  mutable std::string chain_;
};

/// The two-token spellings of a joined form: "میرود" → {"می", "رود"}; both parts folded. Empty when it holds no
/// affix of the list. Queries use it inside phrases, where the position of the next word matters.
std::vector<std::pair<std::string, std::string>> split_affixes(std::string_view token);

}  // namespace dragoman::text
