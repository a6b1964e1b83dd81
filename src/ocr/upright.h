// SPDX-License-Identifier: AGPL-3.0-or-later
// Which way up a page stands and how far it leans, from the small picture of its ink.
#pragma once

#include "ocr/leptonica.h"

namespace dragoman::ocr {

/// Whether lines of writing run down the picture instead of across (the page lies on its side). Compares how
/// sharply ink gathers in rows and in columns, in bands of one inch so that skew does not blur it.
bool lies_on_its_side(PIX* ink);

/// Degrees by which the picture must be turned clockwise to make its lines level; 0 when none is found with
/// confidence. Finds ±5°. Leptonica's sweep over differential line sums.
double skew_of(PIX* ink);

}  // namespace dragoman::ocr
