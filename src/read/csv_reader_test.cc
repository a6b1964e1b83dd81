// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/csv_rows.h"
#include "read/recorded_reading.h"
#include "read/types.h"

namespace dragoman::read {
namespace {

std::vector<std::vector<std::string>> records(std::string_view text, char separator) {
  CsvRows rows(text, CsvDialect{separator, 0, 0});
  std::vector<std::vector<std::string>> all;
  std::vector<std::string> cells;
  while (rows.next(cells)) all.push_back(cells);
  return all;
}

TEST(csv, records) {
  using Rows = std::vector<std::vector<std::string>>;
  EXPECT_EQ(records("a,b\r\nc,d", ','), (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(records("\"a,\"\"1\"\"\",\"b\nc\"\n", ','), (Rows{{"a,\"1\"", "b\nc"}}));
  EXPECT_EQ(records("a;;\n\n;b\n", ';'), (Rows{{"a", "", ""}, {""}, {"", "b"}}));
  EXPECT_EQ(records("\"a\"b,\"c\n", ','), (Rows{{"ab", "\"c"}})) << "a quote that never ends is a letter";
  EXPECT_EQ(records("5\" pipe,x\n", ','), (Rows{{"5\" pipe", "x"}}));
  const std::string wide(CsvRows::kMostCells + 10, ',');
  EXPECT_EQ(records(wide, ',').at(0).size(), CsvRows::kMostCells);
}

TEST(csv, dialects) {
  const auto separator = [](std::string_view text) {
    const auto dialect = csv_dialect_of(text, false);
    return dialect ? dialect->separator : '-';
  };
  EXPECT_EQ(separator("name,amount,date\nAli,5,2020\nSara,7,2021\n"), ',');
  EXPECT_EQ(separator("name;amount\nAli;5,5\nSara;7,1\nOmid;8,0\n"), ';') << "commas of decimals";
  EXPECT_EQ(separator("a\tb\n1\t2\n3\t4\n"), '\t');
  EXPECT_EQ(separator("a|b|c\n1|2|3\n"), '|');
  EXPECT_EQ(separator("sep=,\nonly,two\n"), ',');
  EXPECT_EQ(separator("Report of 2020\n\na,b,c\n1,2,3\n1,2,3\n1,2,3\n4,5,6\n4,5,6\n"), ',') << "a title before";
  EXPECT_EQ(separator("Dear Ali,\n\nthanks, we met, as you know, twice.\nBest, Sara\n"), '-');
  EXPECT_EQ(separator("Ali, my friend\nSara, my sister\nOmid, my uncle\n"), '-') << "prose";
  EXPECT_EQ(separator("{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n{\"a\": 3, \"b\": 4}\n"), '-') << "JSON lines";
  EXPECT_EQ(separator("int a, b;\nint c, d;\nint e, f;\nvoid g() { h(); }\nvoid i() { j(); }\nvoid k() { l(); }\n"),
            '-');
  EXPECT_EQ(separator("one\ntwo\nthree\n"), '-');
}

TEST(csv, rows_are_lines_of_labelled_pages) {
  std::string text = "\xEF\xBB\xBFname;town;note\n";
  for (int i = 2; i < 300; ++i) text += "Omid " + std::to_string(i) + ";\"Shiraz; old\ntown\";x\n";
  const Reading reading = read_named(text, "people.csv");
  EXPECT_EQ(reading.mime, "text/csv");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.field("separator"), ";");
  EXPECT_EQ(reading.field("columns"), "3");
  ASSERT_GT(reading.pages.size(), 2U);
  EXPECT_TRUE(reading.pages[0].label.starts_with("rows 1–"));
  EXPECT_TRUE(reading.text(0).starts_with("name town note\nOmid 2 Shiraz; old town x\n")) << reading.text(0);
  EXPECT_TRUE(reading.pages.back().label.ends_with("–299")) << reading.pages.back().label;
}

TEST(csv, other_encodings) {
  // "نام,شهر" and "علی,قم" in windows-1256.
  std::string arabic = "\xE4\xC7\xE3,\xD4\xE5\xD1,\xC8\xD2\xD1\xDA\n";
  for (int i = 0; i < 9; ++i) arabic += "\xDA\xE1\xED,\xDE\xE3,1\n";
  const Reading reading = read_named(arabic, "a.csv");
  EXPECT_EQ(reading.mime, "text/csv");
  EXPECT_EQ(reading.field("encoding"), "windows-1256");
  EXPECT_TRUE(reading.text(0).starts_with("نام شهر")) << reading.text(0);
  std::string wide = "\xFF\xFE";
  for (const char c : std::string_view("a\tb\n1\t2\n3\t4\n")) wide += {c, '\0'};
  const Reading excel = read_named(wide, "a.txt");
  EXPECT_EQ(excel.mime, "text/csv");
  EXPECT_EQ(excel.text(0), "a b\n1 2\n3 4");
}

TEST(csv, one_endless_row_is_bounded) {
  std::string text = "a,b,c\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n\"";
  for (int i = 0; i < 100'000; ++i) text += "w ";
  const Reading reading = read_named(text, "a.csv");
  EXPECT_EQ(reading.state, ItemState::read);
  std::size_t words = 0;
  for (const Page& page : reading.pages) words += page.words.size();
  EXPECT_EQ(words, 3U * 9 + 1 + 100'000 - 1);
}

}  // namespace
}  // namespace dragoman::read
