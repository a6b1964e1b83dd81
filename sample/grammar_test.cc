// SPDX-License-Identifier: AGPL-3.0-or-later
#include "grammar.h"

#include <gtest/gtest.h>

#include <set>

#include "plain_text.h"

namespace dragoman::sample {
namespace {

Letter write(Lang lang, std::uint64_t seed, int pages = 1) {
  return Grammar(Prng(seed)).write({.lang = lang, .kind = "cable", .pages = pages});
}

TEST(Grammar, LeavesNoSlotOpen) {
  for (const Lang lang : kLangs) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const Letter letter = write(lang, seed);
      EXPECT_EQ(page_text(letter, 1).find_first_of("{}"), std::string::npos);
    }
  }
}

TEST(Grammar, WritesEveryPageAnew) {
  std::set<std::string> pages;
  for (std::uint64_t seed = 0; seed < 200; ++seed) pages.insert(page_text(write(Lang::ar, seed), 1));
  EXPECT_EQ(pages.size(), 200u);
}

TEST(Grammar, StaysUnderTheWordLimitOfAReflowablePage) {
  for (const Lang lang : kLangs) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const std::size_t words = split_words(page_text(write(lang, seed), 1)).size();
      EXPECT_GE(words, 150u);
      EXPECT_LE(words, 450u);
    }
  }
}

TEST(Grammar, SaysOnEveryPageThatItIsFiction) {
  const Letter letter = write(Lang::fa, 1, 3);
  for (std::size_t page = 1; page <= 3; ++page) {
    EXPECT_NE(page_text(letter, page).find("ساختگی"), std::string::npos);
  }
  EXPECT_TRUE(footer_line(letter, 2).ends_with("صفحه ۲ از ۳"));
}

TEST(Grammar, KeepsEachScriptsOwnLetters) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::string fa = page_text(write(Lang::fa, seed), 1);
    EXPECT_EQ(fa.find("ي"), std::string::npos);
    EXPECT_EQ(fa.find("ك"), std::string::npos);
    const std::string ar = page_text(write(Lang::ar, seed), 1);
    EXPECT_EQ(ar.find("ی"), std::string::npos);
    EXPECT_EQ(ar.find("ک"), std::string::npos);
  }
}

TEST(Grammar, DatesStandInTheTextAsTheyAreListed) {
  const Letter letter = write(Lang::fa, 3);
  std::size_t dates = 0;
  for (const Paragraph& paragraph : letter.pages.front()) {
    for (const DateMention& date : paragraph.dates) {
      EXPECT_NE(paragraph.text.find(date.text), std::string::npos) << date.text;
      ++dates;
    }
  }
  EXPECT_GT(dates, 0u);
}

TEST(PlainText, EveryArabicLetterFitsTheOldCodePage) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Letter typed = to_windows_1256_letters(write(Lang::ar, seed));
    EXPECT_FALSE(encode_text(page_text(typed, 1), Encoding::windows_1256).empty());
  }
}

}  // namespace
}  // namespace dragoman::sample
