// SPDX-License-Identifier: AGPL-3.0-or-later
// Rectangles in points, origin top left, y down.
#pragma once

#include <algorithm>
#include <limits>

namespace dragoman::sample {

struct Point {
  double x = 0;
  double y = 0;
};

struct Rect {
  double x0 = std::numeric_limits<double>::infinity();  // a new Rect is empty and can be grown
  double y0 = std::numeric_limits<double>::infinity();
  double x1 = -std::numeric_limits<double>::infinity();
  double y1 = -std::numeric_limits<double>::infinity();

  bool empty() const { return x1 <= x0 || y1 <= y0; }
  void add(Point p) {
    x0 = std::min(x0, p.x);
    y0 = std::min(y0, p.y);
    x1 = std::max(x1, p.x);
    y1 = std::max(y1, p.y);
  }
  void add(const Rect& r) {
    if (r.empty()) return;
    add(Point{r.x0, r.y0});
    add(Point{r.x1, r.y1});
  }
  bool meets(const Rect& r) const { return x0 < r.x1 && r.x0 < x1 && y0 < r.y1 && r.y0 < y1; }
};

}  // namespace dragoman::sample
