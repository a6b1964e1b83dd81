// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/sheet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace dragoman::ocr {
namespace {

/// Grey bytes, rows without padding.
struct Bytes {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> grey;

  const std::uint8_t* row(int y) const {
    return grey.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }
  std::uint8_t* row(int y) { return grey.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width); }
};

using Histogram = std::array<std::uint32_t, 256>;

/// Half-inch tiles: larger than a letter, smaller than a shadow.
constexpr int kTile = kReadingDpi / 2;
/// Paper whose shade varies by more than this share of the contrast is levelled.
constexpr double kUneven = 0.12;
/// Greys within this share of the contrast below the paper become white.
constexpr double kWhite = 0.25;
/// Less contrast than this is no print; it is not stretched further.
constexpr double kLeastContrast = 40;
/// From here a page counts as noisy.
constexpr double kNoisy = 8;

Failure out_of_memory() {
  return fail(ErrorKind::limit, "the page's picture needs more memory than it may use");
}

Bytes halved(const Bytes& in) {
  Bytes out{in.width / 2, in.height / 2, {}};
  out.grey.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  for (int y = 0; y < out.height; ++y) {
    const std::uint8_t* a = in.row(2 * y);
    const std::uint8_t* b = in.row(2 * y + 1);
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x)
      to[x] = static_cast<std::uint8_t>((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
  }
  return out;
}

/// One pass of the binomial kernel 1 2 1 in both directions: a Gaussian of variance 1/2. In place; the outermost
/// pixels stay.
void smooth(Bytes& bytes) {
  const int width = bytes.width;
  if (width < 3 || bytes.height < 3) return;
  const auto size = static_cast<std::size_t>(width);
  std::vector<std::uint8_t> above(bytes.row(0), bytes.row(0) + size);
  std::vector<std::uint16_t> sums(size);
  for (int y = 1; y + 1 < bytes.height; ++y) {
    std::uint8_t* here = bytes.row(y);
    const std::uint8_t* below = bytes.row(y + 1);
    for (std::size_t x = 0; x < size; ++x) sums[x] = static_cast<std::uint16_t>(above[x] + 2 * here[x] + below[x]);
    std::memcpy(above.data(), here, size);
    for (std::size_t x = 1; x + 1 < size; ++x)
      here[x] = static_cast<std::uint8_t>((sums[x - 1] + 2 * sums[x] + sums[x + 1] + 8) / 16);
  }
}

/// Bilinear, weights of 1/128; `in` has been smoothed enough for the step.
Bytes scaled_bytes(const Bytes& in, double factor) {
  Bytes out{std::max(1, static_cast<int>(std::lround(in.width * factor))),
            std::max(1, static_cast<int>(std::lround(in.height * factor))),
            {}};
  out.grey.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height));
  struct Place {
    int at = 0;
    int weight = 0;  // of the next pixel, of 128
  };
  const auto place = [&](int index, int limit) {
    const double source = std::clamp((index + 0.5) / factor - 0.5, 0.0, static_cast<double>(limit - 1));
    const int at = std::min(static_cast<int>(source), std::max(0, limit - 2));
    return Place{at, static_cast<int>((source - at) * 128)};
  };
  std::vector<Place> columns;
  for (int x = 0; x < out.width; ++x) columns.push_back(place(x, in.width));
  std::vector<std::uint16_t> mixed(static_cast<std::size_t>(in.width) + 1);
  for (int y = 0; y < out.height; ++y) {
    const Place line = place(y, in.height);
    const std::uint8_t* a = in.row(line.at);
    const std::uint8_t* b = in.row(std::min(line.at + 1, in.height - 1));
    for (int x = 0; x < in.width; ++x)
      mixed[static_cast<std::size_t>(x)] = static_cast<std::uint16_t>(a[x] * (128 - line.weight) + b[x] * line.weight);
    mixed[static_cast<std::size_t>(in.width)] = mixed[static_cast<std::size_t>(in.width) - 1];
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x) {
      const Place& column = columns[static_cast<std::size_t>(x)];
      const auto at = static_cast<std::size_t>(column.at);
      to[x] =
          static_cast<std::uint8_t>((mixed[at] * (128 - column.weight) + mixed[at + 1] * column.weight + 8192) >> 14);
    }
  }
  return out;
}

int percentile(const Histogram& histogram, double share) {
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

/// From blocks of 4 × 4: means give paper and ink, and the median of their deviations the noise, since on a page
/// of writing most blocks are paper.
Condition condition_of(const Bytes& bytes) {
  Histogram means{};
  Histogram deviations{};
  for (int y = 0; y + 4 <= bytes.height; y += 4) {
    for (int x = 0; x + 4 <= bytes.width; x += 4) {
      int sum = 0;
      int squares = 0;
      for (int dy = 0; dy < 4; ++dy) {
        const std::uint8_t* row = bytes.row(y + dy) + x;
        for (int dx = 0; dx < 4; ++dx) {
          sum += row[dx];
          squares += row[dx] * row[dx];
        }
      }
      ++means[static_cast<std::size_t>(sum / 16)];
      const double variance = std::max(0.0, (squares - sum * sum / 16.0) / 15);
      ++deviations[static_cast<std::size_t>(std::min(255L, std::lround(4 * std::sqrt(variance))))];
    }
  }
  Condition condition;
  condition.paper = percentile(means, 0.7);
  condition.contrast = condition.paper - percentile(means, 0.01);
  condition.noise = percentile(deviations, 0.5) / 4.0;
  return condition;
}

/// The paper's shade in the middle of each tile: the grey that three tenths of its pixels exceed.
struct Shade {
  int columns = 0;
  int rows = 0;
  std::vector<int> values;

  int at(int column, int row) const {
    return values[static_cast<std::size_t>(std::clamp(row, 0, rows - 1) * columns +
                                           std::clamp(column, 0, columns - 1))];
  }
  /// The difference between a dark and a light tile, a tenth of the tiles left out at either end.
  int spread() const {
    std::vector<int> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() * 9 / 10] - sorted[sorted.size() / 10];
  }
};

Shade shade_of(const Bytes& bytes) {
  Shade shade{(bytes.width + kTile - 1) / kTile, (bytes.height + kTile - 1) / kTile, {}};
  for (int row = 0; row < shade.rows; ++row) {
    for (int column = 0; column < shade.columns; ++column) {
      Histogram histogram{};
      const int x1 = std::min((column + 1) * kTile, bytes.width);
      for (int y = row * kTile; y < std::min((row + 1) * kTile, bytes.height); y += 2)
        for (int x = column * kTile; x < x1; ++x) ++histogram[bytes.row(y)[x]];
      shade.values.push_back(percentile(histogram, 0.7));
    }
  }
  return shade;
}

/// Lifts or lowers each pixel by what the paper around it differs from `paper`, bilinear between tiles.
void level_shade(Bytes& bytes, const Shade& shade, int paper) {
  for (int y = 0; y < bytes.height; ++y) {
    const double v = (y + 0.5) / kTile - 0.5;
    const int row = static_cast<int>(std::floor(v));
    const double fy = v - row;
    std::uint8_t* line = bytes.row(y);
    for (int x = 0; x < bytes.width; ++x) {
      const double u = (x + 0.5) / kTile - 0.5;
      const int column = static_cast<int>(std::floor(u));
      const double fx = u - column;
      const double upper = shade.at(column, row) * (1 - fx) + shade.at(column + 1, row) * fx;
      const double lower = shade.at(column, row + 1) * (1 - fx) + shade.at(column + 1, row + 1) * fx;
      const double local = upper * (1 - fy) + lower * fy;
      line[x] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(line[x] + paper - local), 0, 255));
    }
  }
}

void stretch(Bytes& bytes, const Condition& condition) {
  const double contrast = std::max(condition.contrast, kLeastContrast);
  const double white = condition.paper - kWhite * contrast;
  const double black = condition.paper - contrast;
  std::array<std::uint8_t, 256> table{};
  for (std::size_t grey = 0; grey < table.size(); ++grey) {
    const double value = 255 * (static_cast<double>(grey) - black) / (white - black);
    table[grey] = static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
  }
  for (std::uint8_t& grey : bytes.grey) grey = table[grey];
}

Result<PixPtr> pix_of(const Bytes& bytes) {
  PixPtr pix(pixCreateNoInit(bytes.width, bytes.height, 8));
  if (!pix) return out_of_memory();
  const auto stride = static_cast<std::size_t>(pixGetWpl(pix.get())) * 4;
  const auto width = static_cast<std::size_t>(bytes.width);
  auto* out = reinterpret_cast<std::uint8_t*>(pixGetData(pix.get()));
  for (int y = 0; y < bytes.height; ++y) {
    std::uint8_t* to = out + static_cast<std::size_t>(y) * stride;
    std::memcpy(to, bytes.row(y), width);
    std::memset(to + width, 0, stride - width);
  }
  pixEndianByteSwap(pix.get());  // leptonica's first pixel is the high byte of a word
  return pix;
}

/// Without runs of ink of 0.8 inch and more in either direction: rules and frames.
void remove_rules(PIX* ink) {
  const PixPtr across(pixOpenBrick(nullptr, ink, 70, 1));
  const PixPtr down(pixOpenBrick(nullptr, ink, 1, 70));
  if (across) pixSubtract(ink, ink, across.get());
  if (down) pixSubtract(ink, ink, down.get());
}

}  // namespace

Result<Sheet> sheet_of(const Picture& picture, bool smoother) {
  const auto width = static_cast<std::size_t>(std::max(picture.width, 0));
  const auto height = static_cast<std::size_t>(std::max(picture.height, 0));
  if (width == 0 || height == 0 || picture.grey.size() != width * height)
    return fail(ErrorKind::malformed, "the page's picture has not the size it claims");
  if (!(picture.dpi >= 50 && picture.dpi <= 1200))
    return fail(ErrorKind::malformed, "the page's picture has no sensible resolution");
  double dpi = picture.dpi;
  Bytes bytes{picture.width, picture.height, picture.grey};
  while (dpi > 340 && bytes.width > 1 && bytes.height > 1) {
    bytes = halved(bytes);
    dpi /= 2;
  }
  Sheet sheet;
  sheet.condition = condition_of(bytes);
  // A variance of about 0.45 pixels of the sheet; a pass adds half a pixel of the picture.
  int passes = std::max(1, static_cast<int>(std::lround(0.9 * (dpi / kReadingDpi) * (dpi / kReadingDpi))));
  if (sheet.condition.noise > kNoisy) ++passes;
  if (smoother) passes += 2;
  for (int pass = 0; pass < passes; ++pass) smooth(bytes);
  bytes = scaled_bytes(bytes, kReadingDpi / dpi);
  sheet.factor = static_cast<double>(bytes.width) / picture.width;
  const double noise = sheet.condition.noise;
  sheet.condition = condition_of(bytes);
  sheet.condition.noise = noise;
  const Shade shade = shade_of(bytes);
  if (shade.spread() > kUneven * std::max(sheet.condition.contrast, kLeastContrast)) {
    level_shade(bytes, shade, static_cast<int>(sheet.condition.paper));
    sheet.condition.contrast = condition_of(bytes).contrast;
  }
  stretch(bytes, sheet.condition);
  sheet.grey = TRY(pix_of(bytes));
  return sheet;
}

Result<PixPtr> ink_of(PIX* sheet) {
  const int width = pixGetWidth(sheet) / 2;
  const int height = pixGetHeight(sheet) / 2;
  if (width == 0 || height == 0) return fail(ErrorKind::malformed, "the page's picture is too small to hold a word");
  PixPtr ink(pixCreate(width, height, 1));
  if (!ink) return out_of_memory();
  const l_uint32* data = pixGetData(sheet);
  const int words = pixGetWpl(sheet);
  for (int y = 0; y < height; ++y) {
    const l_uint32* upper = data + static_cast<std::ptrdiff_t>(2 * y) * words;
    const l_uint32* lower = upper + words;
    l_uint32* line = pixGetData(ink.get()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(ink.get());
    for (int x = 0; x < width; ++x) {
      // Two neighbouring pixels are the high or the low half of a word.
      const int shift = (x & 1) != 0 ? 0 : 16;
      const l_uint32 a = upper[x >> 1] >> shift;
      const l_uint32 b = lower[x >> 1] >> shift;
      const l_uint32 sum = (a & 0xFF) + ((a >> 8) & 0xFF) + (b & 0xFF) + ((b >> 8) & 0xFF);
      if (sum < 4 * 160) SET_DATA_BIT(line, x);
    }
  }
  remove_rules(ink.get());
  return ink;
}

}  // namespace dragoman::ocr
