// SPDX-License-Identifier: AGPL-3.0-or-later
// What the engine's layout lost. Its confidence does not show it: the lines it drops are not in the mean. So the
// ink that no recognised word covers is gathered into rows, and rows that look like writing are read by
// themselves and put where they belong.
#pragma once

#include <vector>

#include "base/result.h"
#include "ocr/engine.h"
#include "ocr/ink.h"

namespace dragoman::ocr {

struct UncoveredRow {
  PxBox box;                 // pixels of the picture that is read
  bool surely_text = false;  // enough parts of a letter's size in a level row: losing it is worth a gap
};

/// Rows of text-like ink outside the boxes of the reading's words, top to bottom. Rules, specks, stamps and
/// pictures are not text-like: a row has at least three parts of a letter's height side by side.
std::vector<UncoveredRow> uncovered_rows(const Ink& ink, const Reading& reading);

/// Reads one row by itself, the words around it painted over: as one line, then without layout. Empty lines when
/// nothing credible came.
Result<Reading> read_row(PIX* grey, const UncoveredRow& row, const Reading& around, Engine& engine);

/// Puts a line found later where it is read: after the line above it in the same column.
void insert_line(Reading& reading, ReadLine line, bool right_to_left);

}  // namespace dragoman::ocr
