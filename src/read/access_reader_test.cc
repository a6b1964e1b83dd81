// SPDX-License-Identifier: AGPL-3.0-or-later
// The database is built here byte by byte: a head, the catalog with one table of people, that table. Layout: the format
// of JET 4 as libmdb documents it.
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kPage = 4096;

void put(std::string& page, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) page[at + i] = static_cast<char>(value >> (8 * i) & 0xFFU);
}

std::string wide(std::string_view ascii) {
  std::string out;
  for (const char c : ascii) out += {c, '\0'};
  return out;
}

struct TestColumn {
  std::string name;
  int type;  // of libmdb: 4 a long integer, 10 text, 12 a long text
  bool fixed;
  std::uint16_t place;  // offset of a fixed one, number among the variable ones
  std::uint16_t size;
};

/// The page that defines a table whose rows stand on `data_page`.
std::string definition(const std::vector<TestColumn>& columns, std::uint32_t rows, std::uint32_t map_page) {
  std::string page(kPage, '\0');
  put(page, 0, 0x0102, 2);
  put(page, 16, rows, 4);
  page[40] = 'N';
  put(page, 45, columns.size(), 2);
  put(page, 55, map_page << 8U, 4);  // the used pages: row 0 of the page of maps
  put(page, 59, (map_page << 8U) + 1, 4);
  std::size_t variable = 0;
  for (const TestColumn& column : columns) variable += column.fixed ? 0U : 1U;
  put(page, 43, variable, 2);
  put(page, 41, columns.size(), 2);
  std::size_t at = 63;
  std::uint16_t number = 0;
  for (const TestColumn& column : columns) {
    page[at] = static_cast<char>(column.type);
    put(page, at + 5, number, 2);
    put(page, at + 7, column.fixed ? 0 : column.place, 2);
    put(page, at + 9, number, 2);
    page[at + 15] = column.fixed ? 3 : 2;
    put(page, at + 21, column.fixed ? column.place : 0, 2);
    put(page, at + 23, column.size, 2);
    at += 25;
    ++number;
  }
  for (const TestColumn& column : columns) {
    const std::string name = wide(column.name);
    put(page, at, name.size(), 2);
    page.replace(at + 2, name.size(), name);
    at += 2 + name.size();
  }
  return page;
}

/// A page of rows, which lie from its end towards its head.
std::string rows_page(const std::vector<std::string>& rows, std::uint32_t table_page) {
  std::string page(kPage, '\0');
  put(page, 0, 0x0101, 2);
  put(page, 4, table_page, 4);
  put(page, 12, rows.size(), 2);
  std::size_t end = kPage;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    end -= rows[i].size();
    page.replace(end, rows[i].size(), rows[i]);
    put(page, 14 + 2 * i, end, 2);
  }
  return page;
}

/// A row: the number of columns, fixed values, variable ones, where those begin and end, which columns have a value.
std::string row(std::size_t columns, const std::string& fixed, const std::vector<std::string>& variable) {
  std::string out(2, '\0');
  put(out, 0, columns, 2);
  out += fixed;
  std::vector<std::size_t> starts;
  for (const std::string& value : variable) {
    starts.push_back(out.size());
    out += value;
  }
  std::string tail;
  const auto add = [&](std::size_t value) {
    std::string two(2, '\0');
    put(two, 0, value, 2);
    tail += two;
  };
  add(out.size());
  for (std::size_t i = starts.size(); i > 0; --i) add(starts[i - 1]);
  add(variable.size());
  tail += std::string((columns + 7) / 8, '\xEF');  // the fifth has none
  return out + tail;
}

/// A map of used pages: those of one byte's eight from `first` on.
std::string map_of(std::uint32_t page) {
  std::string map(5 + 64, '\0');
  map[5 + page / 8] = static_cast<char>(1U << (page % 8));
  return map;
}

std::string long_text(std::string_view ascii) {
  const std::string text = wide(ascii);
  std::string out(12, '\0');
  put(out, 0, text.size() | 0x8000'0000U, 4);  // it stands in the row itself
  return out + text;
}

std::string little(std::uint32_t value) {
  std::string out(4, '\0');
  put(out, 0, value, 4);
  return out;
}

/// What masks the head from its 24th byte on (RC4 with a key that is the same in all files): masked zeros.
std::string mask() {
  const std::array<unsigned, 4> key = {0xC7, 0xDA, 0x39, 0x6B};
  std::array<unsigned, 256> state{};
  for (unsigned i = 0; i < 256; ++i) state[i] = i;
  for (unsigned i = 0, j = 0; i < 256; ++i) {
    j = (j + state[i] + key[i % 4]) % 256;
    std::swap(state[i], state[j]);
  }
  std::string out;
  for (unsigned i = 1, j = 0; i <= 128; ++i) {
    j = (j + state[i]) % 256;
    std::swap(state[i], state[j]);
    out.push_back(static_cast<char>(state[(state[i] + state[j]) % 256]));
  }
  return out;
}

std::string database() {
  std::string head(kPage, '\0');
  const std::string magic("\0\1\0\0Standard Jet DB\0\1", 21);
  head.replace(0, magic.size(), magic);
  head.replace(0x18, 128, mask());
  const std::vector<TestColumn> catalog_columns = {{"Id", 4, true, 0, 4},
                                                   {"Name", 10, false, 0, 510},
                                                   {"Type", 3, true, 4, 2},
                                                   {"Flags", 4, true, 6, 4},
                                                   {"LvProp", 11, false, 1, 0}};
  const auto entry = [](std::uint32_t id, const char* name, std::uint32_t flags) {
    return row(5, little(id) + std::string("\1\0", 2) + little(flags), {wide(name), ""});
  };
  std::string bytes = head;
  bytes += std::string(kPage, '\0');                                                                           // 1
  bytes += definition(catalog_columns, 2, 3);                                                                  // 2
  bytes += rows_page({map_of(4), map_of(0)}, 0);                                                               // 3
  bytes += rows_page({entry(5, "people", 0), entry(2, "MSysObjects", 0x8000'0002U)}, 2);                       // 4
  bytes += definition({{"id", 4, true, 0, 4}, {"name", 10, false, 0, 100}, {"note", 12, false, 1, 0}}, 2, 6);  // 5
  bytes += rows_page({map_of(7), map_of(0)}, 0);                                                               // 6
  bytes += rows_page({row(3, little(12), {wide("Sara Karimi"), long_text("a long note")}),
                      row(3, little(7), {wide("Omid"), long_text("another")})},
                     5);  // 7
  return bytes;
}

TEST(access, tables_and_their_rows) {
  const Reading reading = read_named(database(), "a.mdb");
  EXPECT_EQ(reading.mime, "application/x-msaccess");
  EXPECT_EQ(reading.state, ItemState::read);
  for (const Gap& gap : reading.gaps) ADD_FAILURE() << gap.where << ": " << gap.detail;
  EXPECT_EQ(reading.labelled("table people, rows 1–2"), "id name note\n12 Sara Karimi a long note\n7 Omid another\n");
  EXPECT_EQ(reading.field("format"), "JET 4");
  ASSERT_EQ(reading.counts.size(), 1U);
  EXPECT_EQ(reading.counts[0].read, 1U) << "tables of the program itself are left out";
}

TEST(access, encrypted_and_damaged) {
  std::string locked = database();
  locked[0x14] = 3;
  locked[0x299] = 40;
  EXPECT_EQ(read_bytes(locked).state, ItemState::encrypted);
  const std::string bytes = database();
  EXPECT_NE(read_bytes(std::string_view(bytes).substr(0, kPage)).state, ItemState::read);
  const Reading cut = read_bytes(std::string_view(bytes).substr(0, 5 * kPage));
  EXPECT_NE(cut.state, ItemState::read);
}

}  // namespace
}  // namespace dragoman::read
