// SPDX-License-Identifier: AGPL-3.0-or-later
// Debian's Tesseract compresses every text line to PNG and decompresses it at once (ImageData::SetPix calls
// pixWriteMem with IFF_PNG); that is 10 to 34 % of its time. This definition stands in the executable and so is
// found before leptonica's; it writes leptonica's own uncompressed form instead, which pixReadMem knows by its
// head. The pixels are the same, so is the text.
//
// It changes EVERY pixWriteMem(…, IFF_PNG) of the process. Whoever wants a real PNG calls pixWriteMemPng.
#include <atomic>

#include "ocr/leptonica.h"
#include "ocr/single_thread.h"

namespace {
std::atomic<std::uint64_t> writes{0};
}  // namespace

namespace dragoman::ocr {

std::uint64_t interposed_writes() {
  return writes.load();
}

}  // namespace dragoman::ocr

/// PNG is all that Tesseract asks for; the other formats are served for leptonica's own callers or refused as
/// leptonica refuses what it was built without: 1.
extern "C" __attribute__((visibility("default"), used)) l_ok pixWriteMem(l_uint8** data, size_t* size, PIX* pix,
                                                                         l_int32 format) {
  switch (format) {
    case IFF_DEFAULT:
    case IFF_PNG:
    case IFF_SPIX: ++writes; return pixWriteMemSpix(data, size, pix);
    case IFF_BMP: return pixWriteMemBmp(data, size, pix);
    case IFF_JFIF_JPEG: return pixWriteMemJpeg(data, size, pix, 75, 0);
    case IFF_PNM: return pixWriteMemPnm(data, size, pix);
    default: return 1;
  }
}
