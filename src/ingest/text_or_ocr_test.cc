// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/text_or_ocr.h"

#include <gtest/gtest.h>

namespace dragoman::ingest {
namespace {

Page text_page(std::size_t words, float quality, float cover) {
  Page page;
  page.width = 595;
  page.height = 842;
  page.lang = "en";
  page.quality = quality;
  page.picture_cover = cover;
  page.has_ink = true;
  for (std::size_t i = 0; i < words; ++i) {
    const auto y = static_cast<float>(20 + 14 * i);
    page.words.push_back(Word{"word", Box{50, y, 80, y + 10}, {}, Break::line});
  }
  return page;
}

TEST(Choose, ByWhatTheReaderSaw) {
  EXPECT_EQ(choose(text_page(50, 0.9F, 0)), PageChoice::text);
  EXPECT_EQ(choose(text_page(50, 0.9F, 1)), PageChoice::text) << "a scan that carries its text";
  EXPECT_EQ(choose(text_page(50, 0.1F, 0)), PageChoice::better) << "letters in visual order";
  EXPECT_EQ(choose(text_page(0, 0, 1)), PageChoice::ocr);
  EXPECT_EQ(choose(text_page(3, 1, 0.95F)), PageChoice::ocr) << "a scan with a typed footer";
  EXPECT_EQ(choose(text_page(50, 0.9F, 0.4F)), PageChoice::both);
  Page blank = text_page(0, 0, 0);
  blank.has_ink = false;
  EXPECT_EQ(choose(blank), PageChoice::text);
  Page reflowable = text_page(50, 0.1F, 0);
  reflowable.width = 0;
  EXPECT_EQ(choose(reflowable), PageChoice::text);
}

TEST(BringTogether, PicturesAddTheirWordsOnce) {
  const Page text = text_page(20, 0.9F, 0.4F);
  Page ocr = text_page(20, 0.9F, 0);
  ocr.words.clear();
  ocr.words.push_back(Word{"word", Box{50, 20, 80, 30}, 0.9F, Break::line});  // known from the text layer
  for (const float x : {100.0F, 200.0F, 300.0F}) {
    ocr.words.push_back(Word{"stamp", Box{x, 600, x + 40, 612}, 0.9F, Break::space});
  }
  EXPECT_EQ(bring_together(PageChoice::both, text, ocr).words.size(), text.words.size() + 3);
  ocr.words.resize(2);
  EXPECT_EQ(bring_together(PageChoice::both, text, ocr).words.size(), text.words.size()) << "one stray word is texture";
}

TEST(BringTogether, TheBetterReadingWins) {
  Page garbled = text_page(20, 0.05F, 0);
  Page ocr = text_page(0, 0, 0);
  ocr.words = words_of("the committee met on monday and the report was sent to the minister of the interior");
  EXPECT_EQ(bring_together(PageChoice::better, garbled, ocr).words.front().text, "the");
  garbled.quality = 1;
  EXPECT_EQ(bring_together(PageChoice::better, garbled, ocr).words.front().text, "word");
}

}  // namespace
}  // namespace dragoman::ingest
