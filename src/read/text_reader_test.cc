// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include "read/encoding.h"
#include "read/recorded_reading.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kPersian =
    "گزارش دیدار وزیر با نماینده کشور همسایه در مرز. این نامه برای آگاهی دفتر نوشته شده است.\n"
    "پس از گفتگو درباره آب و مرز، دو طرف به توافق رسیدند.\n";
constexpr std::string_view kArabic =
    "هذا كتاب من الوزارة إلى مدير المكتب بشأن زيارة الوفد إلى المدينة في الأسبوع القادم.\n";

std::string encoded(std::string_view utf8, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 8, '\0');
  const std::int32_t size = ucnv_convert(encoding, "UTF-8", out.data(), static_cast<std::int32_t>(out.size()),
                                         utf8.data(), static_cast<std::int32_t>(utf8.size()), &status);
  EXPECT_TRUE(U_SUCCESS(status)) << encoding;
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string spaced(std::string_view utf8) {
  return text_of(words_of(utf8));
}

TEST(TextReader, reads_utf8) {
  const Reading reading = read_named(kPersian, "a.txt");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "text/plain");
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_EQ(reading.text(), spaced(kPersian));
  EXPECT_EQ(reading.pages[0].lang, "fa");
  EXPECT_EQ(reading.pages[0].source, TextSource::body);
  EXPECT_FALSE(reading.pages[0].paged());
  EXPECT_EQ(reading.documents[0].kind, "text");
  EXPECT_TRUE(reading.gaps.empty());
}

struct EncodingCase {
  const char* encoding;
  std::string_view text;
  const char* mark;  // byte order mark in front, or none
};
class AnyEncoding : public testing::TestWithParam<EncodingCase> {};

TEST_P(AnyEncoding, gives_the_same_words) {
  const auto& [encoding, text, mark] = GetParam();
  const Reading reading = read_bytes(mark + encoded(text, encoding));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.text(), spaced(text)) << encoding;
}

INSTANTIATE_TEST_SUITE_P(
    All, AnyEncoding,
    testing::Values(EncodingCase{"IBM866",
                                 "Дорогие коллеги, отчёт о бюджете будет готов во вторник, после совещания в Москве.",
                                 ""},
                    EncodingCase{"UTF-16LE", kPersian, "\xFF\xFE"}, EncodingCase{"UTF-16BE", kPersian, "\xFE\xFF"},
                    EncodingCase{"UTF-16LE", kPersian, ""}, EncodingCase{"UTF-16BE", kArabic, ""},
                    EncodingCase{"UTF-32LE", kPersian, ""}, EncodingCase{"UTF-8", kArabic, "\xEF\xBB\xBF"},
                    EncodingCase{"windows-1256", kArabic, ""}, EncodingCase{"ISO-8859-6", kArabic, ""},
                    EncodingCase{"windows-1252", "Le dîner était près de la forêt, à côté du café.", ""}));

TEST(TextReader, does_not_take_binary_rubbish_for_text) {
  std::string rubbish;
  std::uint32_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525 + 1013904223;
    rubbish.push_back(static_cast<char>(state >> 24));
  }
  const Reading reading = read_bytes(rubbish);
  EXPECT_EQ(reading.state, ItemState::unsupported);
  EXPECT_TRUE(reading.has_gap(GapKind::unsupported));
}

TEST(TextReader, reports_bytes_that_do_not_fit) {
  std::string torn(kPersian);
  torn.resize(torn.size() - 3);  // through the last letter
  const Reading reading = read_bytes(torn);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  EXPECT_FALSE(reading.pages.empty());
}

TEST(TextReader, empty_file_is_read_with_a_gap) {
  const Reading reading = read_named("", "untitled.txt");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_EQ(reading.gaps[0].kind, GapKind::empty);
}

TEST(TextReader, text_limit_leaves_a_gap) {
  ReadRequest request;
  request.limits.max_text_bytes = 100;
  const Reading reading = read_bytes(std::string(300, 'a') + " b", request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
}

TEST(TextReader, extension_that_contradicts_the_content_is_a_gap) {
  EXPECT_TRUE(read_named("just text, nothing else\n", "photo.jpg").has_gap(GapKind::type_mismatch));
  EXPECT_FALSE(read_named("a,b\n1,2\n", "table.csv").has_gap(GapKind::type_mismatch));
  EXPECT_FALSE(read_named("# Title\n", "readme.md").has_gap(GapKind::type_mismatch));
  EXPECT_FALSE(read_named("int main() {}\n", "program.cc").has_gap(GapKind::type_mismatch));
}

std::vector<std::size_t> page_sizes(std::string_view text) {
  const Limits limits;
  Reflow reflow(text, limits);
  std::vector<std::size_t> sizes;
  while (std::optional<std::vector<Word>> page = reflow.next()) sizes.push_back(page->size());
  return sizes;
}

std::string paragraph(int words) {
  std::string out;
  for (int i = 0; i < words; ++i) out += "word ";
  return out;
}

TEST(Reflow, cuts_at_a_paragraph_before_the_limit) {
  EXPECT_EQ(page_sizes(paragraph(300) + "\n\n" + paragraph(150) + "\n\n" + paragraph(100)),
            (std::vector<std::size_t>{450, 100}));
}

TEST(Reflow, cuts_a_long_paragraph_at_the_limit) {
  EXPECT_EQ(page_sizes(paragraph(1200)), (std::vector<std::size_t>{500, 500, 200}));
}

TEST(Reflow, form_feed_is_a_page_break_and_empty_pages_are_none) {
  EXPECT_EQ(page_sizes("one two\f\f \fthree"), (std::vector<std::size_t>{2, 1}));
}

TEST(Reflow, text_longer_than_a_bite_is_the_same) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += paragraph(100) + "\n\n";
  const std::vector<std::size_t> sizes = page_sizes(text);
  EXPECT_EQ(sizes.size(), 80U);
  EXPECT_TRUE(std::all_of(sizes.begin(), sizes.end(), [](std::size_t size) { return size == 500; }));
}

TEST(Reflow, a_word_without_end_is_cut) {
  std::vector<Word> words = words_of(std::string(5000, 'x') + " y");
  split_long_words(words);
  ASSERT_EQ(words.size(), 6U);
  EXPECT_EQ(words[0].after, Break::none);
  EXPECT_EQ(words[4].after, Break::space);
  EXPECT_EQ(text_of(words), std::string(5000, 'x') + " y");
}

TEST(Encoding, declared_charset_that_does_not_fit_is_marked) {
  const Decoded decoded = decode_as(encoded(kArabic, "windows-1256"), "utf-8");
  EXPECT_TRUE(decoded.malformed);
  EXPECT_EQ(spaced(decoded.utf8), spaced(kArabic));
}

}  // namespace
}  // namespace dragoman::read
