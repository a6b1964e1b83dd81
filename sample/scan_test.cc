// SPDX-License-Identifier: AGPL-3.0-or-later
// The gold's boxes are tested against the pixels: all ink lies in a box, and no box is empty.
#include "scan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "grammar.h"

namespace dragoman::sample {
namespace {

constexpr int kDark = 128;

struct Sheet {
  explicit Sheet(Lang lang)
      : letter(Grammar(Prng(5)).write({.lang = lang, .kind = "letter", .pages = 2})),
        page(letter, 2, faces(lang, Medium::paper).front()) {}  // page 2 has no ruled line
  Letter letter;
  TypesetPage page;
};

bool holds(const Rect& box, Point p, double slack) {
  return p.x >= box.x0 - slack && p.x <= box.x1 + slack && p.y >= box.y0 - slack && p.y <= box.y1 + slack;
}

void expect_ink_in_boxes(const Scan& scan) {
  const double to_points = 72.0 / scan.dpi;
  std::vector<int> dark(scan.words.size());
  int stray = 0;
  for (int y = 0; y < scan.picture.height; ++y) {
    for (int x = 0; x < scan.picture.width; ++x) {
      if (scan.picture.row(y)[x] >= kDark) continue;
      const Point p{(x + 0.5) * to_points, (y + 0.5) * to_points};
      bool inside = false;
      for (std::size_t i = 0; i < scan.words.size(); ++i) {
        if (!holds(scan.words[i].box, p, 0.3)) continue;
        inside = true;
        ++dark[i];
      }
      stray += inside ? 0 : 1;
    }
  }
  EXPECT_EQ(stray, 0);
  for (std::size_t i = 0; i < dark.size(); ++i) EXPECT_GT(dark[i], 0) << scan.words[i].text;
}

TEST(Scan, AllInkOfACleanPageLiesInItsWordsBoxes) {
  for (const Lang lang : kLangs) {
    const Sheet sheet(lang);
    Prng prng(7);
    expect_ink_in_boxes(scan_page(sheet.page, kClean, false, prng));
  }
}

TEST(Scan, AlsoWhenThePageLiesUpsideDown) {
  const Sheet sheet(Lang::ar);
  Prng prng(8);
  const Scan scan = scan_page(sheet.page, kClean, true, prng);
  expect_ink_in_boxes(scan);
  // The first word is printed at the top right, so it now stands at the bottom left.
  EXPECT_GT(scan.words.front().box.y0, scan.height() / 2);
  EXPECT_LT(scan.words.front().box.x0, scan.width() / 2);
}

TEST(Scan, NoiseHasTheStrengthItsKindSays) {
  const Sheet sheet(Lang::en);
  for (const ScanKind& kind : {kClean, kDegraded}) {
    Prng prng(9);
    const Scan scan = scan_page(sheet.page, kind, false, prng);
    double sum = 0, squares = 0;
    const int count = 40 * scan.picture.width;  // the upper margin has no ink
    for (int y = 20; y < 60; ++y) {
      for (int x = 0; x < scan.picture.width; ++x) {
        const double value = scan.picture.row(y)[x];
        sum += value;
        squares += value * value;
      }
    }
    const double mean = sum / count;
    EXPECT_NEAR(std::sqrt(squares / count - mean * mean), kind.noise, kind.noise * 0.05) << kind.name;
  }
}

TEST(Scan, WordsStandInTheirLines) {
  const Sheet sheet(Lang::fa);
  Prng prng(10);
  for (const ScannedWord& word : scan_page(sheet.page, kDegraded, false, prng).words) {
    const double middle = (word.box.y0 + word.box.y1) / 2;
    EXPECT_GE(middle, word.line_top) << word.text;
    EXPECT_LE(middle, word.line_bottom) << word.text;
  }
}

TEST(Picture, CutJpegKeepsItsUpperRows) {
  const Sheet sheet(Lang::en);
  Prng prng(11);
  const Scan scan = scan_page(sheet.page, kClean, false, prng);
  const std::string whole = encode_jpeg(scan.picture, 90, scan.dpi);
  EXPECT_EQ(intact_rows(whole, whole), scan.picture.height);
  const int rows = intact_rows(whole, whole.substr(0, whole.size() / 2));
  EXPECT_GT(rows, scan.picture.height / 4);
  EXPECT_LT(rows, scan.picture.height * 3 / 4);
}

}  // namespace
}  // namespace dragoman::sample
