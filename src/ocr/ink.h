// SPDX-License-Identifier: AGPL-3.0-or-later
// What the ink of a page looks like before anything is read: its parts, the height of its letters, the strips on
// which language and orientation are tried, and which script it seems to be.
#pragma once

#include <vector>

#include "ocr/geometry.h"
#include "ocr/leptonica.h"
#include "text/script.h"

namespace dragoman::ocr {

struct Ink {
  PixPtr pix;                // 1 bpp, half scale of the picture that is read
  std::vector<PxBox> parts;  // connected parts of a letter's size, pixels of `pix`
  int letter = 0;            // median height of the parts; 0: no part at all
  bool blank() const { return parts.empty(); }
};

/// The bounding boxes of a binary picture's connected components (8 neighbours); empty when there are none.
std::vector<PxBox> component_boxes(PIX* pix);

/// Takes `pix` (sheet.h, ink_of) and finds its parts.
Ink ink_from(PixPtr pix);

/// Where whole lines of writing seem to stand, longest first, at most `count`; pixels of ink.pix. Blobs as tall as
/// three lines or more are left out.
std::vector<PxBox> line_strips(const Ink& ink, std::size_t count);

/// Latin or Arabic by the look of the ink, none when it could be either. Right-to-left scripts join their letters:
/// long level strokes on one line, and dots apart.
text::Script look_of(const Ink& ink);

}  // namespace dragoman::ocr
