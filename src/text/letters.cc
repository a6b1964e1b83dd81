// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/letters.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>

namespace dragoman::text {
namespace {

LetterKind slow_kind(char32_t c) {
  const auto code = static_cast<UChar32>(c);
  if (u_isdigit(code)) return LetterKind::digit;
  const auto mask = U_MASK(u_charType(code));
  if ((mask & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0) return LetterKind::none;
  if (u_hasBinaryProperty(code, UCHAR_IDEOGRAPHIC)) return LetterKind::alone;
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(code, &status);
  if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) return LetterKind::alone;
  return LetterKind::letter;
}

}  // namespace

LetterKind letter_kind(char32_t c) {
  static const auto table = [] {
    std::array<LetterKind, 0x800> kinds{};
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = slow_kind(static_cast<char32_t>(i));
    return kinds;
  }();
  return c < table.size() ? table[c] : slow_kind(c);
}

}  // namespace dragoman::text
