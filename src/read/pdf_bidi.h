// SPDX-License-Identifier: AGPL-3.0-or-later
// Visual order to reading order on cells: what a glyph shows, one or several code points that stay together.
#pragma once

#include <string>
#include <vector>

namespace dragoman::read {

enum class Direction : unsigned char { left, right, number, joiner, neutral, gap };

struct Cell {
  std::u32string codes;  // empty: a gap between words
  // Along the line, across it (baseline), in points; ordered so that reading Latin goes up.
  float from = 0;
  float to = 0;
  float base = 0;
  float size = 0;
  float top = 0;                         // across: above the baseline
  float bottom = 0;                      // below
  std::size_t index = 0;                 // in the content stream
  Direction direction = Direction::gap;  // how it takes part in ordering; classify() after changing the codes

  bool gap() const { return codes.empty(); }
  float middle() const { return (from + to) / 2; }
};

/// Sets the cell's direction from its codes.
void classify(Cell& cell);

/// More right-to-left letters than others.
bool is_right_to_left(const std::vector<Cell>& cells);

/// `line` in visual order, left to right, becomes reading order. `right_to_left` is the direction of the line.
void to_reading_order(std::vector<Cell>& line, bool right_to_left);

/// Brackets that were stored as they look rather than as what they mean, in lines in reading order, are swapped
/// when that makes more pairs match.
void mend_brackets(std::vector<std::vector<Cell>>& lines);

}  // namespace dragoman::read
