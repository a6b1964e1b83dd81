// SPDX-License-Identifier: AGPL-3.0-or-later
// The engine cuts a line into words by where its network spoke, which is near the ink but not on it: one box takes
// in its short neighbour, another begins in the middle of a letter. Words of a line are parted again at the gaps of
// the ink itself.
#pragma once

#include "ocr/engine.h"

namespace dragoman::ocr {

/// Moves the left and right edges of the words of each line to the widest gap of ink near where the engine put the
/// border of two words, and the outer ones to the ink. Words whose ink overlaps keep their boxes. `grey`: the
/// sheet that was read, level.
void tighten(Reading& reading, PIX* grey);

}  // namespace dragoman::ocr
