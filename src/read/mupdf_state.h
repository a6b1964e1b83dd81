// SPDX-License-Identifier: AGPL-3.0-or-later
// What a MupdfDocument holds: for the files that speak to MuPDF, nobody else.
#pragma once

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "read/mupdf_page.h"

namespace dragoman::read {

struct MupdfDocument::State {
  // Decoded fonts and pictures that MuPDF keeps for the next page.
  static constexpr std::size_t kStoreBytes = std::size_t{64} << 20;
  struct ContextDrop {
    void operator()(fz_context* ctx) const { fz_drop_context(ctx); }
  };

  std::unique_ptr<fz_context, ContextDrop> context;
  fz_document* document = nullptr;
  std::uint32_t pages = 0;
  bool repaired = false;
  std::vector<int> hidden_layers;  // numbers of layers that are off when the document is opened

  State() : context(fz_new_context(nullptr, nullptr, kStoreBytes)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (document != nullptr) fz_drop_document(context.get(), document);
  }
};

/// How a page is put onto pixels.
struct Drawing {
  fz_colorspace* colours;  // borrowed
  fz_matrix ctm;
  fz_irect box;  // in pixels
};
/// Null on failure. The pixmap is the caller's to drop.
fz_pixmap* draw_page(fz_context* ctx, fz_document* document, int number, const Drawing& drawing);
/// A page from 0, to be dropped. Throws MuPDF's exceptions: only inside fz_try.
fz_page* load_page(fz_context* ctx, fz_document* document, int number);
/// In points. False when the page cannot be opened.
bool page_bounds(fz_context* ctx, fz_document* document, int number, fz_rect* bounds);

}  // namespace dragoman::read
