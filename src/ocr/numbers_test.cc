// SPDX-License-Identifier: AGPL-3.0-or-later
// Numbers on pages drawn in faces the classifier was not trained on, with what the engine might have read.
#include "ocr/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "ocr/recogniser.h"
#include "ocr/sheet.h"
#include "ocr/testing/rendered_page.h"

namespace dragoman::ocr {
namespace {

using testing::PageText;
using testing::RenderedPage;

/// A page drawn and made into a sheet, with a reading that is right in everything: to be spoilt by the test.
struct Drawn {
  RenderedPage page;
  Sheet sheet;
  Reading reading;

  ReadWord* find(std::string_view text) {
    for (ReadLine& line : reading.lines)
      for (ReadWord& word : line.words)
        if (word.text == text) return &word;
    return nullptr;
  }
  /// What the engine says instead of `text`.
  void misread(std::string_view text, std::string as, float conf) {
    ReadWord* word = find(text);
    ASSERT_NE(word, nullptr) << text;
    word->text = std::move(as);
    word->conf = conf;
  }
  void repair() { repair_numbers(reading, sheet.grey.get()); }
  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const ReadLine& line : reading.lines)
      for (const ReadWord& word : line.words) result.push_back(word.text);
    return result;
  }
};

Drawn drawn(const std::vector<std::string>& paragraphs, const std::string& font, double noise = 0) {
  PageText text;
  text.paragraphs = paragraphs;
  text.font = font;
  text.size = 13;
  text.rtl = true;
  text.height = 400;
  Drawn result;
  result.page = testing::render(text);
  Picture picture = result.page.picture;
  if (noise > 0) picture = testing::noisy(testing::faded(picture, 1, 0.7), noise, 7);
  auto sheet = sheet_of(picture);
  EXPECT_TRUE(sheet);
  result.sheet = std::move(sheet).value();
  const double scale = result.sheet.factor * picture.dpi / 72;
  result.reading.lang = "ara";
  float last = -1;
  for (const Word& word : result.page.words) {
    const auto pixels = [&](float points) {
      return static_cast<int>(std::lround(static_cast<double>(points) * scale));
    };
    const PxBox box{pixels(word.box->x0), pixels(word.box->y0), pixels(word.box->x1), pixels(word.box->y1)};
    if (last != word.box->y0) result.reading.lines.push_back(ReadLine{{}, box, false});
    last = word.box->y0;
    ReadLine& line = result.reading.lines.back();
    line.box = joined(line.box, box);
    line.words.push_back(ReadWord{word.text, box, 0.95F});
  }
  return result;
}

const std::vector<std::string> kLetter{"إشارة إلى كتابكم المرقم ١٢٥٢/٦٦ المؤرخ في ٣٠ من شهر آذار سنة ٢٠١٢، نرجو دفع",
                                       "مبلغ ٤٧٨٩٥ دينارا إلى حساب الدائرة قبل يوم ٢٥ من الشهر القادم مع التقدير"};
const std::vector<std::string> kNumbers{"١٢٥٢/٦٦", "٣٠", "٢٠١٢،", "٤٧٨٩٥", "٢٥"};

constexpr const char* kMisread = "01/؟";

struct Print {
  const char* font;
  double noise;
};

class EachPrint : public ::testing::TestWithParam<Print> {};

/// A digit that blur joins to a stroke may be left as it was, but nothing is made wrong.
TEST_P(EachPrint, NumbersAreReadAndNothingElseChanges) {
  Drawn page = drawn(kLetter, GetParam().font, GetParam().noise);
  const std::vector<std::string> right = page.texts();
  for (const std::string& number : kNumbers) page.misread(number, kMisread, 0.4F);
  page.repair();
  const std::vector<std::string> texts = page.texts();
  ASSERT_EQ(texts.size(), right.size());
  std::size_t left = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] == kMisread) {
      ++left;
    } else {
      EXPECT_EQ(texts[i], right[i]);
    }
  }
  EXPECT_LE(left, GetParam().noise > 0 ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(Prints, EachPrint,
                         ::testing::Values(Print{"Noto Naskh Arabic", 0}, Print{"Noto Sans Arabic", 0},
                                           Print{"Noto Kufi Arabic", 0}, Print{"Noto Naskh Arabic", 12},
                                           Print{"Noto Sans Arabic", 12}));

TEST(Numbers, HaveTheBoxOfTheirInkAndTheConfidenceOfTheClassifier) {
  Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  const PxBox before = page.find("٤٧٨٩٥")->box;
  page.misread("٤٧٨٩٥", "\"0", 0.1F);
  page.repair();
  const ReadWord* number = page.find("٤٧٨٩٥");
  ASSERT_NE(number, nullptr);
  EXPECT_NEAR(number->box.x0, before.x0, 4);
  EXPECT_NEAR(number->box.x1, before.x1, 4);
  EXPECT_GT(number->conf, 0.6F);
  EXPECT_LE(number->conf, 1.0F);
}

TEST(Numbers, PersianShapesAreGivenAsPersianDigits) {
  Drawn page = drawn({"الكتاب المرقم ۸۵۷ في ملف القضية المذكورة أعلاه مع التقدير"}, "Noto Sans Arabic");
  page.misread("۸۵۷", "؟\"", 0.3F);
  page.repair();
  EXPECT_NE(page.find("۸۵۷"), nullptr);
}

TEST(Numbers, ShapesOfBothAlphabetsInOneNumberAreNotBelieved) {
  Drawn page = drawn({"الكتاب المرقم ٤۵٧ في ملف القضية المذكورة أعلاه مع التقدير"}, "Noto Naskh Arabic");
  page.misread("٤۵٧", "؟\"", 0.3F);
  page.repair();
  EXPECT_NE(page.find("؟\""), nullptr);
}

TEST(Numbers, ANumberBrokenInTwoIsOne) {
  Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  for (ReadLine& line : page.reading.lines) {
    for (std::size_t i = 0; i < line.words.size(); ++i) {
      if (line.words[i].text != "٤٧٨٩٥") continue;
      ReadWord left = line.words[i];
      ReadWord& right = line.words[i];
      left.box.x1 = right.box.x0 = (left.box.x0 + left.box.x1) / 2;
      left.text = "7/";
      right.text = "0";
      left.conf = right.conf = 0.5F;
      line.words.insert(line.words.begin() + static_cast<std::ptrdiff_t>(i) + 1, left);
      break;
    }
  }
  page.repair();
  EXPECT_NE(page.find("٤٧٨٩٥"), nullptr);
  EXPECT_EQ(page.find("7/"), nullptr);
  EXPECT_EQ(page.find("0"), nullptr);
}

TEST(Numbers, ANumberPassedOverIsPutInItsPlace) {
  Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  const std::vector<std::string> right = page.texts();
  for (ReadLine& line : page.reading.lines)
    std::erase_if(line.words, [](const ReadWord& word) { return word.text == "٣٠"; });
  ASSERT_EQ(page.find("٣٠"), nullptr);
  const NumberRepair repair = repair_numbers(page.reading, page.sheet.grey.get());
  EXPECT_EQ(repair.added, 1U);
  EXPECT_EQ(page.texts(), right);
}

TEST(Numbers, DoubtfulLettersDoNotBecomeDigits) {
  for (const char* font : {"Noto Naskh Arabic", "Noto Sans Arabic"}) {
    Drawn page = drawn({"دور رأى مدة من قبل نحو عام على ورد كل حتى ثم بعد سنة شهر يوم هو هي لم عن"}, font);
    const std::vector<std::string> right = page.texts();
    for (ReadLine& line : page.reading.lines)
      for (ReadWord& word : line.words) word.conf = 0.15F;
    page.repair();
    EXPECT_EQ(page.texts(), right) << font;
  }
}

TEST(Numbers, SureWordsOfLettersAreNeverTouched) {
  Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  page.misread("٢٥", "الا", 0.9F);
  const std::vector<std::string> before = page.texts();
  for (ReadLine& line : page.reading.lines)
    for (ReadWord& word : line.words)
      if (word.text.find_first_not_of("٠١٢٣٤٥٦٧٨٩") != std::string::npos) word.conf = 0.95F;
  page.repair();
  EXPECT_NE(page.find("الا"), nullptr);
}

TEST(Numbers, EmptyReadingsAndBoxesBesideTheSheetAreHarmless) {
  Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  Reading none;
  EXPECT_EQ(repair_numbers(none, page.sheet.grey.get()).replaced, 0U);
  Reading odd;
  const PxBox far{90000, 90000, 90100, 90020};
  const PxBox flat{10, 10, 10, 10};
  odd.lines.push_back(ReadLine{{ReadWord{"0", far, 0.5F}}, far, false});
  odd.lines.push_back(ReadLine{{ReadWord{"0", flat, 0.5F}}, flat, false});
  repair_numbers(odd, page.sheet.grey.get());
  EXPECT_EQ(odd.lines.size(), 2U);
}

TEST(Numbers, AreRepairedInWhatTheEngineReads) {
  RecogniserSettings settings;
  settings.langs = {"ara"};
  auto recogniser = Recogniser::create(settings);
  ASSERT_TRUE(recogniser) << recogniser.error().message;
  const Drawn page = drawn(kLetter, "Noto Naskh Arabic");
  const auto reading = (*recogniser)->recognise(page.page.picture, {});
  ASSERT_TRUE(reading);
  for (const std::string& number : kNumbers) {
    bool found = false;
    for (const Word& word : reading->page.words) found = found || word.text == number;
    EXPECT_TRUE(found) << number;
  }
}

}  // namespace
}  // namespace dragoman::ocr
