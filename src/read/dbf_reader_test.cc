// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/dbf_table.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

struct TestColumn {
  std::string name;
  char type;
  unsigned length;
};

std::string little(std::uint64_t value, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return out;
}

/// A table of `records`, each with its flag, as a program writes it.
std::string table(const std::vector<TestColumn>& columns, const std::vector<std::string>& records, char version = 3,
                  char language = 0) {
  unsigned length = 1;
  std::string described;
  for (const TestColumn& column : columns) {
    std::string name = column.name;
    name.resize(11, '\0');
    described += name + column.type + little(0, 4) + static_cast<char>(column.length) + std::string(15, '\0');
    length += column.length;
  }
  std::string out{version, 124, 2, 29};
  out += little(records.size(), 4) + little(32 + described.size() + 1, 2) + little(length, 2);
  out += std::string(17, '\0') + language + std::string(2, '\0') + described + "\r";
  for (const std::string& record : records) {
    EXPECT_EQ(record.size(), length);
    out += record;
  }
  return out + "\x1A";
}

TEST(dbf, rows_and_deleted_rows) {
  const std::string sara = std::string(" Sara    ") + "  5.25" + "20240131";
  const std::string omid = std::string("*Omid    ") + "     7" + "20231230";
  const std::string reza = std::string(" Reza    ") + "      " + "        ";
  const Reading reading =
      read_named(table({{"NAME", 'C', 8}, {"SUM", 'N', 6}, {"DAY", 'D', 8}}, {sara, omid, reza}), "a.dbf");
  EXPECT_EQ(reading.mime, "application/x-dbf");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.labelled("rows 1–3"), "NAME SUM DAY\nSara 5.25 2024-01-31\nReza\n");
  EXPECT_EQ(reading.labelled("deleted rows, row 2"), "Omid 7 2023-12-30\n");
  EXPECT_EQ(reading.field("last update"), "2024-02-29");
}

TEST(dbf, code_pages) {
  const Reading named = read_bytes(table({{"A", 'C', 4}}, {" \xD3\xE1\xC7\xE3"}, 3, 0x7E));
  EXPECT_EQ(named.text(0), "A\nسلام");
  const Reading cyrillic = read_bytes(table({{"A", 'C', 4}}, {" \x84\xA0\x20 "}, 3, 0x65));
  EXPECT_EQ(cyrillic.text(0), "A\nДа");
  const Reading unsaid = read_bytes(table({{"A", 'C', 9}}, {" \xD8\xB3\xD9\x84\xD8\xA7\xD9\x85 "}));
  EXPECT_EQ(unsaid.text(0), "A\nسلام");
}

TEST(dbf, numbers_in_binary) {
  const std::string record = " " + little(0xFFFFFFFEU, 4) + little(0x4004'0000'0000'0000U, 8) + little(125'000, 8) +
                             little(2'460'311, 4) + little(3'661'000, 4);
  const Reading reading =
      read_bytes(table({{"I", 'I', 4}, {"B", 'B', 8}, {"Y", 'Y', 8}, {"T", 'T', 8}}, {record}, 0x30));
  EXPECT_EQ(reading.text(0), "I B Y T\n-2 2.5 12.5 2024-01-01T01:01:01");
}

TEST(dbf, memos_lie_elsewhere) {
  const Reading reading =
      read_bytes(table({{"A", 'C', 1}, {"NOTE", 'M', 10}}, {" x         7", " y          "}, static_cast<char>(0x83)));
  EXPECT_EQ(reading.state, ItemState::partial);
  ASSERT_EQ(reading.gaps.size(), 1U);
  EXPECT_TRUE(reading.gaps[0].detail.ends_with(": 1"));
}

TEST(dbf, damage) {
  const std::string bytes = table({{"A", 'C', 3}}, {" one", " two"});
  const Reading cut = read_bytes(std::string_view(bytes).substr(0, bytes.size() - 4));
  EXPECT_EQ(cut.state, ItemState::partial);
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
  EXPECT_EQ(cut.text(0), "A\none");
  std::string wrong = bytes;
  wrong[10] = 99;
  EXPECT_FALSE(dbf_head(wrong).has_value()) << "lengths that do not fit";
  for (std::size_t size = 0; size < bytes.size(); ++size) dbf_head(std::string_view(bytes).substr(0, size));
}

}  // namespace
}  // namespace dragoman::read
