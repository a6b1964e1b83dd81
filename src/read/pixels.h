// SPDX-License-Identifier: AGPL-3.0-or-later
// Pixels for people: grey or colour. (OCR works on Picture, record/page.h, which is always grey.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "read/grey.h"

namespace dragoman::read {

/// Rows without padding, `channels` bytes a pixel: 1 = grey (0 black), 3 = red, green, blue.
struct Pixels {
  int width = 0;
  int height = 0;
  int channels = 1;
  double dpi = 200;  // points = pixels × 72 / dpi, to within the rounding of width and height to whole pixels
  std::vector<std::uint8_t> bytes;

  std::size_t row_bytes() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
};

/// Whether so much of a picture is coloured that a person sees it; the tint of a scanner's lamp or of JPEG is not.
bool has_colour(const Pixels& pixels);

/// Grey by the luma of BT.601; grey pixels unchanged.
Pixels without_colour(Pixels pixels);

/// One plane a channel, and back. Planes of equal size; 1 or 3 of them.
std::vector<Grey> planes_of(const Pixels& pixels);
Pixels pixels_of(const std::vector<Grey>& planes, double dpi);

/// 8-bit PNG with the resolution noted: `levels` 256, or 16 for grey pixels (4 bits a pixel, which keeps the edges of
/// letters as smooth as they look).
Result<std::string> png_of(const Pixels& pixels, int levels = 256);

/// `quality` 1…100; chroma is not subsampled: stamps and markings keep their edges.
Result<std::string> jpeg_of(const Pixels& pixels, int quality);

}  // namespace dragoman::read
