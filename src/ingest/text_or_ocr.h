// SPDX-License-Identifier: AGPL-3.0-or-later
// The one place that decides whether a page's text layer can be believed.
#pragma once

#include "record/page.h"

namespace dragoman::ingest {

enum class PageChoice : std::uint8_t {
  text,    // the words the reader found are the page
  ocr,     // there are none: recognise the picture
  better,  // they look wrong: recognise the picture and take what reads better
  both,    // they are right, but the page also shows pictures that may hold words
};

/// Decides from the page's size, words, `quality`, `picture_cover` and `has_ink` alone.
PageChoice choose(const Page& page);

/// What a page is after OCR: `ocr` itself; the one of which a word list knows more; or the text layer with the
/// words that OCR found where it has none.
Page bring_together(PageChoice choice, Page text_layer, Page ocr);

}  // namespace dragoman::ingest
