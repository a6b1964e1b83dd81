// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/word_list.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "text/letters.h"
#include "text/tokens.h"
#include "text/word_data.h"
#include "text/word_hash.h"

namespace dragoman::text {
namespace {

// What is written onto Arabic words, folded, and onto Persian ones. Longest first, so that the stem left is shortest
// last: the first stem that the list holds decides.
constexpr std::array<std::string_view, 20> kArabicBefore = {"وبال", "فبال", "وکال", "وال", "فال", "بال", "کال",
                                                            "ولل",  "فلل",  "لل",   "ال",  "وب",  "ول",  "وس",
                                                            "و",    "ف",    "ب",    "ل",   "ک",   "س"};
constexpr std::array<std::string_view, 26> kArabicAfter = {"هما", "کما", "تها", "تهم", "تین", "ته", "تنا", "ها", "هم",
                                                           "هن",  "کم",  "نا",  "نی",  "ات",  "ون", "ین",  "ان", "یه",
                                                           "تا",  "وا",  "ه",   "ک",   "ی",   "ا",  "ت",   "و"};
constexpr std::array<std::string_view, 5> kPersianBefore = {"نمی", "می", "بی", "ن", "ب"};
constexpr std::array<std::string_view, 27> kPersianAfter = {
    "هایمان", "هایتان", "هایشان", "هایی", "هایم", "هایت", "هایش", "های", "ها",  "ترین", "تری", "تر", "مان", "تان",
    "شان",    "ان",     "ات",     "ام",   "اش",   "ای",   "ایم",  "اید", "اند", "ی",    "م",   "ش",  "ت"};
// A stem of fewer letters says nothing: reversed words would find one too.
constexpr std::size_t kMinStemBytes = 6;

}  // namespace

const WordList* WordList::find(std::string_view lang) {
  static const std::array<WordList, 3> lists = {
      WordList("fa", {dragoman_words_fa, dragoman_words_fa_end}),
      WordList("ar", {dragoman_words_ar, dragoman_words_ar_end}),
      WordList("en", {dragoman_words_en, dragoman_words_en_end}),
  };
  for (const WordList& list : lists) {
    if (list.lang_ == lang) return &list;
  }
  return nullptr;
}

std::string_view WordList::version() {
  return kWordListVersion;
}

bool WordList::holds(std::string_view folded_word) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), word_hash(folded_word));
}

bool WordList::holds_stem(std::string_view word, std::span<const std::string_view> before,
                          std::span<const std::string_view> after) const {
  for (std::string_view suffix : after) {
    if (word.ends_with(suffix) && word.size() >= suffix.size() + kMinStemBytes &&
        holds(word.substr(0, word.size() - suffix.size()))) {
      return true;
    }
  }
  for (std::string_view prefix : before) {
    if (!word.starts_with(prefix) || word.size() < prefix.size() + kMinStemBytes) continue;
    const std::string_view rest = word.substr(prefix.size());
    if (holds(rest) || (!after.empty() && holds_stem(rest, {}, after))) return true;
  }
  return false;
}

bool WordList::contains(std::string_view folded_word) const {
  if (holds(folded_word)) return true;
  if (lang_ == "ar") return holds_stem(folded_word, kArabicBefore, kArabicAfter);
  if (lang_ == "fa") return holds_stem(folded_word, kPersianBefore, kPersianAfter);
  return false;
}

namespace {

std::string reversed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80) --begin;
    out.append(text.substr(begin, end - begin));
    end = begin;
  }
  return out;
}

bool is_scored(std::string_view token) {
  std::size_t letters = 0;
  for (std::size_t at = 0; at < token.size(); ++letters) {
    if (letter_kind(next_codepoint(token, at)) != LetterKind::letter) return false;
  }
  return letters >= 2;
}

void walk_scored(const Tokeniser& tokeniser, const auto& eat) {
  tokeniser.walk([&eat](const TokenView& token) {
    if (!token.joined && is_scored(token.text)) eat(token.text);
    return true;
  });
}

}  // namespace

WordScore score_words(std::span<const Word> words, std::string_view lang) {
  const WordList* list = WordList::find(lang);
  Tokeniser tokeniser;
  for (const Word& word : words) tokeniser.add_word(word.text);
  WordScore score;
  std::size_t known = 0;
  std::size_t known_reversed = 0;
  walk_scored(tokeniser, [&](std::string_view token) {
    ++score.words;
    if (list == nullptr) return;
    if (list->contains(token)) ++known;
    if (list->contains(reversed(token))) ++known_reversed;
  });
  if (score.words > 0) {
    score.known = static_cast<double>(known) / static_cast<double>(score.words);
    score.known_reversed = static_cast<double>(known_reversed) / static_cast<double>(score.words);
  }
  return score;
}

double sampled_known(std::span<const Word> words, std::string_view lang) {
  const WordList* list = WordList::find(lang);
  if (list == nullptr) return 0;
  Tokeniser tokeniser;
  const std::size_t looked_at = std::min(words.size(), kSampledWords);
  for (std::size_t i = 0; i < looked_at; ++i) tokeniser.add_word(words[i * words.size() / looked_at].text);
  std::size_t scored = 0;
  std::size_t known = 0;
  walk_scored(tokeniser, [&](std::string_view token) {
    ++scored;
    if (list->contains(token)) ++known;
  });
  return scored == 0 ? 0 : static_cast<double>(known) / static_cast<double>(scored);
}

}  // namespace dragoman::text
