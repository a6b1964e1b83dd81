// SPDX-License-Identifier: AGPL-3.0-or-later
// XPS and OpenXPS: printed pages, as PDF, by MuPDF's reading alone.
#include <algorithm>

#include "read/input.h"
#include "read/mupdf_page.h"
#include "read/pdf_words.h"

namespace dragoman::read {
namespace {}  // namespace

Result<ItemState> read_xps(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const Result<MupdfDocument> opened = MupdfDocument::open_xps(mapping.bytes());
  if (!opened || opened->page_count() == 0) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the document holds no page that can be found"));
    return ItemState::failed;
  }
  const std::uint32_t count = std::min(opened->page_count(), input.limits().max_pages);
  Document document;
  document.kind = std::string(input.type.kind);
  document.last_page = PageIndex{count};
  TRY_VOID(sink.record(document));
  ItemState state = ItemState::read;
  for (std::uint32_t number = 1; number <= count; ++number) {
    const Result<PdfInk> ink = opened->ink(number, true);
    if (!ink || ink->damaged) {
      state = ItemState::partial;
      const char* detail = ink ? "drawing the page stopped at an error" : "the page cannot be opened";
      TRY_VOID(send_gap(sink, GapKind::malformed, "page " + std::to_string(number), detail, PageIndex{number}));
    }
    if (!ink) continue;
    Page page = page_of_text(number, *ink, text_of_page(PdfTokens{}, *ink));
    if (document.lang.empty()) document.lang = page.lang;
    TRY_VOID(sink.record(std::move(page)));
  }
  TRY_VOID(sink.record(document));
  if (count == opened->page_count()) return state;
  TRY_VOID(send_gap(sink, GapKind::limit, "page " + std::to_string(count), "later pages were not read"));
  return ItemState::partial;
}

}  // namespace dragoman::read
