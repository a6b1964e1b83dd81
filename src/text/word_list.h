// SPDX-License-Identifier: AGPL-3.0-or-later
// The words a language is known by. Whether a PDF's text layer is sound, whether its letters stand in visual order
// and whether OCR went well is judged by how many words of a page are in the list.
//
// The lists are made at build time from Debian's spelling dictionaries (models/) and lie inside the program as
// sorted 32-bit hashes of folded forms: about one unknown word in 5,000 is taken for a known one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "record/page.h"

namespace dragoman::text {

class WordList {
 public:
  /// "fa", "ar", "en"; null for a language without a list. Lives as long as the program.
  static const WordList* find(std::string_view lang);
  /// Whether the list holds the form itself or, for Persian and Arabic, its stem without the commonest affixes.
  bool contains(std::string_view folded_word) const;
  /// Changes with the dictionaries, the rules of expansion and the folding.
  static std::string_view version();
  std::size_t size() const { return hashes_.size(); }

 private:
  WordList(std::string_view lang, std::span<const std::uint32_t> hashes) : lang_(lang), hashes_(hashes) {}
  bool holds(std::string_view folded_word) const;
  bool holds_stem(std::string_view word, std::span<const std::string_view> before,
                  std::span<const std::string_view> after) const;
  std::string_view lang_;
  std::span<const std::uint32_t> hashes_;
};

/// Shares 0…1 of the words that have at least two letters and no digits; both 0 when there are none.
struct WordScore {
  double known = 0;
  double known_reversed = 0;  // with the letters of each word in reverse: high for text in visual order
  std::size_t words = 0;      // how many were looked at
};

/// `lang` without a list: all zero but `words`.
WordScore score_words(std::span<const Word> words, std::string_view lang);

/// `known` of at most kSampledWords of the words, spread over all of them: looking words up is a good part of the time
/// that reading a page takes.
double sampled_known(std::span<const Word> words, std::string_view lang);
constexpr std::size_t kSampledWords = 120;

}  // namespace dragoman::text
