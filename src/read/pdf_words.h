// SPDX-License-Identifier: AGPL-3.0-or-later
// Words of a PDF page from two engines. poppler knows what the producer said the text is (ActualText, ZWNJ, which
// digits); MuPDF knows which glyph stands where. Measured figures are in docs/formats.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "read/mupdf_page.h"
#include "read/poppler_page.h"
#include "record/page.h"

namespace dragoman::read {

/// Share 0…1 of letters in right-to-left scripts.
double rtl_share(std::span<const PdfToken> tokens);

/// poppler's words in poppler's order; lines of right-to-left script are turned into reading order. Each bidi
/// control is a word boundary; pieces of one word (a change of font) are joined.
std::vector<Word> words_of_tokens(std::span<const PdfToken> tokens);

/// MuPDF's words with poppler's wording where both stand at the same place and say the same after folding
/// (then poppler's has ZWNJ and the right digits), or where only poppler's is a known word of `lang`.
std::vector<Word> refined(std::vector<Word> words, std::span<const PdfToken> tokens, const std::string& lang);

struct PdfText {
  std::vector<Word> words;
  std::string engine;
  std::string lang;
  float quality = 0;  // share of known words
};

/// poppler's reading alone, when it is good enough: left-to-right text of known words. Else nothing: look at the ink.
std::optional<PdfText> text_of_tokens(const PdfTokens& tokens);

/// The better of what the two engines make of one page.
PdfText text_of_page(const PdfTokens& tokens, const PdfInk& ink);

/// The page that has this ink and this text.
Page page_of_text(std::uint32_t number, const PdfInk& ink, PdfText text);

}  // namespace dragoman::read
