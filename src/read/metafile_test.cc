// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/metafile.h"

#include <gtest/gtest.h>

#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kMost = 1 << 20;

std::string record(unsigned type, std::string body) {
  while (body.size() % 4 != 0) body.push_back('\0');
  return le32(type) + le32(8 + body.size()) + body;
}

std::string emf_of(const std::string& records) {
  std::string head(80, '\0');
  head.replace(32, 4, " EMF");
  head.replace(52, 4, le32(9));
  head.replace(56, 4, le32(88));
  return record(1, head + wide(std::u16string_view(u"Pen\0Plan\0", 9))) + records + record(14, std::string(12, '\0'));
}

// EMR_EXTTEXTOUTW: letters of 10 units each.
std::string words(int x, int y, std::u16string_view text, unsigned options = 0) {
  const std::string letters = wide(text);
  std::string body(28, '\0');
  body += le32(static_cast<std::uint32_t>(x)) + le32(static_cast<std::uint32_t>(y)) + le32(text.size()) + le32(76);
  body += le32(options) + std::string(16, '\0') + le32(76 + letters.size()) + letters;
  for (std::size_t i = 0; i < text.size(); ++i) body += le32(10);
  return record(84, body);
}

std::string dib(std::uint32_t size) {
  return le32(40) + le32(size) + le32(size) + le16(1) + le16(24) + std::string(24, '\0');
}

TEST(Emf, WordsByPlace) {
  const std::string bytes =
      emf_of(words(0, 5, u"Bud") + words(30, 5, u"get") + words(75, 5, u"2019") + words(0, 25, u"بودجه"));
  const Reading reading = read_named(bytes, "picture.emf");
  EXPECT_EQ(reading.mime, "image/emf");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled(""), "Budget 2019\nبودجه\n");
  EXPECT_EQ(reading.labelled("metadata"), "Pen\nPlan\n");
}

TEST(Emf, LettersOfAFontsCodePage) {
  std::string font(92, '\0');
  font.replace(0, 4, le32(3));
  font[4 + 23] = static_cast<char>(178);  // Arabic
  std::string body(28, '\0');
  body += le32(0) + le32(0) + le32(4) + le32(76) + le32(0) + std::string(16, '\0') + le32(0) + "\xD3\xE1\xC7\xE3";
  EXPECT_EQ(read_emf(emf_of(record(82, font) + record(37, le32(3)) + record(83, body)), kMost).text, "سلام");
}

TEST(Emf, PicturesComeOut) {
  const std::string pixels(16 * 16 * 3, 'x');
  std::string body(40, '\0');
  body += le32(80) + le32(40) + le32(120) + le32(pixels.size()) + std::string(8 + 8, '\0');
  body.resize(72, '\0');
  const std::string brush = record(81, body + dib(8) + pixels);
  const Reading reading = read_bytes(emf_of(record(81, body + dib(16) + pixels) + brush));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "picture-1.bmp");
  EXPECT_EQ(reading.children[0].bytes.size(), 14 + 40 + pixels.size());
  EXPECT_TRUE(reading.children[0].bytes.starts_with("BM"));
}

TEST(Emf, WordsOfGdiPlusWhereThereAreNoOthers) {
  const std::string string = le32(0) + le32(0) + le32(4) + std::string(16, '\0') + wide(u"plus");
  const std::string plus = le16(0x401C) + le16(0) + le32(12 + string.size()) + le32(string.size()) + string;
  const std::string comment = record(70, le32(4 + plus.size()) + "EMF+" + plus);
  EXPECT_EQ(read_emf(emf_of(comment), kMost).text, "plus");
  EXPECT_EQ(read_emf(emf_of(comment + words(0, 0, u"drawn")), kMost).text, "drawn");
}

TEST(Emf, SaysWhatCannotBeRead) {
  const std::string whole = emf_of(words(0, 0, u"kept") + words(0, 9, u"ab", 0x10));
  const Reading glyphs = read_bytes(whole);
  EXPECT_EQ(glyphs.text(), "kept");
  EXPECT_EQ(glyphs.state, ItemState::partial);
  EXPECT_TRUE(glyphs.has_gap(GapKind::unsupported));
  const Reading cut = read_bytes(std::string_view(whole).substr(0, whole.size() - 20));
  EXPECT_EQ(cut.text(), "kept");
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
}

// Many strings that all claim the same bytes of one record.
TEST(Emf, NoStringIsGivenMoreBytesThanItsRecordHas) {
  std::string body = std::string(28, '\0') + le32(10'000);
  const std::string one = le32(0) + le32(0) + le32(400'000) + le32(40) + le32(0) + std::string(16, '\0') + le32(0);
  for (int i = 0; i < 10'000; ++i) body += one;
  EXPECT_LE(read_emf(emf_of(record(96, body)), kMost << 10).text.size(), 3 * body.size());
}

std::string wmf_record(unsigned function, std::string body) {
  if (body.size() % 2 != 0) body.push_back('\0');
  return le32(3 + body.size() / 2) + le16(function) + body;
}

TEST(Wmf, WordsInTheCodePageOfTheFont) {
  std::string font(18, '\0');
  font[13] = static_cast<char>(178);
  const std::string records = wmf_record(0x02FC, std::string(8, '\0')) + wmf_record(0x02FB, font) +
                              wmf_record(0x0521, le16(5) + std::string("Total\0", 6) + le16(10) + le16(0)) +
                              wmf_record(0x012D, le16(1)) +
                              wmf_record(0x0A32, le16(40) + le16(0) + le16(4) + le16(0) + "\xD3\xE1\xC7\xE3");
  const std::string head = le16(1) + le16(9) + le16(0x300) + std::string(12, '\0');
  const Reading reading = read_named(head + records + wmf_record(0, ""), "picture.wmf");
  EXPECT_EQ(reading.mime, "image/wmf");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.text(), "Total\nسلام");
  const Reading placeable = read_bytes("\xD7\xCD\xC6\x9A" + std::string(18, '\0') + head + records);
  EXPECT_EQ(placeable.text(), "Total\nسلام");
  EXPECT_EQ(placeable.state, ItemState::partial);
}

}  // namespace
}  // namespace dragoman::read
