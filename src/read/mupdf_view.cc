// SPDX-License-Identifier: AGPL-3.0-or-later
// A page in colour, as wide as it is asked for.
#include <cstring>
#include <limits>

#include "read/mupdf_state.h"

namespace dragoman::read {

Result<Pixels> MupdfDocument::view(const ViewRequest& request) const {
  const std::uint32_t number = request.page.value();
  if (number == 0 || number > state_->pages) return fail(ErrorKind::not_found, "the PDF has no such page");
  fz_context* ctx = state_->context.get();
  fz_rect bounds{};
  if (!page_bounds(ctx, state_->document, static_cast<int>(number) - 1, &bounds)) {
    return fail(ErrorKind::malformed, "the page cannot be opened");
  }
  const double wide = static_cast<double>(bounds.x1 - bounds.x0);
  const double high = static_cast<double>(bounds.y1 - bounds.y0);
  if (!(wide > 0 && high > 0)) return fail(ErrorKind::malformed, "the page has no area");
  const ViewFrame frame = view_frame(wide, high, std::numeric_limits<double>::infinity(), request);
  // Each side by its own factor: whole pixels then cover the page exactly, and boxes lie where the ink is.
  const fz_matrix scale = fz_scale(static_cast<float>(frame.width / wide), static_cast<float>(frame.height / high));
  const fz_matrix ctm = fz_concat(fz_translate(-bounds.x0, -bounds.y0), scale);
  const Drawing drawing{fz_device_rgb(ctx), ctm, {0, 0, frame.width, frame.height}};
  const auto drop = [ctx](fz_pixmap* pixmap) { fz_drop_pixmap(ctx, pixmap); };
  const std::unique_ptr<fz_pixmap, decltype(drop)> pixmap(
      draw_page(ctx, state_->document, static_cast<int>(number) - 1, drawing), drop);
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
