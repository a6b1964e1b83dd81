// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xlsb_records.h"

#include <gtest/gtest.h>

#include <bit>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

std::string number(std::uint64_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return out;
}

std::string wide(const std::string& ascii) {
  std::string out = number(ascii.size(), 4);
  for (const char c : ascii) out += number(static_cast<std::uint8_t>(c), 2);
  return out;
}

std::string record(std::uint32_t id, const std::string& payload) {
  std::string out = id < 128 ? number(id, 1) : number((id & 0x7FU) | 0x80U, 1) + number(id >> 7, 1);
  std::uint64_t size = payload.size();
  for (; size >= 128; size >>= 7) out += number((size & 0x7FU) | 0x80U, 1);
  return out + number(size, 1) + payload;
}

std::string cell(std::uint32_t column, std::uint32_t style = 0) {
  return number(column, 4) + number(style, 4);
}

std::string row(std::uint32_t index, bool hidden = false) {
  return record(0, number(index, 4) + number(0, 7) + number(hidden ? 0x10 : 0, 1) + number(0, 5));
}

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"http://x/" + type + "\" Target=\"" + target + "\"/>";
}

TEST(Xlsb, rows_of_every_kind_of_cell) {
  const std::string rows = row(1) + record(7, cell(0) + number(1, 4)) + record(2, cell(1) + number(250U << 2 | 3U, 4)) +
                           record(5, cell(2, 1) + number(std::bit_cast<std::uint64_t>(42065.0), 8)) +
                           record(4, cell(3) + number(1, 1)) + record(3, cell(4) + number(0x2A, 1)) +
                           record(8, cell(5) + wide("made") + number(0, 6)) + record(60, std::string(18, '\0')) +
                           record(6, cell(7) + number(0xFFFFFF, 4)) + row(4, true) +
                           record(6, cell(0) + wide("unseen"));
  const Reading reading = read_named(
      zip_of({{"[Content_Types].xml",
               "<Types><Default Extension=\"bin\" "
               "ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/><Override "
               "PartName=\"/xl/worksheets/sheet1.bin\" ContentType=\"application/vnd.ms-excel.worksheet\"/><Override "
               "PartName=\"/xl/sharedStrings.bin\" ContentType=\"application/vnd.ms-excel.sharedStrings\"/><Override "
               "PartName=\"/xl/styles.bin\" ContentType=\"application/vnd.ms-excel.styles\"/></Types>"},
              {"xl/workbook.bin", record(156, number(2, 4) + number(1, 4) + wide("r1") + wide("Payments"))},
              {"xl/_rels/workbook.bin.rels", "<Relationships>" + relation("r1", "worksheet", "worksheets/sheet1.bin") +
                                                 relation("r2", "sharedStrings", "sharedStrings.bin") +
                                                 relation("r3", "styles", "styles.bin") + "</Relationships>"},
              {"xl/sharedStrings.bin", record(19, number(0, 1) + wide("no")) + record(19, number(0, 1) + wide("Mina"))},
              {"xl/styles.bin", record(44, number(164, 2) + wide("yyyy-mm-dd")) + record(617, "") +
                                    record(47, number(0, 2) + number(0, 2)) +
                                    record(47, number(0, 2) + number(164, 2)) + record(618, "")},
              {"xl/worksheets/sheet1.bin", rows},
              {"xl/media/image1.png", "png"}}),
      "a.xlsb");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled("sheet Payments (hidden), row 2"), "Mina 2.5 2015-03-02 TRUE #N/A made\n");
  EXPECT_EQ(reading.labelled("sheet Payments (hidden), hidden rows and columns, row 5"), "unseen\n");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "xl/media/image1.png");
}

TEST(Xlsb, records_come_in_pieces_and_may_lie) {
  std::vector<std::uint32_t> ids;
  XlsbRecords records([&](std::uint32_t id, std::string_view) { ids.push_back(id); });
  const std::string bytes = record(637, "abc") + record(19, std::string(300, 'x'));
  for (const char c : bytes) EXPECT_TRUE(records.feed({&c, 1}));
  EXPECT_TRUE(records.finish());
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{637, 19}));
  EXPECT_FALSE(records.feed("\x01\xFF\xFF\xFF\xFF\xFF"));
  XlsbRecords cut([](std::uint32_t, std::string_view) {});
  EXPECT_TRUE(cut.feed(bytes.substr(0, 4)));
  EXPECT_FALSE(cut.finish());
}

}  // namespace
}  // namespace dragoman::read
