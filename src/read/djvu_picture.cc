// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/djvu_picture.h"

#include <algorithm>
#include <cmath>

#include "read/djvu_file.h"

namespace dragoman::read {
namespace {

// What is decoded whole: the foreground at full size, and the background.
bool too_large(const DjvuPage& page, const Limits& limits) {
  return static_cast<std::uint64_t>(page.width) * static_cast<std::uint64_t>(page.height) > limits.max_pixels;
}

}  // namespace

Result<Picture> djvu_picture(std::string_view bytes, const PictureRequest& request, const Limits& limits) {
  const DjvuDocument document = TRY(DjvuDocument::open(bytes));
  const DjvuPage page = TRY(document.page(request.page.value()));
  if (too_large(page, limits)) return fail(ErrorKind::limit, "the picture has more pixels than the limit");
  const double scale = std::min(1.0, request.dpi / page.dpi);
  const auto pixels = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
  std::vector<Grey> planes = TRY(document.planes(request.page.value(), pixels(page.width), pixels(page.height), false));
  return Picture{planes[0].width, planes[0].height, page.dpi * scale, std::move(planes[0].pixels)};
}

Result<Pixels> djvu_view(std::string_view bytes, const ViewRequest& request, const Limits& limits) {
  const DjvuDocument document = TRY(DjvuDocument::open(bytes));
  const DjvuPage page = TRY(document.page(request.page.value()));
  if (too_large(page, limits)) return fail(ErrorKind::limit, "the picture has more pixels than the limit");
  const ViewFrame frame = view_frame(page.width * 72.0 / page.dpi, page.height * 72.0 / page.dpi, page.dpi, request);
  const std::vector<Grey> planes = TRY(document.planes(request.page.value(), frame.width, frame.height, true));
  Pixels view = pixels_of(planes, frame.dpi);
  return has_colour(view) ? view : without_colour(std::move(view));
}

}  // namespace dragoman::read
