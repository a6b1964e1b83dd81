// A page's picture made ready for the engine: about 200 dpi, noise smoothed where there is much, and a small
// binary picture of its ink on which layout questions are answered cheaply.
#pragma once

#include "base/result.h"
#include "ocr/leptonica.h"
#include "record/page.h"

namespace dragoman::ocr {

/// The engine's models are best and fastest at 200 dpi: 300 costs half as much again and loses lines.
inline constexpr double kReadingDpi = 200;
/// Pictures between these are read as they are.
inline constexpr double kLeastDpi = 160;
inline constexpr double kMostDpi = 240;

/// How far a page is from clean print; estimated once per page.
struct Condition {
  double noise = 0;       // standard deviation of a pixel at the picture's own resolution, grey levels
  double paper = 255;     // grey of the paper
  double contrast = 255;  // paper less ink
};

/// 8 bpp grey of the same size. malformed: bytes do not fit width × height, or dpi is not 50…1200.
Result<PixPtr> pix_of(const Picture& picture);

/// Noise after Immerkær, "Fast Noise Variance Estimation" (CVIU 64, 1996), on one pixel in sixteen; paper and ink
/// from the histogram of 4 × 4 means.
Condition condition_of(PIX* grey);

/// Scaled to kReadingDpi when `dpi` is outside kLeastDpi…kMostDpi; `factor` gets the scale (1: unchanged).
Result<PixPtr> at_reading_dpi(PIX* grey, double dpi, double& factor);

/// The dark places of a page at half scale: 1 bpp, 1 = ink. Paper is judged tile by tile, so shade and yellowing
/// do not count; speckle of one pixel and long rules are taken out.
Result<PixPtr> ink_of(PIX* grey, const Condition& condition);

}  // namespace dragoman::ocr
