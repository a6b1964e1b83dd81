// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF draws a page in colour. As in mupdf_page.cc, functions with fz_try hold plain data only.
#include <cstring>
#include <limits>

#include "read/mupdf_state.h"

namespace dragoman::read {
namespace {

struct Target {
  fz_rect page;
  int width;
  int height;
};

// Null on failure; drop it.
fz_pixmap* draw(fz_context* ctx, pdf_document* document, int number, const Target* target) {
  pdf_page* page = nullptr;
  fz_pixmap* pixmap = nullptr;
  fz_device* device = nullptr;
  fz_var(page);
  fz_var(pixmap);
  fz_var(device);
  fz_try(ctx) {
    page = pdf_load_page(ctx, document, number);
    // Each side by its own factor: whole pixels then cover the page exactly, and boxes lie where the ink is.
    const fz_matrix ctm = fz_concat(fz_translate(-target->page.x0, -target->page.y0),
                                    fz_scale(static_cast<float>(target->width) / (target->page.x1 - target->page.x0),
                                             static_cast<float>(target->height) / (target->page.y1 - target->page.y0)));
    const fz_irect box = {0, 0, target->width, target->height};
    pixmap = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx), box, nullptr, 0);
    fz_clear_pixmap_with_value(ctx, pixmap, 255);
    device = fz_new_draw_device(ctx, fz_identity, pixmap);
    // What could be drawn before an error is better than nothing.
    fz_try(ctx) {
      pdf_run_page(ctx, page, device, ctm, nullptr);
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

// False when the page cannot be opened.
bool bound(fz_context* ctx, pdf_document* document, int number, fz_rect* bounds) {
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

}  // namespace

Result<Pixels> MupdfDocument::view(const ViewRequest& request) const {
  const std::uint32_t number = request.page.value();
  if (number == 0 || number > state_->pages) return fail(ErrorKind::not_found, "the PDF has no such page");
  fz_context* ctx = state_->context.get();
  fz_rect bounds{};
  if (!bound(ctx, state_->document, static_cast<int>(number) - 1, &bounds)) {
    return fail(ErrorKind::malformed, "the page cannot be opened");
  }
  const double wide = static_cast<double>(bounds.x1 - bounds.x0);
  const double high = static_cast<double>(bounds.y1 - bounds.y0);
  if (!(wide > 0 && high > 0)) return fail(ErrorKind::malformed, "the page has no area");
  const ViewFrame frame = view_frame(wide, high, std::numeric_limits<double>::infinity(), request);
  const Target target{bounds, frame.width, frame.height};
  const auto drop = [ctx](fz_pixmap* pixmap) { fz_drop_pixmap(ctx, pixmap); };
  const std::unique_ptr<fz_pixmap, decltype(drop)> pixmap(
      draw(ctx, state_->document, static_cast<int>(number) - 1, &target), drop);
  if (!pixmap) return fail(ErrorKind::malformed, "the page cannot be drawn");
  Pixels out{frame.width, frame.height, 3, frame.dpi, {}};
  out.bytes.resize(out.row_bytes() * static_cast<std::size_t>(out.height));
  const auto stride = static_cast<std::size_t>(fz_pixmap_stride(ctx, pixmap.get()));
  const unsigned char* samples = fz_pixmap_samples(ctx, pixmap.get());
  for (std::size_t y = 0; y < static_cast<std::size_t>(out.height); ++y) {
    std::memcpy(out.bytes.data() + y * out.row_bytes(), samples + y * stride, out.row_bytes());
  }
  return out;
}

}  // namespace dragoman::read
