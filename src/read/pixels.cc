// SPDX-License-Identifier: AGPL-3.0-or-later
// Pixels between planes and rows, and out of them as PNG or JPEG by leptonica.
#include "read/pixels.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace dragoman::read {
namespace {

// A pixel counts as coloured when its channels differ by more than this: yellowed paper and the fringes of JPEG stay
// below, ink of a stamp or a marker is far above.
constexpr int kSeenChroma = 48;
// One coloured pixel in so many makes a page coloured: a thin underline of two words on a screen-sized page.
constexpr std::size_t kOneIn = 20'000;
constexpr std::size_t kFewest = 8;

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};
using PixPtr = std::unique_ptr<PIX, PixDestroy>;

bool sound(const Pixels& pixels) {
  return pixels.width > 0 && pixels.height > 0 && (pixels.channels == 1 || pixels.channels == 3) &&
         pixels.bytes.size() == pixels.row_bytes() * static_cast<std::size_t>(pixels.height);
}

// Leptonica keeps rows as 32-bit words, most significant byte first.
void pack_row(const std::uint8_t* row, int width, int depth, l_uint32* words) {
  const auto count = static_cast<std::size_t>(width);
  if (depth == 32) {
    for (std::size_t x = 0; x < count; ++x) {
      words[x] = l_uint32{row[3 * x]} << 24 | l_uint32{row[3 * x + 1]} << 16 | l_uint32{row[3 * x + 2]} << 8;
    }
    return;
  }
  const std::size_t each = 32 / static_cast<std::size_t>(depth);
  for (std::size_t x = 0; x < count; ++x) {
    // To the nearest of 16 levels, which are 17 apart.
    const l_uint32 value = depth == 8 ? l_uint32{row[x]} : (l_uint32{row[x]} + 8) / 17;
    words[x / each] |= value << (static_cast<std::size_t>(depth) * (each - 1 - x % each));
  }
}

PixPtr pix_of(const Pixels& pixels, int depth) {
  PixPtr pix(pixCreate(pixels.width, pixels.height, depth));
  if (!pix) return pix;
  l_uint32* data = pixGetData(pix.get());
  const auto words = static_cast<std::size_t>(pixGetWpl(pix.get()));
  for (std::size_t y = 0; y < static_cast<std::size_t>(pixels.height); ++y) {
    pack_row(pixels.bytes.data() + y * pixels.row_bytes(), pixels.width, depth, data + y * words);
  }
  const auto dpi = static_cast<l_int32>(pixels.dpi + 0.5);
  pixSetResolution(pix.get(), dpi, dpi);
  return pix;
}

Result<std::string> taken(l_uint8* bytes, std::size_t size, l_ok code) {
  const std::unique_ptr<l_uint8, decltype(&std::free)> owned(bytes, std::free);
  if (code != 0 || bytes == nullptr) return fail(ErrorKind::limit, "the picture cannot be encoded");
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace

bool has_colour(const Pixels& pixels) {
  if (pixels.channels != 3) return false;
  const std::size_t count = pixels.bytes.size() / 3;
  std::size_t coloured = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* p = pixels.bytes.data() + 3 * i;
    coloured += std::max({p[0], p[1], p[2]}) - std::min({p[0], p[1], p[2]}) > kSeenChroma ? 1U : 0U;
  }
  return coloured >= std::max(kFewest, count / kOneIn);
}

Pixels without_colour(Pixels pixels) {
  if (pixels.channels == 1) return pixels;
  const std::size_t count = pixels.bytes.size() / 3;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* p = pixels.bytes.data() + 3 * i;
    pixels.bytes[i] = static_cast<std::uint8_t>((77U * p[0] + 150U * p[1] + 29U * p[2] + 128U) >> 8);
  }
  pixels.bytes.resize(count);
  pixels.channels = 1;
  return pixels;
}

std::vector<Grey> planes_of(const Pixels& pixels) {
  const auto channels = static_cast<std::size_t>(pixels.channels);
  std::vector<Grey> planes(channels, Grey{pixels.width, pixels.height, {}});
  for (std::size_t c = 0; c < channels; ++c) {
    planes[c].pixels.resize(pixels.bytes.size() / channels);
    for (std::size_t i = 0; i < planes[c].pixels.size(); ++i) planes[c].pixels[i] = pixels.bytes[i * channels + c];
  }
  return planes;
}

Pixels pixels_of(const std::vector<Grey>& planes, double dpi) {
  CHECK(planes.size() == 1 || planes.size() == 3);
  const std::size_t channels = planes.size();
  Pixels pixels{planes[0].width, planes[0].height, static_cast<int>(channels), dpi, {}};
  pixels.bytes.resize(planes[0].pixels.size() * channels);
  for (std::size_t c = 0; c < channels; ++c) {
    CHECK(planes[c].pixels.size() == planes[0].pixels.size());
    for (std::size_t i = 0; i < planes[c].pixels.size(); ++i) pixels.bytes[i * channels + c] = planes[c].pixels[i];
  }
  return pixels;
}

Result<std::string> png_of(const Pixels& pixels, int levels) {
  if (!sound(pixels)) return fail(ErrorKind::limit, "the picture cannot be encoded");
  const int depth = pixels.channels == 3 ? 32 : levels <= 16 ? 4 : 8;
  const PixPtr pix = pix_of(pixels, depth);
  if (!pix) return fail(ErrorKind::limit, "no memory to encode the picture");
  l_uint8* bytes = nullptr;
  std::size_t size = 0;
  const l_ok code = pixWriteMemPng(&bytes, &size, pix.get(), 0.0F);
  return taken(bytes, size, code);
}

Result<std::string> jpeg_of(const Pixels& pixels, int quality) {
  if (!sound(pixels)) return fail(ErrorKind::limit, "the picture cannot be encoded");
  const PixPtr pix = pix_of(pixels, pixels.channels == 3 ? 32 : 8);
  if (!pix) return fail(ErrorKind::limit, "no memory to encode the picture");
  pixSetChromaSampling(pix.get(), 0);
  l_uint8* bytes = nullptr;
  std::size_t size = 0;
  const l_ok code = pixWriteMemJpeg(&bytes, &size, pix.get(), quality, 0);
  return taken(bytes, size, code);
}

}  // namespace dragoman::read
