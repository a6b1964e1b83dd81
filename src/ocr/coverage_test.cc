// SPDX-License-Identifier: AGPL-3.0-or-later
// A line taken out of a reading is noticed, read by itself and put back where it stood; what is no writing is not
// taken for it.
#include "ocr/coverage.h"

#include <gtest/gtest.h>

#include <memory>

#include "ocr/sheet.h"
#include "ocr/testing/rendered_page.h"

namespace dragoman::ocr {
namespace {

struct Prepared {
  PixPtr grey;
  Ink ink;
  std::unique_ptr<Engine> engine;
  Reading reading;
};

Prepared prepared(const Picture& picture, const std::string& lang) {
  Prepared page;
  auto sheet = sheet_of(picture);
  page.grey = std::move(sheet.value().grey);
  auto ink = ink_of(page.grey.get());
  page.ink = ink_from(std::move(ink).value());
  auto engine = Engine::load(lang, "");
  page.engine = std::move(engine).value();
  auto reading = page.engine->read(page.grey.get(), kReadingDpi, Layout::page);
  page.reading = std::move(reading).value();
  return page;
}

testing::PageText small(std::string_view lang) {
  testing::PageText text = testing::sample_text(lang, 2);
  text.height = 320;
  return text;
}

std::vector<std::string> texts(const Reading& reading) {
  std::vector<std::string> result;
  for (const ReadLine& line : reading.lines)
    for (const ReadWord& word : line.words) result.push_back(word.text);
  return result;
}

TEST(Coverage, ALostLineIsFoundReadAndPutBack) {
  for (const std::string lang : {"fa", "en"}) {
    const testing::RenderedPage drawn = testing::render(small(lang));
    Prepared page = prepared(drawn.picture, lang == "fa" ? "fas" : "eng");
    ASSERT_GT(page.reading.lines.size(), 6U);
    EXPECT_TRUE(uncovered_rows(page.ink, page.reading).empty());
    const std::vector<std::string> whole = texts(page.reading);
    for (const std::size_t lost : {std::size_t{0}, std::size_t{2}, page.reading.lines.size() - 1}) {
      Reading torn = page.reading;
      torn.lines.erase(torn.lines.begin() + static_cast<std::ptrdiff_t>(lost));
      const auto rows = uncovered_rows(page.ink, torn);
      ASSERT_EQ(rows.size(), 1U) << lang << " line " << lost;
      auto found = read_row(page.grey.get(), rows[0], torn, *page.engine);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->lines.size(), 1U);
      insert_line(torn, found->lines[0], lang == "fa");
      ASSERT_EQ(torn.lines.size(), page.reading.lines.size());
      // Read alone, a word or two may come out another way; its place in the order may not.
      EXPECT_EQ(torn.lines[lost].words.size(), page.reading.lines[lost].words.size()) << lang << " line " << lost;
      EXPECT_EQ(torn.lines[lost].words.back().text, page.reading.lines[lost].words.back().text);
    }
  }
}

TEST(Coverage, AWholeLineLostIsSurelyText) {
  Prepared page = prepared(testing::render(small("en")).picture, "eng");
  page.reading.lines.erase(page.reading.lines.begin() + 1);
  const auto rows = uncovered_rows(page.ink, page.reading);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].surely_text);
}

/// Rings, rules, a dark block and specks.
Picture with_drawings(Picture picture) {
  const auto put = [&](int x, int y) {
    if (x >= 0 && y >= 0 && x < picture.width && y < picture.height)
      picture
          .grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)] =
          60;
  };
  const int bottom = picture.height;
  for (int y = -150; y <= 150; ++y)
    for (int x = -150; x <= 150; ++x) {
      const int radius = x * x + y * y;
      if (radius > 140 * 140 && radius < 150 * 150) put(400 + x, bottom - 220 + y);
    }
  for (int x = 100; x < picture.width - 100; ++x)
    for (int y = 0; y < 4; ++y) put(x, bottom - 40 + y);
  for (int x = 900; x < 1300; ++x)
    for (int y = 0; y < 200; ++y) put(x, bottom - 300 + y);
  for (int speck = 0; speck < 300; ++speck) put(700 + (speck * 7919) % 150, bottom - 300 + (speck * 104729) % 200);
  return picture;
}

TEST(Coverage, DrawingsAreNotTakenForWriting) {
  testing::PageText text = small("en");
  text.height = 480;
  Prepared page = prepared(with_drawings(testing::render(text).picture), "eng");
  for (const UncoveredRow& row : uncovered_rows(page.ink, page.reading)) EXPECT_FALSE(row.surely_text);
}

TEST(Coverage, ALineGoesIntoItsColumn) {
  const auto line = [](int x, int y) {
    return ReadLine{{ReadWord{"w", PxBox{x, y, x + 100, y + 20}, 1}}, PxBox{x, y, x + 100, y + 20}, false};
  };
  Reading reading{"eng", {line(0, 0), line(0, 60), line(200, 0), line(200, 60)}, 0};
  insert_line(reading, line(200, 30), false);
  EXPECT_EQ(reading.lines[3].box.y0, 30);
  insert_line(reading, line(0, 30), false);
  EXPECT_EQ(reading.lines[1].box.y0, 30);
  insert_line(reading, line(120, 0), true);  // the missing right end of a right-to-left line: its beginning
  EXPECT_EQ(reading.lines[0].box.x0, 120);
}

}  // namespace
}  // namespace dragoman::ocr
