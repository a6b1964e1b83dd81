// SPDX-License-Identifier: AGPL-3.0-or-later
// Dispatches a view of a page to the reader of the format.
#include "read/page_view.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "read/djvu_picture.h"
#include "read/image_picture.h"
#include "read/input.h"
#include "read/mupdf_page.h"
#include "read/types.h"

namespace dragoman::read {
namespace {

// JPEG ends at 65,500 pixels a side; browsers grow slow long before.
constexpr double kMostSide = 30'000;

}  // namespace

ViewFrame view_frame(double wide, double high, double own_dpi, const ViewRequest& request) {
  const auto most_pixels = static_cast<double>(std::max<std::uint64_t>(1, request.max_pixels));
  double dpi = std::min({request.width * 72.0 / wide, kMostSide * 72.0 / high, request.most_dpi, own_dpi});
  const double pixels = wide * high * dpi * dpi / (72.0 * 72.0);
  if (pixels > most_pixels) dpi *= std::sqrt(most_pixels / pixels);
  ViewFrame frame;
  frame.dpi = dpi;
  frame.width = static_cast<int>(std::clamp(std::round(wide * dpi / 72), 1.0, static_cast<double>(request.width)));
  frame.height = static_cast<int>(
      std::clamp(std::round(high * dpi / 72), 1.0, std::max(1.0, std::floor(most_pixels / frame.width))));
  return frame;
}

Result<Pixels> view_of_page(int fd, const ViewRequest& request, const Limits& limits) {
  const auto [found, size] = TRY(type_of_file(fd));
  const Type& type = *found;
  const bool paged = type.reader == ReaderKind::pdf || type.reader == ReaderKind::image ||
                     type.reader == ReaderKind::djvu || type.reader == ReaderKind::xps;
  if (!paged) return fail(ErrorKind::unsupported, "only printed formats and pictures have pages to look at");
  const Mapping mapping = TRY(Mapping::of(fd, size));
  warm_up_images();
  if (type.reader == ReaderKind::image) return image_view(mapping.bytes(), type.mime, request, limits);
  if (type.reader == ReaderKind::djvu) return djvu_view(mapping.bytes(), request, limits);
  const MupdfDocument document = type.reader == ReaderKind::pdf ? TRY(MupdfDocument::open(mapping.bytes(), {}))
                                                                : TRY(MupdfDocument::open_xps(mapping.bytes()));
  Pixels view = TRY(document.view(request));
  return has_colour(view) ? view : without_colour(std::move(view));
}

}  // namespace dragoman::read
