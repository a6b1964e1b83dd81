// SPDX-License-Identifier: AGPL-3.0-or-later
// Where things stand on a picture, in pixels.
#pragma once

#include <algorithm>

namespace dragoman::ocr {

/// Half open: x0 <= x < x1, y0 <= y < y1; origin top left.
struct PxBox {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;

  bool operator==(const PxBox&) const = default;
  int width() const { return x1 - x0; }
  int height() const { return y1 - y0; }
  int middle_y() const { return (y0 + y1) / 2; }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
};

inline PxBox joined(const PxBox& a, const PxBox& b) {
  return PxBox{std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

inline PxBox common(const PxBox& a, const PxBox& b) {
  return PxBox{std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

/// Grown by dx and dy on each side, cut to width × height.
inline PxBox grown(const PxBox& box, int dx, int dy, int width, int height) {
  return common(PxBox{box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy}, PxBox{0, 0, width, height});
}

inline PxBox scaled(const PxBox& box, double factor) {
  return PxBox{static_cast<int>(box.x0 * factor), static_cast<int>(box.y0 * factor),
               static_cast<int>(box.x1 * factor + 0.999), static_cast<int>(box.y1 * factor + 0.999)};
}

}  // namespace dragoman::ocr
