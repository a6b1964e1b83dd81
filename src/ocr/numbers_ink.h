// SPDX-License-Identifier: AGPL-3.0-or-later
// The ink of one line of a sheet taken apart for the reading of digits: parts that hang together, parts that stand
// above each other as one group, and where the line stands. models/train_digits.py does the same: keep in step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ocr/geometry.h"
#include "ocr/leptonica.h"

namespace dragoman::ocr {

/// Ink that is one glyph, or some letters that are joined: a part, with all that stands above or below it.
struct InkGroup {
  PxBox box;  // pixels of the sheet
  std::vector<std::int32_t> labels;
};

struct LineInk {
  PxBox area;                        // what was looked at, cut to the sheet
  std::vector<std::uint8_t> grey;    // rows of area, without padding
  std::vector<std::int32_t> labels;  // of each pixel: 0 paper, else the part it belongs to
  std::vector<InkGroup> groups;      // from left to right

  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y - area.y0) * static_cast<std::size_t>(area.width()) +
           static_cast<std::size_t>(x - area.x0);
  }
};

/// Looks at `area` of a sheet (8 bpp, as Sheet::grey). Parts whose middle is not within `body`'s rows belong to the
/// lines around and are left out, and so are specks of less than four pixels. No groups if the area is empty.
LineInk ink_of_line(PIX* grey, const PxBox& area, const PxBox& body);

/// The two sides of a group cut before column `x`, each as tall as its own ink; empty boxes where there is none.
std::pair<InkGroup, InkGroup> cut_group(const LineInk& ink, const InkGroup& group, int x);
/// The columns where a group is easiest to cut, the easiest first: local minima of its ink, at most `most`.
std::vector<int> cuts_of(const LineInk& ink, const InkGroup& group, std::size_t most);

/// Where the letters of a line stand and how high its tallest are, in pixels.
struct LineShape {
  double foot = 0;  // y below the letters that stand on the line
  double height = 1;
};

/// From letters: `words` are groups of ink of running text, not empty.
LineShape shape_of_words(const LineInk& ink, const std::vector<const InkGroup*>& words);
/// From the numbers themselves, where nothing else stands on the line. Not empty.
LineShape shape_of_numbers(const std::vector<const InkGroup*>& groups);

}  // namespace dragoman::ocr
