// SPDX-License-Identifier: AGPL-3.0-or-later
// Which language a page is in and whether it stands on its head, by reading a line or two of it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/engine.h"
#include "ocr/ink.h"

namespace dragoman::ocr {

/// How much a reading looks like its language, 0…1: the engine's confidence, weighed with the share of words that
/// the language's list knows where there is a list.
double merit_of(const Reading& reading);

/// The reading's words as the text room takes them; boxes and confidence left out.
std::vector<Word> words_without_boxes(const Reading& reading);

struct ProbeRequest {
  PIX* grey = nullptr;  // 8 bpp, the picture that will be read
  int dpi = 0;
  const Ink* ink = nullptr;      // of the same picture
  std::vector<Engine*> engines;  // in the order of likelihood, not empty
};

struct ProbeResult {
  Engine* engine = nullptr;  // never null
  bool upside_down = false;
  double merit = 0;        // of the best line; 0 when no line could be found or read
  double cpu_seconds = 0;  // inside the engine
};

/// Reads the longest line with one language after the other, upright and upside down, until one reading is good
/// (merit ≥ kGoodMerit). Among languages of one script the word lists decide on the text read with the first.
Result<ProbeResult> probe(const ProbeRequest& request);

/// On the made-up leak a line read in the right language has 0.6 to 0.97, in another of its script 0.36 to 0.88,
/// upside down or in another script at most 0.42.
inline constexpr double kGoodMerit = 0.55;

}  // namespace dragoman::ocr
