#include "ocr/sheet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>
#include <vector>

namespace dragoman::ocr {
namespace {

Failure out_of_memory() {
  return fail(ErrorKind::limit, "the page's picture needs more memory than it may use");
}

/// Half-inch tiles of the half-scale picture: larger than a letter, smaller than a shadow.
constexpr int kTile = 50;

struct Grid {
  int columns = 0;
  int rows = 0;
  std::vector<int> values;
  int at(int column, int row) const { return values[static_cast<std::size_t>(row * columns + column)]; }
};

/// One byte a pixel, row by row: leptonica keeps four pixels in a word of the machine.
std::vector<std::uint8_t> bytes_of_half(PIX* grey, int& width, int& height) {
  width = pixGetWidth(grey) / 2;
  height = pixGetHeight(grey) / 2;
  std::vector<std::uint8_t> half(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  const l_uint32* data = pixGetData(grey);
  const int words = pixGetWpl(grey);
  std::size_t out = 0;
  for (int y = 0; y < height; ++y) {
    const l_uint32* upper = data + static_cast<std::ptrdiff_t>(2 * y) * words;
    const l_uint32* lower = upper + words;
    for (int x = 0; x < width; ++x) {
      // Two pixels of each row lie in the same word: the high or the low half of it.
      const int shift = (x & 1) != 0 ? 0 : 16;
      const l_uint32 a = upper[x >> 1] >> shift;
      const l_uint32 b = lower[x >> 1] >> shift;
      half[out++] = static_cast<std::uint8_t>(((a & 0xFF) + ((a >> 8) & 0xFF) + (b & 0xFF) + ((b >> 8) & 0xFF)) / 4);
    }
  }
  return half;
}

int percentile(const std::array<std::uint32_t, 256>& histogram, double share) {
  std::uint64_t total = 0;
  for (const std::uint32_t count : histogram) total += count;
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total));
  std::uint64_t seen = 0;
  for (std::size_t grey = 0; grey < histogram.size(); ++grey) {
    seen += histogram[grey];
    if (seen > wanted) return static_cast<int>(grey);
  }
  return 255;
}

/// The paper of each tile: the grey that 30 % of its pixels exceed.
Grid paper_of(std::span<const std::uint8_t> half, int width, int height) {
  Grid grid;
  grid.columns = (width + kTile - 1) / kTile;
  grid.rows = (height + kTile - 1) / kTile;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      std::array<std::uint32_t, 256> histogram{};
      const int x1 = std::min((column + 1) * kTile, width);
      for (int y = row * kTile; y < std::min((row + 1) * kTile, height); ++y)
        for (int x = column * kTile; x < x1; ++x)
          ++histogram[half[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                           static_cast<std::size_t>(x)]];
      grid.values.push_back(percentile(histogram, 0.7));
    }
  }
  return grid;
}

PixPtr thresholded(std::span<const std::uint8_t> half, int width, int height, int depth) {
  PixPtr ink(pixCreate(width, height, 1));
  if (!ink) return ink;
  const Grid paper = paper_of(half, width, height);
  l_uint32* data = pixGetData(ink.get());
  const int words = pixGetWpl(ink.get());
  std::size_t at = 0;
  for (int y = 0; y < height; ++y) {
    l_uint32* line = data + static_cast<std::ptrdiff_t>(y) * words;
    for (int x = 0; x < width; ++x)
      if (half[at++] < paper.at(x / kTile, y / kTile) - depth) SET_DATA_BIT(line, x);
  }
  return ink;
}

/// Without runs of ink of 0.7 inch and more in either direction: rules and frames.
PixPtr without_rules(PixPtr ink) {
  const PixPtr across(pixOpenBrick(nullptr, ink.get(), 70, 1));
  const PixPtr down(pixOpenBrick(nullptr, ink.get(), 1, 70));
  if (across) pixSubtract(ink.get(), ink.get(), across.get());
  if (down) pixSubtract(ink.get(), ink.get(), down.get());
  return ink;
}

}  // namespace

Result<PixPtr> pix_of(const Picture& picture) {
  const auto width = static_cast<std::size_t>(std::max(picture.width, 0));
  const auto height = static_cast<std::size_t>(std::max(picture.height, 0));
  if (width == 0 || height == 0 || picture.grey.size() != width * height)
    return fail(ErrorKind::malformed, "the page's picture has not the size it claims");
  if (!(picture.dpi >= 50 && picture.dpi <= 1200))
    return fail(ErrorKind::malformed, "the page's picture has no sensible resolution");
  PixPtr pix(pixCreateNoInit(picture.width, picture.height, 8));
  if (!pix) return out_of_memory();
  const auto stride = static_cast<std::size_t>(pixGetWpl(pix.get())) * 4;
  auto* out = reinterpret_cast<std::uint8_t*>(pixGetData(pix.get()));
  for (std::size_t y = 0; y < height; ++y) {
    std::memcpy(out + y * stride, picture.grey.data() + y * width, width);
    std::memset(out + y * stride + width, 0, stride - width);
  }
  pixEndianByteSwap(pix.get());  // leptonica's first pixel is the high byte of a word
  return pix;
}

Condition condition_of(PIX* grey) {
  const int width = pixGetWidth(grey);
  const int height = pixGetHeight(grey);
  const int words = pixGetWpl(grey);
  const l_uint32* data = pixGetData(grey);
  std::array<std::uint32_t, 256> means{};
  std::array<std::uint32_t, 2048> residues{};
  std::uint32_t samples = 0;
  for (int y = 1; y + 3 < height; y += 4) {
    const l_uint32* rows[4];
    for (int i = 0; i < 4; ++i) rows[i] = data + static_cast<std::ptrdiff_t>(y - 1 + i) * words;
    for (int x = 1; x + 3 < width; x += 4) {
      const auto at = [&](int row, int dx) { return static_cast<int>(GET_DATA_BYTE(rows[row], x + dx - 1)); };
      int sum = 0;
      for (int row = 0; row < 4; ++row)
        for (int dx = 0; dx < 4; ++dx) sum += at(row, dx);
      ++means[static_cast<std::size_t>(sum / 16)];
      const int residue = at(0, 0) - 2 * at(0, 1) + at(0, 2) - 2 * at(1, 0) + 4 * at(1, 1) - 2 * at(1, 2) + at(2, 0) -
                          2 * at(2, 1) + at(2, 2);
      ++residues[static_cast<std::size_t>(std::min(std::abs(residue), 2047))];
      ++samples;
    }
  }
  Condition condition;
  if (samples == 0) return condition;
  condition.paper = percentile(means, 0.7);
  condition.contrast = condition.paper - percentile(means, 0.01);
  // The mask's sum has a standard deviation of 6 σ. Edges of letters would spoil a mean, so it is taken from the
  // median of the absolute residues: 0.6745 of a standard deviation for Gaussian noise.
  std::uint32_t seen = 0;
  for (std::size_t residue = 0; residue < residues.size(); ++residue) {
    seen += residues[residue];
    if (seen * 2 > samples) {
      condition.noise = static_cast<double>(residue) / 0.6745 / 6;
      break;
    }
  }
  return condition;
}

Result<PixPtr> at_reading_dpi(PIX* grey, double dpi, double& factor) {
  factor = 1;
  if (dpi >= kLeastDpi && dpi <= kMostDpi) return PixPtr(pixClone(grey));
  factor = kReadingDpi / dpi;
  const auto scale = static_cast<l_float32>(factor);
  PixPtr result(scale < 0.7F ? pixScaleAreaMap(grey, scale, scale) : pixScaleGrayLI(grey, scale, scale));
  if (!result) return out_of_memory();
  return result;
}

Result<PixPtr> ink_of(PIX* grey, const Condition& condition) {
  int width = 0;
  int height = 0;
  const std::vector<std::uint8_t> half = bytes_of_half(grey, width, height);
  if (half.empty()) return fail(ErrorKind::malformed, "the page's picture is too small to hold a word");
  // The mean of four pixels has half the noise; ink is what stands out of it and of the paper's own texture.
  const double depth = std::max({0.3 * condition.contrast, 4 * condition.noise / 2, 16.0});
  PixPtr ink = thresholded(half, width, height, static_cast<int>(depth));
  if (!ink) return out_of_memory();
  return without_rules(std::move(ink));
}

}  // namespace dragoman::ocr
