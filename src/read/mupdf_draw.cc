// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF puts a page onto pixels. As in mupdf_page.cc, functions with fz_try hold plain data only.
#include "read/mupdf_state.h"

namespace dragoman::read {

fz_page* load_page(fz_context* ctx, fz_document* document, int number) {
  pdf_document* pdf = pdf_document_from_fz_document(ctx, document);
  if (pdf != nullptr) return &pdf_load_page(ctx, pdf, number)->super;
  return fz_load_page(ctx, document, number);
}

bool page_bounds(fz_context* ctx, fz_document* document, int number, fz_rect* bounds) {
  fz_page* page = nullptr;
  int opened = 0;
  fz_var(page);
  fz_var(opened);
  fz_try(ctx) {
    page = load_page(ctx, document, number);
    *bounds = fz_bound_page(ctx, page);
    opened = 1;
  }
  fz_always(ctx) {
    fz_drop_page(ctx, page);
  }
  fz_catch(ctx) {
    opened = 0;
  }
  return opened != 0;
}

fz_pixmap* draw_page(fz_context* ctx, fz_document* document, int number, const Drawing& drawing) {
  fz_page* page = nullptr;
  fz_pixmap* pixmap = nullptr;
  fz_device* device = nullptr;
  fz_var(page);
  fz_var(pixmap);
  fz_var(device);
  fz_try(ctx) {
    page = load_page(ctx, document, number);
    pixmap = fz_new_pixmap_with_bbox(ctx, drawing.colours, drawing.box, nullptr, 0);
    fz_clear_pixmap_with_value(ctx, pixmap, 255);
    device = fz_new_draw_device(ctx, fz_identity, pixmap);
    // What could be drawn before an error is better than nothing.
    fz_try(ctx) {
      fz_run_page(ctx, page, device, drawing.ctm, nullptr);
      fz_close_device(ctx, device);
    }
    fz_catch(ctx) {}
  }
  fz_always(ctx) {
    fz_drop_device(ctx, device);
    fz_drop_page(ctx, page);
  }
  fz_catch(ctx) {
    fz_drop_pixmap(ctx, pixmap);
    pixmap = nullptr;
  }
  return pixmap;
}

}  // namespace dragoman::read
