// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF puts a page onto pixels. As in mupdf_page.cc, functions with fz_try hold plain data only.
#include "read/mupdf_state.h"

namespace dragoman::read {

bool page_bounds(fz_context* ctx, pdf_document* document, int number, fz_rect* bounds) {
  pdf_page* page = nullptr;
  int opened = 0;
  fz_var(page);
  fz_var(opened);
  fz_try(ctx) {
    page = pdf_load_page(ctx, document, number);
    *bounds = pdf_bound_page(ctx, page);
    opened = 1;
  }
  fz_always(ctx) {
    if (page != nullptr) fz_drop_page(ctx, &page->super);
  }
  fz_catch(ctx) {
    opened = 0;
  }
  return opened != 0;
}

fz_pixmap* draw_page(fz_context* ctx, pdf_document* document, int number, const Drawing& drawing) {
  pdf_page* page = nullptr;
  fz_pixmap* pixmap = nullptr;
  fz_device* device = nullptr;
  fz_var(page);
  fz_var(pixmap);
  fz_var(device);
  fz_try(ctx) {
    page = pdf_load_page(ctx, document, number);
    pixmap = fz_new_pixmap_with_bbox(ctx, drawing.colours, drawing.box, nullptr, 0);
    fz_clear_pixmap_with_value(ctx, pixmap, 255);
    device = fz_new_draw_device(ctx, fz_identity, pixmap);
    // What could be drawn before an error is better than nothing.
    fz_try(ctx) {
      pdf_run_page(ctx, page, device, drawing.ctm, nullptr);
      fz_close_device(ctx, device);
    }
    fz_catch(ctx) {}
  }
  fz_always(ctx) {
    fz_drop_device(ctx, device);
    if (page != nullptr) fz_drop_page(ctx, &page->super);
  }
  fz_catch(ctx) {
    fz_drop_pixmap(ctx, pixmap);
    pixmap = nullptr;
  }
  return pixmap;
}

}  // namespace dragoman::read
