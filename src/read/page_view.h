// SPDX-License-Identifier: AGPL-3.0-or-later
// A page as a person looks at it: in colour where it has colour, as wide as a screen wants it.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/result.h"
#include "base/strong.h"
#include "read/pixels.h"

namespace dragoman::read {

struct ViewRequest {
  PageIndex page{1};             // of a TIFF: the frame; of other images only 1
  int width = 1200;              // pixels, ≥ 1: as wide, unless one of the two others asks for less
  double most_dpi = 600;         // > 0
  std::uint64_t max_pixels = 0;  // ≥ 1
};

/// The size in pixels of a view of a page of `wide` × `high` points (> 0) whose own resolution is `own_dpi`.
struct ViewFrame {
  int width = 1;
  int height = 1;
  double dpi = 72;
};
ViewFrame view_frame(double wide, double high, double own_dpi, const ViewRequest& request);

/// One page as displayed (CropBox, /Rotate, EXIF orientation applied), the whole of it and nothing else: a point
/// (x, y) of the page's boxes lies at pixel (x × width / page width, y × height / page height). Pictures are not made
/// larger than they are. Grey when there is no colour to see. PDFs that need a password are `encrypted`. Other errors:
/// not_found (no such page), unsupported (not a paged format), malformed, limit, io.
Result<Pixels> view_of_page(int fd, const ViewRequest& request, const Limits& limits);

}  // namespace dragoman::read
