// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures of pages for OCR: grey, at its resolution. For people: page_view.h.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/strong.h"
#include "record/page.h"

namespace dragoman::read {

struct PictureRequest {
  PageIndex page{1};   // of a TIFF: the frame; of other images only 1
  double dpi = 200;    // asked resolution, 20…1200; the picture's own `dpi` says what the pixels are
  bool native = true;  // take a scan's own image where the page is one image, instead of rendering it
};

/// A grey picture of one page as displayed (CropBox, /Rotate, EXIF orientation applied), so that
/// points = pixels × 72 / picture.dpi in the frame of the page's boxes. The kinds: PDF and the images of types.h.
/// Resolution is lowered when the page would exceed limits.max_pixels. Errors: not_found (no such page),
/// unsupported (not a paged format), encrypted, malformed, io.
Result<Picture> picture_of_page(int fd, const PictureRequest& request, const Limits& limits);

/// The same with passwords for encrypted PDFs, tried in order.
Result<Picture> picture_of_page(int fd, const PictureRequest& request, const Limits& limits,
                                const std::vector<std::string>& passwords);

}  // namespace dragoman::read
