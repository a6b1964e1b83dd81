// The one place that decides whether a page's text layer can be believed.
#pragma once

#include "record/page.h"

namespace dragoman::ingest {

enum class PageChoice : std::uint8_t {
  text,  // the words the reader found are the page
  ocr,   // they are not (or there are none): recognise the picture
  both,  // they are right, but the page also shows pictures that may hold words
};

/// Decides from the page's size, words, `quality`, `picture_cover` and `has_ink` alone.
PageChoice choose(const Page& page);

/// The words of a text layer together with those that OCR found where the text layer has none. `added` is false
/// when OCR brought nothing new; then the result equals `text_layer`.
struct Merged {
  Page page;
  bool added = false;
};
Merged merge(const Page& text_layer, const Page& ocr);

}  // namespace dragoman::ingest
