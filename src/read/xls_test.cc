// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <bit>

#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string record(unsigned type, const std::string& data) {
  return le16(type) + le16(data.size()) + data;
}

std::string real(double value) {
  std::string out;
  put(out, std::bit_cast<std::uint64_t>(value), 8);
  return out;
}

std::string narrow(const std::string& text, unsigned count_bytes) {
  std::string out;
  put(out, text.size(), count_bytes);
  return out + std::string(1, '\0') + text;
}

std::string cell(unsigned row, unsigned column, unsigned style = 0) {
  return le16(row) + le16(column) + le16(style);
}

const std::string kEnd = record(0x0A, "");

std::string begin(unsigned kind) {
  return record(0x809, le16(0x600) + le16(kind) + std::string(12, '\0'));
}

struct SheetBytes {
  std::string name;
  unsigned visibility = 0;
  std::string records;
};

// The places of the sheets are known only when the part before them is written: they are filled in at the end.
std::string workbook(const std::string& globals, const std::vector<SheetBytes>& sheets) {
  std::string stream = begin(5) + globals;
  std::vector<std::size_t> places;
  for (const SheetBytes& sheet : sheets) {
    places.push_back(stream.size() + 4);
    std::string about = le32(0);
    put(about, sheet.visibility, 2);
    stream += record(0x85, about + narrow(sheet.name, 1));
  }
  stream += kEnd;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    stream.replace(places[i], 4, le32(stream.size()));
    stream += begin(0x10) + sheets[i].records + kEnd;
  }
  return OleBuilder().add("Workbook", stream).build();
}

TEST(Xls, CellsOfEveryKind) {
  const std::string strings =
      record(0xFC, le32(2) + le32(2) + narrow("first", 2) + le16(2) + "\1" + wide(u"\u0633\u0644"));
  const std::string formats = record(0x41E, le16(164) + narrow("yyyy\\-mm\\-dd", 2)) +
                              record(0xE0, le16(0) + le16(0) + std::string(16, '\0')) +
                              record(0xE0, le16(0) + le16(164) + std::string(16, '\0'));
  std::string formula = cell(2, 0) + std::string("\0\0\0\0\0\0\xFF\xFF", 8) + std::string(8, '\0');
  const std::string sheet =
      record(0xFD, cell(0, 0) + le32(0)) + record(0xFD, cell(0, 1) + le32(1)) + record(0x203, cell(1, 0) + real(1.5)) +
      record(0x27E, cell(1, 1) + le32((42U << 2U) | 2U)) + record(0x203, cell(1, 2, 1) + real(38'000)) +
      record(0xBD, le16(1) + le16(3) + le16(0) + le32((7U << 2U) | 3U) + le16(0) + le32((8U << 2U) | 2U) + le16(4)) +
      record(0x06, formula) + record(0x207, narrow("computed", 2)) +
      record(0x205, cell(2, 1) + std::string("\1\0", 2)) + record(0x205, cell(2, 2) + std::string("\7\1", 2)) +
      record(0x204, cell(3, 0) + narrow("label", 2));
  const Reading reading = read_bytes(workbook(strings + formats, {{"Budget", 0, sheet}}));
  EXPECT_EQ(reading.mime, "application/vnd.ms-excel");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_EQ(reading.pages[0].label, "sheet Budget, rows 1–4");
  EXPECT_EQ(reading.text(), "first \u0633\u0644\n1.5 42 2004-01-14 0.07 8\ncomputed TRUE #DIV/0!\nlabel");
}

// A string may be cut anywhere; the continuation says anew how wide its characters are.
TEST(Xls, StringsGoOnInContinuations) {
  const std::string first = le32(2) + le32(2) + le16(6) + std::string(1, '\0') + "abc";
  const std::string second = std::string(1, '\1') + wide(u"\u0633\u0644\u0627") + le16(1) + std::string(1, '\0') + "z";
  const std::string cells = record(0xFD, cell(0, 0) + le32(0)) + record(0xFD, cell(0, 1) + le32(1));
  const Reading reading = read_bytes(workbook(record(0xFC, first) + record(0x3C, second), {{"S", 0, cells}}));
  EXPECT_EQ(reading.text(), "abc\u0633\u0644\u0627 z");
}

TEST(Xls, HiddenSheetsRowsAndColumnsAreSaid) {
  const std::string hidden_row = record(0x208, le16(1) + std::string(10, '\0') + le32(0x20));
  const std::string hidden_column = record(0x7D, le16(2) + le16(2) + le32(0) + le16(1) + le16(0));
  const std::string cells = record(0x204, cell(0, 0) + narrow("seen", 2)) +
                            record(0x204, cell(0, 2) + narrow("aside", 2)) +
                            record(0x204, cell(1, 0) + narrow("below", 2));
  const Reading reading = read_bytes(workbook("", {{"A", 1, record(0x204, cell(4, 0) + narrow("one", 2))},
                                                   {"B", 2, record(0x204, cell(0, 0) + narrow("two", 2))},
                                                   {"C", 0, hidden_row + hidden_column + cells}}));
  EXPECT_EQ(reading.labelled("sheet A (hidden), row 5"), "one\n");
  EXPECT_EQ(reading.labelled("sheet B (very hidden), row 1"), "two\n");
  EXPECT_EQ(reading.labelled("sheet C, row 1"), "seen\n");
  EXPECT_EQ(reading.labelled("sheet C, hidden rows and columns, rows 1–2"), "aside\nbelow\n");
}

TEST(Xls, CommentsAndLinks) {
  const std::string object = record(0x5D, le16(0x15) + le16(18) + le16(0x19) + le16(7) + std::string(14, '\0'));
  const std::string text = record(0x1B6, std::string(10, '\0') + le16(6) + std::string(6, '\0')) +
                           record(0x3C, std::string(1, '\0') + "remark");
  const std::string note =
      record(0x1C, le16(2) + le16(1) + le16(0) + le16(7) + narrow("Jane", 2) + std::string(1, '\0'));
  const std::string url = wide(u"http://a.example/") + std::string(2, '\0');
  const std::string link =
      record(0x1B8, le16(0) + le16(0) + le16(27) + le16(27) + std::string(16, 'g') + le32(2) + le32(3) +
                        le32(0x79EAC9E0) + std::string(12, 'h') + le32(url.size()) + url);
  const Reading reading = read_bytes(workbook("", {{"S", 0, object + text + note + link}}));
  EXPECT_EQ(reading.labelled("sheet S, comments"), "B3: Jane: remark\n");
  EXPECT_EQ(reading.labelled("sheet S, links"), "AB1 http://a.example/\n");
}

TEST(Xls, RowsOutOfOrderAreSorted) {
  const std::string cells =
      record(0x204, cell(5, 0) + narrow("late", 2)) + record(0x204, cell(0, 0) + narrow("early", 2));
  const Reading reading = read_bytes(workbook("", {{"S", 0, cells}}));
  EXPECT_EQ(reading.text(), "early\nlate");
}

TEST(Xls, OneSheetOfExcel3InItsCodePage) {
  const std::string label = le16(0) + le16(0) + le16(0) + le16(4) + "\xD3\xE1\xC7\xE3";
  const std::string stream =
      record(0x209, le16(0) + le16(0x10) + le16(0)) + record(0x42, le16(1256)) + record(0x204, label) + kEnd;
  const Reading reading = read_bytes(stream);
  EXPECT_EQ(reading.mime, "application/vnd.ms-excel");
  EXPECT_EQ(reading.text(), "\u0633\u0644\u0627\u0645");
}

TEST(Xls, EncryptedAndDamagedAreSaid) {
  EXPECT_EQ(read_bytes(workbook(record(0x2F, le16(1) + le16(1) + le16(1)), {})).state, ItemState::encrypted);
  EXPECT_EQ(read_bytes(OleBuilder().add("Workbook", "no records here").build()).state, ItemState::failed);
  std::string stream = begin(5) + record(0x85, le32(999'999) + le16(0) + narrow("Lost", 1)) + kEnd;
  const Reading lost = read_bytes(OleBuilder().add("Workbook", stream).build());
  EXPECT_EQ(lost.state, ItemState::partial);
  EXPECT_TRUE(lost.has_gap(GapKind::truncated));
}

}  // namespace
}  // namespace dragoman::read
