// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/match.h"

#include <gtest/gtest.h>

namespace dragoman::search {
namespace {

Query query(std::string_view text) {
  auto parsed = parse_query(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().message;
  return *parsed;
}

std::vector<std::uint32_t> marked(std::string_view text, std::string_view page) {
  std::vector<std::uint32_t> numbers;
  for (WordIndex word : match_words(query(text), words_of(page))) numbers.push_back(word.value());
  return numbers;
}

std::string cited(std::string_view text, std::string_view page) {
  const auto range = best_cluster(find_matches(query(text), words_of(page)));
  return range ? std::to_string(range->first.value()) + "-" + std::to_string(range->last.value()) : "";
}

using Numbers = std::vector<std::uint32_t>;

TEST(Match, MarksWords) {
  EXPECT_EQ(marked("minister", "The Minister — met a minister's aide"), Numbers({2, 6}));
  EXPECT_EQ(marked("minis*", "The Minister met a mini bus"), Numbers({2}));
  EXPECT_EQ(marked("\"foreign minister\"", "foreign aid, foreign — minister minister"), Numbers({3, 4, 5}));
  EXPECT_EQ(marked("a -b", "a b a"), Numbers({1, 3}));
  EXPECT_EQ(marked("a OR b", "c b a"), Numbers({2, 3}));
  EXPECT_EQ(marked("bar", "foo-bar baz"), Numbers({1}));
  EXPECT_EQ(marked("\"bar baz\"", "foo-bar baz"), Numbers({1, 2}));
  EXPECT_TRUE(marked("x", "a b").empty());
  EXPECT_TRUE(marked("x", "").empty());
}

TEST(Match, MarksEverySpelling) {
  EXPECT_EQ(marked("میرود", "او می رود"), Numbers({2, 3}));
  EXPECT_EQ(marked("می رود", "او می‌رود"), Numbers({2}));
  EXPECT_EQ(marked("می رود", "می او می رود"), Numbers({3, 4}));  // not the lone می
  EXPECT_EQ(marked("می رود", "رود و می"), Numbers({1, 3}));      // apart, as typed
  EXPECT_EQ(marked("\"او میرود به\"", "او می رود به"), Numbers({1, 2, 3, 4}));
  EXPECT_EQ(marked("\"او می رود به\"", "او میرود به"), Numbers({1, 2, 3}));
  EXPECT_EQ(marked("كتابهاي", "کتاب های علی"), Numbers({1, 2}));
}

TEST(Match, CitesTheShortestRun) {
  EXPECT_EQ(cited("\"foreign minister\"", "a foreign minister and a foreign minister"), "2-3");
  EXPECT_EQ(cited("a b", "a x x b x a b"), "6-7");
  EXPECT_EQ(cited("a b c", "a b x x x x c b x a"), "7-10");
  EXPECT_EQ(cited("a b", "x a x"), "2-2");
  EXPECT_EQ(cited("a a", "a x a"), "1-1");  // one place serves both
  EXPECT_EQ(cited("x", "a"), "");
  std::string far = "a";
  for (int i = 0; i < 100; ++i) far += " x";
  EXPECT_EQ(cited("a b", far + " b"), "1-1");
}

TEST(Snippet, ShowsWordsAsPrinted) {
  const auto words = words_of("او می‌رود به «تهران»، دیگر.");
  const auto matches = find_matches(query("تهران"), words);
  const Snippet short_page = snippet(words, matches);
  EXPECT_EQ(short_page.text.utf8, "او می‌رود به «تهران»، دیگر.");
  EXPECT_EQ(short_page.range, (WordRange{WordIndex(1), WordIndex(5)}));
}

TEST(Snippet, CentresOnTheCluster) {
  std::string page;
  for (int i = 1; i <= 100; ++i) page += i == 50 ? "needle " : "w" + std::to_string(i) + (i % 7 == 0 ? "\n" : " ");
  const auto words = words_of(page);
  const Snippet middle = snippet(words, find_matches(query("needle"), words));
  EXPECT_EQ(middle.range, (WordRange{WordIndex(36), WordIndex(65)}));
  EXPECT_TRUE(middle.text.utf8.starts_with("… w36 w37"));
  EXPECT_TRUE(middle.text.utf8.ends_with("w65 …"));
  const Snippet start = snippet(words, find_matches(query("w2"), words));
  EXPECT_EQ(start.range, (WordRange{WordIndex(1), WordIndex(30)}));
  const Snippet end = snippet(words, find_matches(query("w99"), words));
  EXPECT_EQ(end.range, (WordRange{WordIndex(71), WordIndex(100)}));
  EXPECT_TRUE(end.text.utf8.ends_with("w99 w100"));
  EXPECT_EQ(snippet(words, {}).range, (WordRange{WordIndex(1), WordIndex(30)}));
  EXPECT_EQ(snippet({}, {}).text.utf8, "");
}

TEST(Snippet, StaysShortWhateverTheWords) {
  std::vector<Word> words;
  for (int i = 0; i < 40; ++i) words.push_back({std::string(100'000, 'x'), {}, {}, Break::space});
  EXPECT_LT(snippet(words, {}).text.utf8.size(), 3'000U);
}

TEST(SnippetMarks, StandAtTheWordsInUtf16) {
  const auto words = words_of("😀 گزارش مرز، the «report» of reports");
  const auto marks_of = [&](std::string_view text) {
    const auto query = parse_query(text);
    EXPECT_TRUE(query);
    const Snippet shown = snippet(words, find_matches(*query, words));
    std::vector<std::pair<std::uint32_t, std::uint32_t>> marks;
    for (const TextMark& mark : shown.marks) marks.emplace_back(mark.begin, mark.end);
    return marks;
  };
  using Marks = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  EXPECT_EQ(marks_of("گزارش"), Marks({{3, 8}}));
  EXPECT_EQ(marks_of("\"گزارش مرز\""), Marks({{3, 13}})) << "a phrase is one mark";
  EXPECT_EQ(marks_of("گزارش مرز"), Marks({{3, 8}, {9, 13}})) << "two words are two";
  EXPECT_EQ(marks_of("report*"), Marks({{18, 26}, {30, 37}}));
  EXPECT_TRUE(marks_of("nothing").empty());
}

}  // namespace
}  // namespace dragoman::search
