// SPDX-License-Identifier: AGPL-3.0-or-later
// From pixels of the turned, levelled and scaled picture that was read back to points of the page as given.
#pragma once

#include "ocr/geometry.h"
#include "record/page.h"

namespace dragoman::ocr {

/// How the picture that was read came from the one given: scaled, then turned clockwise by quarter turns, then by
/// a small angle about its middle.
struct Frame {
  double scale = 1;       // read pixels per given pixel
  int quarter_turns = 0;  // 0…3
  double skew = 0;        // degrees, clockwise
  int width = 0;          // of the picture that was read, pixels
  int height = 0;
};

/// Where a word of the read picture stands on the page as given, in points. The box of a level word that was
/// turned is as wide as the word itself and tall enough for its slope; cut to the page.
Box on_page(const PxBox& box, const Frame& frame, const Picture& given);

}  // namespace dragoman::ocr
