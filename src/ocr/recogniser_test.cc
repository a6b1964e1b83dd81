// SPDX-License-Identifier: AGPL-3.0-or-later
// Real Tesseract on small pages drawn by the test.
#include "ocr/recogniser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "ocr/single_thread.h"
#include "ocr/testing/rendered_page.h"
#include "text/fold.h"
#include "text/tokens.h"

namespace dragoman::ocr {
namespace {

using testing::PageText;
using testing::RenderedPage;

Recogniser& recogniser() {
  static const std::unique_ptr<Recogniser> only = [] {
    auto made = Recogniser::create({});
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(made).value();
  }();
  return *only;
}

/// One paragraph on a small page.
PageText small(std::string_view lang, std::size_t paragraphs = 1) {
  PageText text = testing::sample_text(lang, paragraphs);
  text.height = 100 + 100.0 * static_cast<double>(paragraphs);
  return text;
}

OcrReading read(const Picture& picture, OcrRequest request = {}) {
  auto reading = recogniser().recognise(picture, request);
  EXPECT_TRUE(reading) << (reading ? "" : reading.error().message);
  return reading ? std::move(reading).value() : OcrReading{};
}

OcrRequest forced(std::string lang) {
  OcrRequest request;
  request.lang = std::move(lang);
  return request;
}

std::multimap<std::string, Word> by_fold(const std::vector<Word>& words) {
  std::multimap<std::string, Word> result;
  for (const Word& word : words) result.emplace(text::fold_word(word.text), word);
  return result;
}

/// Share of the gold words that were read, order aside.
double recall(const std::vector<Word>& gold, const std::vector<Word>& read) {
  auto left = by_fold(read);
  std::size_t hits = 0;
  for (const Word& word : gold) {
    const auto found = left.find(text::fold_word(word.text));
    if (found == left.end()) continue;
    left.erase(found);
    ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(gold.size());
}

/// Share of words read whose box has its middle in the gold word's and most of its width.
double boxes_right(const std::vector<Word>& gold, const std::vector<Word>& read) {
  std::size_t matched = 0;
  std::size_t right = 0;
  for (const Word& word : read) {
    const std::string folded = text::fold_word(word.text);
    const Word* nearest = nullptr;
    float best = 1e9F;
    for (const Word& candidate : gold) {
      if (text::fold_word(candidate.text) != folded) continue;
      const float distance = std::abs(candidate.box->x0 - word.box->x0) + std::abs(candidate.box->y0 - word.box->y0);
      if (distance < best) nearest = &candidate;
      best = std::min(best, distance);
    }
    if (nearest == nullptr) continue;
    ++matched;
    const Box& a = *nearest->box;
    const Box& b = *word.box;
    const float overlap = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
    if (overlap > 0.6F * a.width() && overlap > 0.6F * b.width() && b.middle_y() > a.y0 && b.middle_y() < a.y1) ++right;
  }
  return matched == 0 ? 0 : static_cast<double>(right) / static_cast<double>(matched);
}

struct Case {
  std::string lang;
  std::string tesseract;
};

class EachLanguage : public ::testing::TestWithParam<Case> {};

TEST_P(EachLanguage, IsFoundAndReadWithBoxesAndConfidence) {
  const RenderedPage page = testing::render(small(GetParam().lang));
  const OcrReading reading = read(page.picture, {PageIndex{7}, 0, 0, "", ""});
  EXPECT_EQ(reading.page.number, PageIndex{7});
  EXPECT_EQ(reading.page.source, TextSource::ocr);
  EXPECT_EQ(reading.page.lang, GetParam().lang);
  EXPECT_NE(reading.page.engine.find("tesseract 5."), std::string::npos) << reading.page.engine;
  EXPECT_NE(reading.page.engine.find(GetParam().tesseract + " fast"), std::string::npos) << reading.page.engine;
  EXPECT_GT(reading.page.quality, 0.75F);
  EXPECT_TRUE(reading.page.has_ink);
  EXPECT_NEAR(reading.page.width, 595, 1);
  EXPECT_GT(recall(page.words, reading.page.words), 0.93);
  EXPECT_GT(boxes_right(page.words, reading.page.words), 0.93);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.stats.rereads, 0U);
  for (const Word& word : reading.page.words) {
    ASSERT_TRUE(word.box && word.conf);
    EXPECT_FALSE(word.text.empty());
    EXPECT_LE(word.box->x0, word.box->x1);
    EXPECT_LE(word.box->y0, word.box->y1);
  }
}

TEST_P(EachLanguage, WordsComeInReadingOrder) {
  const RenderedPage page = testing::render(small(GetParam().lang));
  const OcrReading reading = read(page.picture);
  // Words that stand once on the page keep their order.
  std::vector<std::size_t> order;
  for (const Word& word : reading.page.words) {
    const auto same = [&](const Word& gold) { return gold.text == word.text; };
    if (std::count_if(page.words.begin(), page.words.end(), same) != 1) continue;
    order.push_back(
        static_cast<std::size_t>(std::find_if(page.words.begin(), page.words.end(), same) - page.words.begin()));
  }
  EXPECT_GT(order.size(), 25U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(EachLanguage, IsReadUpsideDown) {
  const RenderedPage page = testing::render(small(GetParam().lang));
  const OcrReading reading = read(testing::turned(page.picture, 2));
  EXPECT_EQ(reading.page.lang, GetParam().lang);
  EXPECT_GT(recall(page.words, reading.page.words), 0.93);
  std::vector<Word> gold = page.words;
  for (Word& word : gold) {
    const Box box = *word.box;
    const auto width = static_cast<float>(page.picture.points(page.picture.width));
    const auto height = static_cast<float>(page.picture.points(page.picture.height));
    word.box = Box{width - box.x1, height - box.y1, width - box.x0, height - box.y0};
  }
  EXPECT_GT(boxes_right(gold, reading.page.words), 0.93);
}

INSTANTIATE_TEST_SUITE_P(Languages, EachLanguage,
                         ::testing::Values(Case{"fa", "fas"}, Case{"ar", "ara"}, Case{"en", "eng"}),
                         [](const auto& param) { return param.param.lang; });

TEST(Recogniser, TurnsAPageThatLiesOnItsSide) {
  const RenderedPage page = testing::render(small("en"));
  for (const int quarters : {1, 3}) {
    const Picture side = testing::turned(page.picture, quarters);
    const OcrReading reading = read(side);
    EXPECT_GT(recall(page.words, reading.page.words), 0.93) << quarters;
    ASSERT_FALSE(reading.page.words.empty());
    EXPECT_NEAR(reading.page.height, 595, 1);
    // The first word stands at the top right of a page turned clockwise, at the bottom left of the other.
    const Box& first = *reading.page.words.front().box;
    const Box& gold = *page.words.front().box;
    EXPECT_GT(first.height(), first.width());
    EXPECT_NEAR(quarters == 1 ? first.y0 : reading.page.height - first.y1, gold.x0, 3);
  }
}

TEST(Recogniser, LevelsASkewedPageAndPutsTheBoxesWhereTheWordsStand) {
  const RenderedPage page = testing::render(small("fa"));
  for (const double degrees : {-1.5, 1.5, 3.0}) {
    const OcrReading reading = read(testing::skewed(page.picture, degrees));
    EXPECT_GT(recall(page.words, reading.page.words), 0.9) << degrees;
    std::vector<Word> gold = page.words;
    for (Word& word : gold) word.box = testing::skewed(*word.box, page.picture, degrees);
    EXPECT_GT(boxes_right(gold, reading.page.words), 0.93) << degrees;
  }
}

TEST(Recogniser, ReadsThroughNoiseAndFading) {
  const RenderedPage page = testing::render(small("en"));
  const Picture damaged = testing::noisy(testing::faded(page.picture, 1, 0.5), 20, 1);
  EXPECT_GT(recall(page.words, read(damaged).page.words), 0.9);
}

TEST(Recogniser, ReadsOtherResolutions) {
  for (const double dpi : {120.0, 300.0, 600.0}) {
    const RenderedPage page = testing::render(small("en"), dpi);
    const OcrReading reading = read(page.picture);
    EXPECT_GT(recall(page.words, reading.page.words), 0.9) << dpi;
    EXPECT_GT(boxes_right(page.words, reading.page.words), 0.9) << dpi;
  }
}

TEST(Recogniser, ABlankPageHasNoWordsAndNoGap) {
  PageText nothing;
  nothing.height = 300;
  const Picture white = testing::render(nothing).picture;
  for (const Picture& picture : {white, testing::noisy(white, 20, 3)}) {
    const OcrReading reading = read(picture);
    EXPECT_TRUE(reading.page.words.empty());
    EXPECT_FALSE(reading.page.has_ink);
    EXPECT_TRUE(reading.gaps.empty());
    EXPECT_EQ(reading.page.source, TextSource::ocr);
  }
}

TEST(Recogniser, OverrulesAWrongHint) {
  for (const std::string lang : {"ar", "fa", "en"}) {
    const RenderedPage page = testing::render(small(lang));
    const OcrReading reading = read(page.picture, {PageIndex{1}, 0, 0, "", lang == "fa" ? "ara" : "fas"});
    EXPECT_EQ(reading.page.lang, lang);
    EXPECT_GT(recall(page.words, reading.page.words), 0.93);
  }
}

TEST(Recogniser, ObeysAForcedLanguage) {
  const RenderedPage page = testing::render(small("ar"));
  EXPECT_EQ(read(page.picture, forced("fas")).page.lang, "fa");
  const auto unknown = recogniser().recognise(page.picture, forced("urd"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::not_found);
}

TEST(Recogniser, BreaksFollowThePage) {
  const OcrReading reading = read(testing::render(small("en", 2)).picture);
  const auto count = [&](Break wanted) {
    return std::count_if(reading.page.words.begin(), reading.page.words.end(),
                         [&](const Word& word) { return word.after == wanted; });
  };
  EXPECT_GE(count(Break::line) + count(Break::paragraph), 8);
  EXPECT_GE(count(Break::paragraph), 2);
}

TEST(Recogniser, RefusesAPictureThatIsNotWhatItClaims) {
  for (const Picture& picture : {Picture{100, 100, 200, std::vector<std::uint8_t>(99)}, Picture{-1, 5, 200, {}},
                                 Picture{0, 0, 200, {}}, Picture{1, 1, 5, {0}}}) {
    const auto reading = recogniser().recognise(picture, {});
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().kind, ErrorKind::malformed);
  }
  EXPECT_FALSE(recogniser().recognise(Picture{1, 1, 200, {0}}, {}));
}

TEST(Recogniser, NamesThePackageOfAMissingLanguage) {
  const auto made = Recogniser::create({{"eng", "tlh"}, ""});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
  EXPECT_NE(made.error().message.find("tesseract-ocr-tlh"), std::string::npos);
  EXPECT_FALSE(Recogniser::create({{"../eng"}, ""}));
  EXPECT_FALSE(Recogniser::create({{}, ""}));
}

TEST(Replacements, ArePutToUseByTheEngine) {
  ASSERT_TRUE(replacements_in_place());
  const std::uint64_t writes = interposed_writes();
  const std::uint64_t regions = single_thread_regions();
  read(testing::render(small("en")).picture, forced("eng"));
  EXPECT_GT(interposed_writes(), writes);
  EXPECT_GT(single_thread_regions(), regions);
}

}  // namespace
}  // namespace dragoman::ocr
