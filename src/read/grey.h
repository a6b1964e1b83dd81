// SPDX-License-Identifier: AGPL-3.0-or-later
// Grey pixels: turned, mirrored, scaled. Pure functions over Picture-like planes.
#pragma once

#include <cstdint>
#include <vector>

#include "record/page.h"

namespace dragoman::read {

/// One byte a pixel, 0 = black, rows without padding.
struct Grey {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // width × height
};

/// As displayed: `orientation` is EXIF's tag 0x0112, 1…8 (anything else: unchanged).
Grey oriented(Grey grey, int orientation);

/// To exactly width × height (≥ 1): area-average where it shrinks, linear where it grows.
Grey scaled(const Grey& grey, int width, int height);

/// From pixels whose resolution may differ in x and y to a picture of one resolution: that of the finer side, or
/// `dpi` where that is more than 2 % lower. dpi values > 0.
Picture picture_from(Grey grey, double x_dpi, double y_dpi, double dpi);

}  // namespace dragoman::read
