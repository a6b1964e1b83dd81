// SPDX-License-Identifier: AGPL-3.0-or-later
// From glyphs to words, by where they stand. Producers write Arabic script in every order there is: Cairo in reading
// order, Chromium and LibreOffice in visual order, one letter or one word at a time. Positions are the one thing
// that all of them get right, so lines are rebuilt from positions: glyphs are sorted along the line and the order of
// reading is recovered by inverting the Unicode bidirectional algorithm (UAX #9) for what occurs in print.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "read/mupdf_page.h"
#include "record/page.h"

namespace dragoman::read {

/// Words in reading order with boxes and breaks. Presentation forms become ordinary letters; white space that
/// another glyph covers (a zero-width non-joiner without a code of its own) becomes U+200C. Columns are told from
/// tables by the length of their lines.
std::vector<Word> words_of_glyphs(std::span<const PdfGlyph> glyphs);

/// The letters of one word or line in visual order, left to right, into reading order.
std::u32string logical_of_visual(std::u32string_view visual);

/// Compatibility forms of Arabic letters and their ligatures (U+FB50…FDFF, U+FE70…FEFF) decomposed, as UTF-8; other
/// code points stay. White space, control and bidi control characters are dropped.
std::string printed_form(std::u32string_view text);

/// Whether there are letters of right-to-left scripts.
bool has_rtl(std::u32string_view text);

}  // namespace dragoman::read
