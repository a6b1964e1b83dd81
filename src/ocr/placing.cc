// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/placing.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace dragoman::ocr {
namespace {

struct Rect {
  double x = 0;  // middle
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Undoes the small turn about the middle. A level word becomes a sloping one: it keeps its width, and its box
/// grows by the rise along it.
Rect unlevelled(Rect rect, const Frame& frame) {
  if (frame.skew == 0) return rect;
  const double angle = -frame.skew * std::numbers::pi / 180;
  const double dx = rect.x - frame.width / 2.0;
  const double dy = rect.y - frame.height / 2.0;
  rect.x = frame.width / 2.0 + std::cos(angle) * dx - std::sin(angle) * dy;
  rect.y = frame.height / 2.0 + std::sin(angle) * dx + std::cos(angle) * dy;
  rect.height += rect.width * std::abs(std::sin(angle));
  return rect;
}

/// Undoes one clockwise quarter turn; `width` is that of the turned picture.
Rect unturned(const Rect& rect, double width) {
  return Rect{rect.y, width - rect.x, rect.height, rect.width};
}

}  // namespace

Box on_page(const PxBox& box, const Frame& frame, const Picture& given) {
  Rect rect{(box.x0 + box.x1) / 2.0, (box.y0 + box.y1) / 2.0, static_cast<double>(box.width()),
            static_cast<double>(box.height())};
  rect = unlevelled(rect, frame);
  double width = frame.width;
  double height = frame.height;
  for (int turn = 0; turn < frame.quarter_turns; ++turn) {
    rect = unturned(rect, width);
    std::swap(width, height);
  }
  const auto points = [&](double pixels, int limit) {
    return static_cast<float>(given.points(std::clamp(pixels / frame.scale, 0.0, static_cast<double>(limit))));
  };
  return Box{points(rect.x - rect.width / 2, given.width), points(rect.y - rect.height / 2, given.height),
             points(rect.x + rect.width / 2, given.width), points(rect.y + rect.height / 2, given.height)};
}

}  // namespace dragoman::ocr
