// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages, words and where they stand: the shapes that readers, OCR, index and viewers share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/strong.h"

namespace dragoman {

/// A rectangle on a page as displayed: points (1/72 inch), origin top left, y down; x0 <= x1, y0 <= y1.
struct Box {
  float x0 = 0;
  float y0 = 0;
  float x1 = 0;
  float y1 = 0;

  bool operator==(const Box&) const = default;
  float width() const { return x1 - x0; }
  float height() const { return y1 - y0; }
  float middle_y() const { return (y0 + y1) / 2; }
};

/// What stood between a word and the next one.
enum class Break : std::uint8_t { space, line, paragraph, none };

/// One word as printed: valid UTF-8, not empty, no white space, no control or bidi control characters.
/// ZWNJ (U+200C) inside a word is kept: it is part of the spelling.
struct Word {
  std::string text;
  std::optional<Box> box;     // none on reflowable pages
  std::optional<float> conf;  // 0…1, from OCR only
  Break after = Break::space;

  bool operator==(const Word&) const = default;
};

enum class TextSource : std::uint8_t { none, text_layer, ocr, body, human };
std::string_view to_string(TextSource source);

/// One reading of one page. A page of a paged format has a size in points; a reflowable one has 0 × 0 and
/// words without boxes.
struct Page {
  PageIndex number{1};
  // What the page is called where that is more than its number: "iv", "sheet Budget (hidden)", "slide 3, notes",
  // "comments". At most 200 bytes, no control characters.
  std::string label = {};
  double width = 0;   // points, as displayed (after CropBox and /Rotate)
  double height = 0;  // points
  TextSource source = TextSource::none;
  std::string engine;  // "poppler 22.12.0", "tesseract 5.3.0 fas fast", …: at most 200 bytes
  std::string lang;    // ISO 639-1 ("fa", "ar", "en"), empty when unknown
  float quality = 0;   // 0…1: share of words that a word list of `lang` knows, or mean confidence for OCR
  // For paged formats: how far the text layer can be trusted is decided by ingest from these two and `quality`.
  float picture_cover = 0;  // 0…1: share of the page area under pictures
  bool has_ink = false;     // the page draws anything at all (text, lines, pictures)
  std::vector<Word> words;  // in reading order

  bool paged() const { return width > 0 && height > 0; }
};

/// Words joined by what stood between them: the page's text as printed.
std::string text_of(std::span<const Word> words);

/// The SHA-256 of the words joined by LF; its first 12 hex digits are `v` of a citation.
Sha256 version_of(std::span<const Word> words);

/// Any text as a page's label: words separated by one space, cut at a letter to at most 200 bytes.
std::string label_of(std::string_view text);

/// Splits running text at white space into words without boxes; one newline is Break::line, a blank line
/// Break::paragraph. Control and bidi control characters are dropped (they also end a word); U+FFFD stays.
std::vector<Word> words_of(std::string_view text);

/// A grey picture of a page, one byte a pixel, 0 = black, rows without padding.
struct Picture {
  int width = 0;
  int height = 0;
  double dpi = 200;  // pixels per inch: points = pixels × 72 / dpi
  std::vector<std::uint8_t> grey;

  double points(double pixels) const { return pixels * 72.0 / dpi; }
};

}  // namespace dragoman
