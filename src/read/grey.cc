// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/grey.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace dragoman::read {
namespace {

// What one target pixel takes from the source: pixels first … first + weights.size() - 1. Weights are 16.16
// fixed point and add up to 65536.
struct Taps {
  int first = 0;
  std::vector<std::uint32_t> weights;
};

std::vector<Taps> taps_for(int from, int to) {
  std::vector<Taps> all(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    // Shrinking: the source interval that the pixel covers. Growing: the two nearest centres.
    const double width = std::max(1.0, step);
    const double middle = (i + 0.5) * step;
    const double low = std::max(0.0, middle - width / 2);
    const double high = std::min<double>(from, middle + width / 2);
    const int first = std::min(from - 1, static_cast<int>(low));
    const int last = std::min(from - 1, static_cast<int>(std::ceil(high)) - 1);
    Taps& taps = all[static_cast<std::size_t>(i)];
    taps.first = first;
    std::uint32_t sum = 0;
    for (int s = first; s <= std::max(first, last); ++s) {
      const double overlap = std::max(0.0, std::min<double>(high, s + 1) - std::max<double>(low, s));
      taps.weights.push_back(static_cast<std::uint32_t>(std::lround(overlap / (high - low) * 65536)));
      sum += taps.weights.back();
    }
    taps.weights.front() += 65536U - sum;  // wraps around when the sum is above: still exact
  }
  return all;
}

}  // namespace

Grey scaled(const Grey& grey, int width, int height) {
  if (grey.width == width && grey.height == height) return grey;
  const std::vector<Taps> across = taps_for(grey.width, width);
  const std::vector<Taps> down = taps_for(grey.height, height);
  Grey out{width, height,
           std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(grey.width));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0U);
    const Taps& rows = down[static_cast<std::size_t>(y)];
    for (std::size_t k = 0; k < rows.weights.size(); ++k) {
      const std::size_t row = static_cast<std::size_t>(rows.first) + k;
      const std::uint8_t* source = grey.pixels.data() + row * static_cast<std::size_t>(grey.width);
      const std::uint32_t weight = rows.weights[k];
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += weight * source[x];
    }
    std::uint8_t* target = out.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    for (std::size_t x = 0; x < across.size(); ++x) {
      std::uint64_t sum = 0;
      const Taps& taps = across[x];
      for (std::size_t k = 0; k < taps.weights.size(); ++k) {
        sum += std::uint64_t{taps.weights[k]} * sums[static_cast<std::size_t>(taps.first) + k];
      }
      target[x] = static_cast<std::uint8_t>(std::min<std::uint64_t>(255, (sum + (std::uint64_t{1} << 31)) >> 32));
    }
  }
  return out;
}

Grey oriented(Grey grey, int orientation) {
  if (orientation < 2 || orientation > 8) return grey;
  const auto w = static_cast<std::size_t>(grey.width);
  const auto h = static_cast<std::size_t>(grey.height);
  const bool swapped = orientation >= 5;
  Grey out{swapped ? grey.height : grey.width, swapped ? grey.width : grey.height, {}};
  out.pixels.resize(w * h);
  const auto out_w = static_cast<std::size_t>(out.width);
  for (std::size_t y = 0; y < h; ++y) {
    for (std::size_t x = 0; x < w; ++x) {
      const std::size_t mx = w - 1 - x;
      const std::size_t my = h - 1 - y;
      // EXIF 2.32, 4.6.4 A: where row 0 and column 0 of the stored picture are when displayed.
      std::size_t tx = x;
      std::size_t ty = y;
      switch (orientation) {
        case 2: tx = mx; break;
        case 3: tx = mx, ty = my; break;
        case 4: ty = my; break;
        case 5: tx = y, ty = x; break;
        case 6: tx = my, ty = x; break;
        case 7: tx = my, ty = mx; break;
        case 8: tx = y, ty = mx; break;
        default: break;
      }
      out.pixels[ty * out_w + tx] = grey.pixels[y * w + x];
    }
  }
  return out;
}

Picture picture_from(Grey grey, double x_dpi, double y_dpi, double dpi) {
  double target = std::max(x_dpi, y_dpi);
  if (dpi < target * 0.98) target = dpi;
  const auto side = [&](int pixels, double from) {
    return std::abs(from / target - 1) < 0.005 ? pixels
                                               : std::max(1, static_cast<int>(std::lround(pixels * target / from)));
  };
  const int width = side(grey.width, x_dpi);
  const int height = side(grey.height, y_dpi);
  if (width != grey.width || height != grey.height) grey = scaled(grey, width, height);
  Picture picture;
  picture.width = grey.width;
  picture.height = grey.height;
  picture.dpi = target;
  picture.grey = std::move(grey.pixels);
  return picture;
}

}  // namespace dragoman::read
