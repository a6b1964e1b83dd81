// SPDX-License-Identifier: AGPL-3.0-or-later
// libjpeg: pixels of a JPEG, as much as there is of it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "read/grey.h"
#include "read/pixels.h"

namespace dragoman::read {

struct JpegPixels {
  Grey grey;
  int eighths = 8;       // scale it was decoded at: stored size × eighths / 8
  bool complete = true;  // false: the data end early or are damaged; missing rows are white
};

/// Decodes at the smallest scale n/8 that keeps `least_scale` (0…1) of the resolution, or smaller where the picture
/// would have more than `max_pixels`. `malformed` when no row can be had.
Result<JpegPixels> decode_jpeg(std::string_view bytes, double least_scale, std::uint64_t max_pixels);

/// The same in the file's own channels: grey, or red, green, blue. The resolution of the answer is not set.
Result<Pixels> decode_jpeg_colour(std::string_view bytes, double least_scale, std::uint64_t max_pixels);

}  // namespace dragoman::read
