// SPDX-License-Identifier: AGPL-3.0-or-later
#include "scan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace dragoman::sample {
namespace {

constexpr int kPaper = 238;  // not white: white would clip the upper half of the noise
constexpr int kInk = 24;
constexpr int kPhotoDpi = 200;

// Page points to picture pixels: turned about the page's centre, scaled, moved.
class Placement {
 public:
  Placement(double degrees, double scale, Point centre)
      : angle_(degrees * std::numbers::pi / 180), scale_(scale), centre_(centre) {}

  void apply(cairo_t* cairo) const {
    cairo_translate(cairo, centre_.x, centre_.y);
    cairo_rotate(cairo, angle_);
    cairo_scale(cairo, scale_, scale_);
    cairo_translate(cairo, -kPageWidth / 2, -kPageHeight / 2);
  }
  Point operator()(Point p) const {
    const double x = (p.x - kPageWidth / 2) * scale_;
    const double y = (p.y - kPageHeight / 2) * scale_;
    return {centre_.x + x * std::cos(angle_) - y * std::sin(angle_),
            centre_.y + x * std::sin(angle_) + y * std::cos(angle_)};
  }
  Rect operator()(const Rect& r) const {
    Rect out;
    for (const Point p : {Point{r.x0, r.y0}, {r.x1, r.y0}, {r.x0, r.y1}, {r.x1, r.y1}}) out.add((*this)(p));
    return out;
  }

 private:
  double angle_;
  double scale_;
  Point centre_;
};

Rect scaled(const Rect& r, double factor) {
  return {r.x0 * factor, r.y0 * factor, r.x1 * factor, r.y1 * factor};
}

std::vector<ScannedWord> place_words(const TypesetPage& page, const Placement& placement, int dpi) {
  std::vector<ScannedWord> out;
  const double to_points = 72.0 / dpi;
  for (const TypesetWord& word : page.words()) {
    Rect pixels;
    Rect flat;
    for (const Rect& cluster : word.ink) {
      pixels.add(placement(cluster));
      flat.add(cluster);
    }
    // The line's extent where the word stands: across a skewed page the line itself drifts.
    const TypesetLine& line = page.lines()[word.line];
    const double middle = (flat.x0 + flat.x1) / 2;
    const double a = placement(Point{middle, line.top}).y * to_points;
    const double b = placement(Point{middle, line.bottom}).y * to_points;
    out.push_back({word.text, scaled(pixels, to_points), std::min(a, b), std::max(a, b)});
  }
  return out;
}

// Coverage of ink, 0 … 255.
Picture draw_ink(const TypesetPage& page, const Placement& placement, int width, int height) {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
  cairo_t* cairo = cairo_create(surface);
  placement.apply(cairo);
  page.draw(cairo, TypesetPage::Ink::outlines);
  cairo_destroy(cairo);
  cairo_surface_flush(surface);
  Picture out{width, height, 1, {}};
  out.pixels.resize(out.stride() * static_cast<std::size_t>(height));
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < height; ++y) {
    std::copy_n(data + static_cast<std::ptrdiff_t>(y) * stride, width, out.row(y));
  }
  cairo_surface_destroy(surface);
  return out;
}

void ink_to_grey(Picture& picture) {
  std::array<std::uint8_t, 256> grey{};
  for (int i = 0; i < 256; ++i) {
    grey[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(kPaper - (kPaper - kInk) * i / 255);
  }
  for (std::uint8_t& p : picture.pixels) p = grey[p];
}

// Ellipses and a bar, as registries stamp a letter; `at` is the centre in pixels.
void draw_stamp(Picture& picture, Point at, double radius, double angle) {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, picture.width, picture.height);
  cairo_t* cairo = cairo_create(surface);
  cairo_translate(cairo, at.x, at.y);
  cairo_rotate(cairo, angle);
  cairo_set_line_width(cairo, radius * 0.07);
  for (const double ring : {1.0, 0.72}) {
    cairo_save(cairo);
    cairo_scale(cairo, ring, ring * 0.8);
    cairo_arc(cairo, 0, 0, radius, 0, 2 * std::numbers::pi);
    cairo_restore(cairo);
    cairo_stroke(cairo);
  }
  for (int tick = 0; tick < 24; ++tick) {
    cairo_save(cairo);
    cairo_rotate(cairo, tick * std::numbers::pi / 12);
    cairo_rectangle(cairo, radius * 0.80, -radius * 0.02, radius * 0.06, radius * 0.04);
    cairo_fill(cairo);
    cairo_restore(cairo);
  }
  cairo_rectangle(cairo, -radius * 0.5, -radius * 0.05, radius, radius * 0.1);
  cairo_fill(cairo);
  cairo_destroy(cairo);
  cairo_surface_flush(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = picture.row(y);
    for (int x = 0; x < picture.width; ++x) {
      const int ink = data[static_cast<std::ptrdiff_t>(y) * stride + x];
      row[x] = static_cast<std::uint8_t>(row[x] - row[x] * ink * 55 / (255 * 100));  // thin violet ink: 55 %
    }
  }
  cairo_surface_destroy(surface);
}

// The share of words a stamp may lie over.
constexpr std::size_t kStampedWordsPercent = 5;

// Tries places until few enough words, but at least one, are hit; a page too full gets no stamp.
void stamp(Picture& picture, const std::vector<ScannedWord>& words, int dpi, Prng& prng) {
  const double to_points = 72.0 / dpi;
  for (int attempt = 0; attempt < 60; ++attempt) {
    const double radius = 26 + 20 * prng.unit();
    const Point at{60 + prng.unit() * (picture.width * to_points - 120),
                   60 + prng.unit() * (picture.height * to_points - 120)};
    Rect area;
    area.add(Point{at.x - radius, at.y - radius});
    area.add(Point{at.x + radius, at.y + radius});
    const auto hit = static_cast<std::size_t>(
        std::count_if(words.begin(), words.end(), [&](const ScannedWord& w) { return w.box.meets(area); }));
    if (hit >= 1 && hit * 100 <= words.size() * kStampedWordsPercent) {
      draw_stamp(picture, {at.x / to_points, at.y / to_points}, radius / to_points, prng.symmetric(0.4));
      return;
    }
  }
}

// Gaussian of one pixel, five taps of 256ths, rows then columns.
void blur(Picture& picture) {
  constexpr std::array<int, 3> kTap{104, 62, 14};
  const auto smooth = [&](int c, int near, int far) {
    return static_cast<std::uint8_t>((c * kTap[0] + near * kTap[1] + far * kTap[2] + 128) >> 8);
  };
  std::vector<std::uint8_t> line(picture.stride());
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = picture.row(y);
    std::copy_n(row, line.size(), line.begin());
    for (std::size_t x = 2; x + 2 < line.size(); ++x) {
      row[x] = smooth(line[x], line[x - 1] + line[x + 1], line[x - 2] + line[x + 2]);
    }
  }
  const Picture rows = picture;
  for (int y = 2; y + 2 < picture.height; ++y) {
    const std::uint8_t *a = rows.row(y - 2), *b = rows.row(y - 1), *c = rows.row(y), *d = rows.row(y + 1),
                       *e = rows.row(y + 2);
    std::uint8_t* out = picture.row(y);
    for (std::size_t x = 0; x < rows.stride(); ++x) out[x] = smooth(c[x], b[x] + d[x], a[x] + e[x]);
  }
}

void flatten_contrast(Picture& picture, double contrast) {
  std::array<std::uint8_t, 256> table{};
  for (int i = 0; i < 256; ++i) {
    table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(std::lround(128 + (i - 128) * contrast));
  }
  for (std::uint8_t& p : picture.pixels) p = table[p];
}

// A long table of normal deviates, made once: each row of a picture reads it from a random place.
// Twelve uniform numbers make a deviate, in integers, so that every machine gets the same ones.
constexpr std::size_t kDeviates = 1 << 18;

const std::vector<std::int16_t>& unit_noise() {
  static const std::vector<std::int16_t> table = [] {
    Prng prng(0x6E6F697365);
    std::vector<std::int16_t> out(kDeviates);
    for (std::int16_t& deviate : out) {
      std::int64_t sum = 0;
      for (int i = 0; i < 6; ++i) {
        const std::uint64_t two = prng.next();
        sum += static_cast<std::int64_t>(two & 0xFFFF'FFFF) + static_cast<std::int64_t>(two >> 32);
      }
      deviate = static_cast<std::int16_t>((sum - (std::int64_t{6} << 32)) >> 20);  // σ = 4096
    }
    return out;
  }();
  return table;
}

void add_noise(Picture& picture, double sigma, Prng& prng) {
  const std::vector<std::int16_t>& unit = unit_noise();
  std::vector<std::int16_t> noise(unit.size());
  const int factor = static_cast<int>(std::lround(sigma * 16));
  std::transform(unit.begin(), unit.end(), noise.begin(),
                 [&](std::int16_t deviate) { return static_cast<std::int16_t>((deviate * factor + 0x8000) >> 16); });
  for (int y = 0; y < picture.height; ++y) {
    std::uint8_t* row = picture.row(y);
    const std::int16_t* deviate = noise.data() + prng.below(kDeviates - picture.stride());
    for (std::size_t x = 0; x < picture.stride(); ++x) {
      row[x] = static_cast<std::uint8_t>(std::clamp(row[x] + deviate[x], 0, 255));
    }
  }
}

// Paper on a dark table under a lamp that stands to one side.
Picture light_paper(const Picture& ink, const Placement& placement, Prng& prng) {
  Rect paper = placement(Rect{0, 0, kPageWidth, kPageHeight});
  constexpr std::array<int, 3> kPaperColour{236, 229, 208};
  constexpr std::array<int, 3> kTableColour{74, 58, 47};
  const double slope_x = prng.symmetric(0.22);
  const double slope_y = prng.symmetric(0.22);
  Picture out{ink.width, ink.height, 3, {}};
  out.pixels.resize(out.stride() * static_cast<std::size_t>(out.height));
  for (int y = 0; y < out.height; ++y) {
    const std::uint8_t* coverage = ink.row(y);
    std::uint8_t* row = out.row(y);
    const double v = static_cast<double>(y) / out.height - 0.5;
    for (int x = 0; x < out.width; ++x) {
      const double u = static_cast<double>(x) / out.width - 0.5;
      const double light = 0.92 + slope_x * u + slope_y * v - 0.25 * (u * u + v * v);
      const bool on_paper = x >= paper.x0 && x < paper.x1 && y >= paper.y0 && y < paper.y1;
      const auto& colour = on_paper ? kPaperColour : kTableColour;
      for (std::size_t c = 0; c < 3; ++c) {
        const double reflected = colour[c] * (1 - 0.85 * coverage[x] / 255.0);
        row[static_cast<std::size_t>(x) * 3 + c] = static_cast<std::uint8_t>(std::min(255.0, reflected * light));
      }
    }
  }
  return out;
}

}  // namespace

Scan scan_page(const TypesetPage& page, const ScanKind& kind, bool upside_down, Prng& prng) {
  const double scale = kind.dpi / 72.0;
  const int width = static_cast<int>(std::lround(kPageWidth * scale));
  const int height = static_cast<int>(std::lround(kPageHeight * scale));
  const double skew = prng.symmetric(kind.max_skew);
  const Placement placement(skew + (upside_down ? 180 : 0), scale, {width / 2.0, height / 2.0});
  Scan scan{draw_ink(page, placement, width, height), kind.dpi, upside_down, place_words(page, placement, kind.dpi)};
  ink_to_grey(scan.picture);
  if (kind.stamp) stamp(scan.picture, scan.words, kind.dpi, prng);
  if (kind.blur) blur(scan.picture);
  if (kind.contrast < 1) flatten_contrast(scan.picture, kind.contrast);
  add_noise(scan.picture, kind.noise, prng);
  return scan;
}

Scan photograph_page(const TypesetPage& page, Prng& prng) {
  const double scale = kPhotoDpi / 72.0;
  const int margin_x = prng.between(90, 150);
  const int margin_y = prng.between(90, 150);
  const int width = static_cast<int>(std::lround(kPageWidth * scale)) + 2 * margin_x;
  const int height = static_cast<int>(std::lround(kPageHeight * scale)) + 2 * margin_y;
  const Placement placement(0, scale, {width / 2.0 + prng.symmetric(20), height / 2.0 + prng.symmetric(20)});
  const Picture ink = draw_ink(page, placement, width, height);
  Scan scan{light_paper(ink, placement, prng), kPhotoDpi, false, place_words(page, placement, kPhotoDpi)};
  add_noise(scan.picture, 4, prng);
  return scan;
}

}  // namespace dragoman::sample
