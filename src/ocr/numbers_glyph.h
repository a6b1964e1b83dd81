// SPDX-License-Identifier: AGPL-3.0-or-later
// Reads one glyph of an Arabic-Indic number. Tesseract's Arabic model has never seen these digits (it says 11."ا for
// ٢٠١٢); a small network of one hidden layer has, in the faces that models/digits.md lists, which also tells how it
// was trained and how often it is right.
#pragma once

#include "ocr/numbers_ink.h"

namespace dragoman::ocr {

struct Glyph {
  char32_t c = 0;   // the likeliest of ٠…٩, ۴ ۵ ۶ where the shape is the Persian one, / . , - : ( ) ٪
  float conf = 0;   // 0…1; near 0 where it is none of them
  float among = 0;  // 0…1; the same if it is known to be one of them
};

constexpr bool is_indic_digit(char32_t c) {
  return (c >= 0x0660 && c <= 0x0669) || (c >= 0x06F0 && c <= 0x06F9);
}

/// `group` must be one of `ink`'s, or cut from one. A comma of any kind is given as ',', brackets by their shape: '('
/// opens to the right.
Glyph classify_glyph(const LineInk& ink, const InkGroup& group, const LineShape& shape);

}  // namespace dragoman::ocr
