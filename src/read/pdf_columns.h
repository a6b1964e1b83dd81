// SPDX-License-Identifier: AGPL-3.0-or-later
// Reading order of lines on a page with columns.
#pragma once

#include <vector>

#include "read/pdf_bidi.h"

namespace dragoman::read {

/// Lines top to bottom, cells left to right, become lines in reading order: where a page has columns of running text
/// (long lines on both sides of an empty gutter, at least three of them) the lines are cut there, and columns are read
/// from the side the script begins at. Rows of tables stay rows.
std::vector<std::vector<Cell>> in_reading_order(std::vector<std::vector<Cell>> lines);

}  // namespace dragoman::read
