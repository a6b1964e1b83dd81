// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <vector>

#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

// A Word 97 file: the text in 8-bit or UTF-16 pieces from byte 1,024 on, one page of character properties behind it.
struct WordFile {
  struct Run {
    std::string text;
    std::string properties;  // sprms
    bool wide = false;
  };
  std::vector<Run> runs;
  std::vector<std::uint32_t> counts = std::vector<std::uint32_t>(8);  // characters of each story
  std::string comment_refs;
  std::string comment_texts;
  std::string comment_owners;
  unsigned flags = 0x0200;
  unsigned version = 193;

  std::string build(OleBuilder builder = {}) const {
    std::string text;
    std::string cps = le32(0);
    std::string descriptors;
    std::string places;
    std::string offsets;
    std::string properties;
    std::uint32_t cp = 0;
    for (const Run& run : runs) {
      const std::size_t at = 1024 + text.size();
      cp += static_cast<std::uint32_t>(run.wide ? run.text.size() / 2 : run.text.size());
      cps += le32(cp);
      descriptors += le16(0) + le32(run.wide ? at : (at * 2) | 0x40000000U) + le16(0);
      places += le32(at);
      const std::size_t from = 256 + properties.size();
      put(offsets, run.properties.empty() ? 0 : from / 2, 1);
      if (!run.properties.empty()) {
        put(properties, run.properties.size(), 1);
        properties += run.properties;
        properties.resize((properties.size() + 1) / 2 * 2);
      }
      text += run.text;
    }
    places += le32(1024 + text.size());
    std::string page = places + offsets;
    page.resize(256);
    page += properties;
    page.resize(511);
    put(page, runs.size(), 1);
    text.resize((text.size() + 511) / 512 * 512);
    std::string table;
    std::string pairs(8 * 93, '\0');
    const auto add = [&](std::size_t index, const std::string& bytes) {
      pairs.replace(8 * index, 8, le32(table.size()) + le32(bytes.size()));
      table += bytes;
    };
    add(33, std::string(1, '\2') + le32(cps.size() + descriptors.size()) + cps + descriptors);
    add(12, le32(1024) + le32(1024 + text.size()) + le32((1024 + text.size()) / 512));
    add(4, comment_refs);
    add(5, comment_texts);
    add(36, comment_owners);
    std::string head = le16(0xA5EC) + le16(version) + le16(0) + le16(1033) + le16(0) + le16(flags);
    head.resize(0x4C);
    for (const std::uint32_t count : counts) head += le32(count);
    head.resize(0x98);
    head += le16(93) + pairs;
    head.resize(1024);
    builder.add("WordDocument", head + text + page);
    builder.add("1Table", table);
    return builder.build();
  }
};

const std::string kStruck = le16(0x0800) + "\1";
const std::string kUnseen = le16(0x083C) + "\1";

TEST(Doc, ReadsPiecesOfBothWidths) {
  WordFile file;
  file.runs = {{"plain \x93quoted\x94\r", "", false}, {wide(u"\u0633\u0644\u0627\u0645\r"), "", true}};
  file.counts[0] = 20;
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.mime, "application/msword");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.text(), "plain \u201Cquoted\u201D\n\n\u0633\u0644\u0627\u0645");
}

TEST(Doc, PutsDeletedAndHiddenTextApart) {
  WordFile file;
  file.runs = {{"shown ", "", false}, {"struck ", kStruck, false}, {"unseen ", kUnseen, false}, {"end\r", "", false}};
  file.counts[0] = 24;
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.text(), "shown end");
  EXPECT_EQ(reading.labelled("deleted text"), "struck\n");
  EXPECT_EQ(reading.labelled("hidden text"), "unseen\n");
}

TEST(Doc, FieldsShowTheirResult) {
  WordFile file;
  file.runs = {{"see \x13 HYPERLINK \"http://a.example/x\" \x14the page\x15 or \x13 PAGE \x15.\r", "", false}};
  file.counts[0] = static_cast<std::uint32_t>(file.runs[0].text.size());
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.text(), "see the page or .");
  EXPECT_EQ(reading.labelled("links"), "http://a.example/x\n");
}

TEST(Doc, StoriesHavePagesOfTheirOwn) {
  WordFile file;
  file.runs = {{"body\r", "", false},     {"\2note\r", "", false}, {"head\r", "", false},
               {"\5remark\r", "", false}, {"last\r", "", false},   {"boxed\r\r", "", false}};
  file.counts = {5, 6, 5, 0, 8, 5, 7, 0};
  file.comment_refs = le32(1) + le32(2) + std::string(30, '\0');
  file.comment_texts = le32(0) + le32(8) + le32(8);
  file.comment_owners = le16(4) + wide(u"Jane");
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.text(), "body");
  EXPECT_EQ(reading.labelled("footnotes"), "note\n");
  EXPECT_EQ(reading.labelled("endnotes"), "last\n");
  EXPECT_EQ(reading.labelled("headers and footers"), "head\n");
  EXPECT_EQ(reading.labelled("text boxes"), "boxed\n");
  EXPECT_EQ(reading.labelled("comments"), "Jane: remark\n");
}

TEST(Doc, EightBitPersianOfLooserEditions) {
  WordFile file;
  // این یک متن است و در آن سلام
  file.runs = {
      {"\xC7\xED\xE4 \xED\x98 \xE3\xCA\xE4 \xC7\xD3\xCA \xE6 \xCF\xD1 \xC2\xE4 \xD3\xE1\xC7\xE3\r", "", false}};
  file.counts[0] = static_cast<std::uint32_t>(file.runs[0].text.size());
  const Reading reading = read_bytes(file.build());
  EXPECT_NE(reading.text().find("\u0633\u0644\u0627\u0645"), std::string::npos);
}

TEST(Doc, EncryptedAndDamagedAreSaid) {
  WordFile file;
  file.runs = {{"text\r", "", false}};
  file.counts[0] = 5;
  file.flags = 0x0300;
  const Reading locked = read_bytes(file.build());
  EXPECT_EQ(locked.state, ItemState::encrypted);
  EXPECT_TRUE(locked.has_gap(GapKind::encrypted));
  file.flags = 0x0200;
  file.runs[0].text.resize(100'000, 'x');
  file.counts[0] = 100'000;
  const std::string whole = file.build();
  const Reading reading = read_bytes(whole);
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(read_bytes(OleBuilder().add("WordDocument", std::string(4096, '\0')).build()).state, ItemState::failed);
}

// Pieces that all name the same bytes: a small file that claims gigabytes.
TEST(Doc, PiecesCannotMultiplyTheText) {
  WordFile file;
  for (int i = 0; i < 20; ++i) file.runs.push_back({"word word\r", "", false});
  file.counts[0] = 200;
  std::string bytes = file.build();
  const std::size_t table = bytes.find(std::string(1, '\2') + le32(4 * 21 + 8 * 20));
  ASSERT_NE(table, bytes.npos);
  for (std::uint32_t i = 1; i <= 20; ++i) bytes.replace(table + 5 + 4 * i, 4, le32(i * 100'000'000));
  const std::size_t counts = bytes.find(le32(200) + le32(0));
  ASSERT_NE(counts, bytes.npos);
  bytes.replace(counts, 4, le32(2'000'000'000));
  const Reading reading = read_bytes(bytes);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_LT(reading.text().size(), std::size_t{1} << 22U);
}

TEST(Doc, ObjectsAreChildren) {
  WordFile file;
  file.runs = {{"text\r", "", false}};
  file.counts[0] = 5;
  std::string native = le16(2) + std::string("a.txt\0C:\\x\\a.txt\0", 17) + le32(0x30000) + le32(4) +
                       std::string("C:\\\0", 4) + le32(5) + "inner";
  OleBuilder builder;
  builder.add("ObjectPool/_1/\1Ole10Native", le32(native.size()) + native);
  builder.add("ObjectPool/_2/Workbook", "sheet");
  builder.add("ObjectPool/_3/\1Ole", "a link only");
  const Reading reading = read_bytes(file.build(builder));
  EXPECT_EQ(reading.mime, "application/msword");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "object_1/a.txt");
  EXPECT_EQ(reading.children[0].bytes, "inner");
  EXPECT_EQ(reading.children[1].header.name, "object_2.xls");
  const Reading inner = read_bytes(reading.children[1].bytes);
  EXPECT_EQ(inner.mime, "application/vnd.ms-excel");
}

}  // namespace
}  // namespace dragoman::read
