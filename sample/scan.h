// SPDX-License-Identifier: AGPL-3.0-or-later
// What a scanner, or somebody with a camera, makes of a printed page. The page is drawn already
// turned, so the picture is sampled once; then come stamp, blur, contrast and noise.
#pragma once

#include <string_view>
#include <vector>

#include "picture.h"
#include "prng.h"
#include "typeset.h"

namespace dragoman::sample {

// The two fixed kinds of scan; their figures are part of the gold's meaning (docs/gold.md).
struct ScanKind {
  std::string_view name;
  int dpi;
  double max_skew;  // degrees, either way
  double noise;     // standard deviation, in grey levels of 255
  bool blur;        // Gaussian, 1 pixel
  double contrast;  // 1: as printed
  int jpeg_quality;
  bool stamp;
};

inline constexpr ScanKind kClean{"clean", 300, 0.5, 6, false, 1.0, 90, false};
inline constexpr ScanKind kDegraded{"degraded", 200, 1.5, 20, true, 0.5, 40, true};

struct ScannedWord {
  std::string text;
  Rect box;             // of the ink, points on the picture
  double line_top = 0;  // of the line's ink, where this word stands
  double line_bottom = 0;
};

struct Scan {
  Picture picture;
  int dpi = 0;  // by which points are pixels × 72 / dpi
  bool upside_down = false;
  std::vector<ScannedWord> words;

  double width() const { return picture.width * 72.0 / dpi; }
  double height() const { return picture.height * 72.0 / dpi; }
};

Scan scan_page(const TypesetPage& page, const ScanKind& kind, bool upside_down, Prng& prng);

// A colour photograph of the page on a table: paper colour, uneven light, a margin around it. Its
// JPEG carries no density, so readers take 200 dpi.
Scan photograph_page(const TypesetPage& page, Prng& prng);

}  // namespace dragoman::sample
