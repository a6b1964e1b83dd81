// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/language.h"

#include <cld2/public/compact_lang_det.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/utf8.h"
#include "text/script.h"
#include "text/word_list.h"

namespace dragoman::text {
namespace {

constexpr std::size_t kMinLetters = 8;
constexpr std::size_t kMaxWords = 4'000;
// cld2 is sure after a few hundred bytes; more only takes time.
constexpr std::size_t kMaxBytes = 16'384;
// Share of letters that only one language has: running text of that language has several times as many, and
// names quoted in another one fewer.
constexpr double kOwnLetters = 0.01;

// Letters that tell the languages of the Arabic script apart.
constexpr std::u32string_view kUrdu = U"ٹڈڑںےھہ";
constexpr std::u32string_view kKurdish = U"ڕێۆڵەڤ";
constexpr std::u32string_view kPashto = U"ټډړښۍځڅېګڼ";
constexpr std::u32string_view kUighur = U"ۇۈۋې";
constexpr std::u32string_view kPersian = U"پچژگ";
constexpr std::u32string_view kArabic = U"ةأإؤئٱ";

struct Letters {
  std::size_t all = 0;
  double urdu = 0, kurdish = 0, pashto = 0, uighur = 0, persian = 0, arabic = 0;
};

bool is_one_of(std::u32string_view letters, char32_t c) {
  return letters.find(c) != std::u32string_view::npos;
}

Letters count_letters(std::span<const Word> words) {
  Letters count;
  for (const Word& word : words) {
    for (std::size_t at = 0; at < word.text.size();) {
      const char32_t c = next_codepoint(word.text, at);
      if (script_of(c) != Script::arabic) continue;
      ++count.all;
      count.urdu += is_one_of(kUrdu, c) ? 1 : 0;
      count.kurdish += is_one_of(kKurdish, c) ? 1 : 0;
      count.pashto += is_one_of(kPashto, c) ? 1 : 0;
      count.uighur += is_one_of(kUighur, c) ? 1 : 0;
      count.persian += is_one_of(kPersian, c) ? 1 : 0;
      count.arabic += is_one_of(kArabic, c) ? 1 : 0;
    }
  }
  return count;
}

std::string arabic_script_language(std::span<const Word> words) {
  const Letters count = count_letters(words);
  const double all = static_cast<double>(std::max<std::size_t>(count.all, 1));
  struct Own {
    double share;
    std::string_view lang;
  };
  std::array<Own, 4> own = {
      {{count.kurdish / all, "ckb"}, {count.urdu / all, "ur"}, {count.pashto / all, "ps"}, {count.uighur / all, "ug"}}};
  const auto* most =
      std::max_element(own.begin(), own.end(), [](const Own& a, const Own& b) { return a.share < b.share; });
  if (most->share > kOwnLetters) return std::string(most->lang);
  // Keyboards and OCR mix ي with ی and ك with ک, so these say nothing; words and the other letters decide. A letter
  // counts as much as a word of the list.
  const double persian = sampled_known(words, "fa") + 5 * count.persian / all;
  const double arabic = sampled_known(words, "ar") + 5 * count.arabic / all;
  return persian >= arabic ? "fa" : "ar";
}

std::string by_cld2(std::span<const Word> words) {
  std::string text;
  for (const Word& word : words) {
    if (text.size() + word.text.size() > kMaxBytes) break;
    text += word.text;
    text += ' ';
  }
  bool reliable = false;
  const CLD2::Language language =
      CLD2::DetectLanguage(text.data(), static_cast<int>(text.size()), /*is_plain_text=*/true, &reliable);
  if (!reliable || language == CLD2::UNKNOWN_LANGUAGE) return {};
  const std::string_view code = CLD2::LanguageCode(language);
  if (code == "iw") return "he";
  if (code == "zh-Hant") return "zh";
  if (code == "no") return "nb";
  return std::string(code);
}

std::size_t letters_of(std::span<const Word> words, Script script) {
  std::size_t letters = 0;
  for (const Word& word : words) {
    for (std::size_t at = 0; at < word.text.size();) {
      if (script_of(next_codepoint(word.text, at)) == script) ++letters;
    }
  }
  return letters;
}

}  // namespace

std::string language_of(std::span<const Word> words) {
  words = words.first(std::min(words.size(), kMaxWords));
  const Script script = main_script(words);
  if (script == Script::none || letters_of(words, script) < kMinLetters) return {};
  if (script == Script::arabic) return arabic_script_language(words);
  // Most Latin pages are English; a list that knows most words is surer than cld2 on names and short pages.
  if (script == Script::latin && sampled_known(words, "en") >= 0.7) return "en";
  std::string found = by_cld2(words);
  if (found.empty() && script == Script::hebrew) return "he";
  if (found.empty() && script == Script::latin && sampled_known(words, "en") >= 0.4) return "en";
  return found;
}

}  // namespace dragoman::text
