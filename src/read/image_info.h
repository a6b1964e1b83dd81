// SPDX-License-Identifier: AGPL-3.0-or-later
// What the header of a picture says: size, resolution, orientation, whether its end is there. No pixel is decoded.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::read {

/// Without a believable resolution (50…1200) pictures count as this (DESIGN.md, page).
inline constexpr double kAssumedDpi = 200;

struct ImageInfo {
  std::uint32_t width = 0;  // pixels as stored
  std::uint32_t height = 0;
  double x_dpi = kAssumedDpi;  // as stored
  double y_dpi = kAssumedDpi;
  int orientation = 1;  // EXIF 1…8
  int bits = 8;         // bits a pixel, all samples together
  bool truncated = false;

  bool turned() const { return orientation >= 5; }
  std::uint64_t pixels() const { return std::uint64_t{width} * height; }
  // Points, as displayed.
  double points_wide() const { return turned() ? height * 72.0 / y_dpi : width * 72.0 / x_dpi; }
  double points_high() const { return turned() ? width * 72.0 / x_dpi : height * 72.0 / y_dpi; }
};

/// The frames of a picture whose type is one of the image rows of types.h; one for all but TIFF and HEIF. At most
/// `most` frames. `malformed` when the header cannot be read.
Result<std::vector<ImageInfo>> image_info(std::string_view bytes, std::string_view mime, std::uint32_t most);

/// HEIC and AVIF.
bool is_heif(std::string_view mime);
/// Pictures whose pixels do not come from Leptonica, libjpeg or libtiff: HEIF, JPEG 2000, JPEG XR, Photoshop, packed
/// and old bitmaps.
bool is_decoded_elsewhere(std::string_view mime, std::string_view bytes);

/// True when the first directory of a TIFF lies beyond the end of the file.
bool tiff_is_cut(std::string_view bytes);

}  // namespace dragoman::read
