// SPDX-License-Identifier: AGPL-3.0-or-later
// Leptonica's PIX with an owner, and the one place that includes its headers.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <leptonica/allheaders.h>
#pragma GCC diagnostic pop

#include <memory>

namespace dragoman::ocr {

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
  void operator()(BOXA* boxes) const { boxaDestroy(&boxes); }
};
/// Never null where a function returns one as a value; leptonica returns null on bad input and memory.
using PixPtr = std::unique_ptr<PIX, PixDestroy>;
using BoxaPtr = std::unique_ptr<BOXA, PixDestroy>;

}  // namespace dragoman::ocr
