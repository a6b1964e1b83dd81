// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/upright.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace dragoman::ocr {
namespace {

constexpr int kBand = 96;  // pixels of the half-scale picture: about an inch, a multiple of the 32-bit word

/// Sum over bands of the squared differences between neighbouring rows' ink.
double row_sharpness(PIX* ink) {
  const int height = pixGetHeight(ink);
  const int words = pixGetWpl(ink);
  const l_uint32* data = pixGetData(ink);
  double sharpness = 0;
  for (int first = 0; first < words; first += kBand / 32) {
    const int last = std::min(first + kBand / 32, words);
    int before = 0;
    for (int y = 0; y < height; ++y) {
      const l_uint32* line = data + static_cast<std::ptrdiff_t>(y) * words;
      int count = 0;
      for (int word = first; word < last; ++word) count += std::popcount(line[word]);
      const double difference = count - before;
      sharpness += difference * difference;
      before = count;
    }
  }
  return sharpness;
}

}  // namespace

bool lies_on_its_side(PIX* ink) {
  const PixPtr side(pixRotate90(ink, 1));
  if (!side) return false;
  // Upright text of any script gives a ratio of 2 to 6; only a clear case turns a page.
  return row_sharpness(side.get()) > 1.5 * row_sharpness(ink);
}

double skew_of(PIX* ink) {
  l_float32 angle = 0;
  l_float32 confidence = 0;
  if (pixFindSkewSweepAndSearch(ink, &angle, &confidence, 4, 1, 5.0F, 1.0F, 0.02F) != 0) return 0;
  // Leptonica: below 3 the angle is not to be trusted.
  return confidence < 3.0F ? 0 : static_cast<double>(angle);
}

}  // namespace dragoman::ocr
