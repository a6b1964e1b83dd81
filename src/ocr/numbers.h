// SPDX-License-Identifier: AGPL-3.0-or-later
// Numbers in Arabic-Indic digits, which the engine's model of Arabic cannot read (numbers_glyph.h): they are looked for
// on each line among what it read without letters, or with little confidence, and in ink that it passed over. A number
// is put in only where every part of its ink is a digit or a mark that stands in numbers; else the engine's words
// stay as they are.
#pragma once

#include <cstddef>
#include <string_view>

#include "ocr/engine.h"
#include "ocr/leptonica.h"

namespace dragoman::ocr {

/// Whether numbers must be repaired in what the engine read in this language: "ara". Its model of Persian knows the
/// digits.
bool lacks_indic_digits(std::string_view tesseract_lang);

struct NumberRepair {
  std::size_t replaced = 0;  // numbers put where the engine had read something
  std::size_t added = 0;     // numbers put where it had read nothing
};

/// `reading`: of a page in Arabic script, boxes at the ink (tighten.h); `grey`: the sheet that was read, level. The
/// text of a number is in logical order, its digits as printed (٢٠١٢, or ۲۰۱۴ where a digit has the Persian shape),
/// its box is round its ink and its confidence that of the least sure part. Words of letters that the engine is sure
/// of are never touched.
NumberRepair repair_numbers(Reading& reading, PIX* grey);

}  // namespace dragoman::ocr
