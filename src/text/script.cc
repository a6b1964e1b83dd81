// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/script.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>

#include "base/utf8.h"

namespace dragoman::text {
namespace {

constexpr std::size_t kScripts = 7;

Script slow_script(char32_t c) {
  const auto code = static_cast<UChar32>(c);
  if (!u_isalpha(code)) return Script::none;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(code, &status)) {
    case USCRIPT_LATIN: return Script::latin;
    case USCRIPT_ARABIC: return Script::arabic;
    case USCRIPT_HEBREW: return Script::hebrew;
    case USCRIPT_CYRILLIC: return Script::cyrillic;
    case USCRIPT_GREEK: return Script::greek;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED: return Script::none;
    default: return Script::other;
  }
}

}  // namespace

Script script_of(char32_t c) {
  static const auto table = [] {
    std::array<Script, 0x800> scripts{};
    for (std::size_t i = 0; i < scripts.size(); ++i) scripts[i] = slow_script(static_cast<char32_t>(i));
    return scripts;
  }();
  return c < table.size() ? table[c] : slow_script(c);
}

Script main_script(std::span<const Word> words) {
  std::array<std::size_t, kScripts> counts{};
  std::array<std::size_t, kScripts> first_at{};
  std::size_t letters = 0;
  for (const Word& word : words) {
    for (std::size_t at = 0; at < word.text.size();) {
      const Script script = script_of(next_codepoint(word.text, at));
      if (script == Script::none) continue;
      const auto index = static_cast<std::size_t>(script);
      if (counts[index]++ == 0) first_at[index] = letters;
      ++letters;
    }
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < kScripts; ++i) {
    const bool earlier = counts[i] == counts[best] && first_at[i] < first_at[best];
    if (counts[i] > counts[best] || (counts[i] > 0 && earlier)) best = i;
  }
  return counts[best] == 0 ? Script::none : static_cast<Script>(best);
}

std::string_view to_string(Script script) {
  switch (script) {
    case Script::none: return "none";
    case Script::latin: return "latin";
    case Script::arabic: return "arabic";
    case Script::hebrew: return "hebrew";
    case Script::cyrillic: return "cyrillic";
    case Script::greek: return "greek";
    case Script::other: return "other";
  }
  return "none";
}

}  // namespace dragoman::text
