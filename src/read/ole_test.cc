// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ole.h"

#include <gtest/gtest.h>

#include "read/code_page.h"
#include "read/ole_builder.h"
#include "read/recorded_reading.h"
#include "read/vba_macros.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kMost = 1 << 20;

std::string pattern(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<char>(i * 7 + i / 256));
  return out;
}

std::string read_path(OleFile& file, std::string_view path) {
  const OleEntry* entry = file.find(path);
  return entry == nullptr ? "(none)" : file.read(*entry, kMost).bytes;
}

TEST(Ole, ReadsSmallAndLargeStreamsInStorages) {
  const std::string bytes = OleBuilder()
                                .add("a", "small")
                                .add("pool/_1/\1Ole10Native", pattern(200))
                                .add("pool/large", pattern(200'000))
                                .add("empty", "")
                                .build();
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_FALSE(file->damaged());
  EXPECT_EQ(read_path(*file, "A"), "small");
  EXPECT_EQ(read_path(*file, "pool/_1/\1Ole10Native"), pattern(200));
  EXPECT_EQ(read_path(*file, "pool/large"), pattern(200'000));
  EXPECT_EQ(read_path(*file, "empty"), "");
  EXPECT_EQ(file->find("pool/none"), nullptr);
  EXPECT_EQ(file->path_of(*file->find("pool/_1/\1Ole10Native")), "pool/_1/Ole10Native");
  EXPECT_EQ(file->children(*file->find("pool")).size(), 2U);
  EXPECT_EQ(file->find("large", *file->find("pool"))->size, 200'000U);
}

TEST(Ole, KeepsToTheBoundOfARead) {
  const std::string bytes = OleBuilder().add("large", pattern(10'000)).build();
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  const OleBytes some = file->read(*file->find("large"), 5'000);
  EXPECT_EQ(some.bytes, pattern(10'000).substr(0, 5'000));
  EXPECT_FALSE(some.whole);
  EXPECT_TRUE(file->read(*file->find("large"), 10'000).whole);
}

TEST(Ole, GivesTheStartOfAStreamWhoseSizeLies) {
  std::string bytes = OleBuilder().add("s", pattern(10'000)).build();
  const std::size_t entry = bytes.find(wide(u"s") + std::string(62, '\0'));
  ASSERT_NE(entry, bytes.npos);
  bytes.replace(entry + 120, 4, le32(1'000'000));
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  const OleBytes read = file->read(*file->find("s"), kMost);
  EXPECT_TRUE(read.bytes.starts_with(pattern(10'000)));
  EXPECT_FALSE(read.whole);
}

// Sector numbers begin at 0 behind the header; the only table of sectors is the last sector.
TEST(Ole, EndsWhenAChainRunsInACircle) {
  std::string bytes = OleBuilder().add("s", pattern(100'000)).build();
  Result<OleFile> sound = OleFile::open(bytes);
  ASSERT_TRUE(sound.has_value());
  const std::size_t table = bytes.size() - 1024;
  ASSERT_EQ(bytes.substr(table, 4), le32(1));
  bytes.replace(table + 4 * 10, 4, le32(3));
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_LE(file->read(*file->find("s"), kMost).bytes.size(), 100'000U);
  bytes.replace(48, 4, le32(5));  // the directory now lies in the circle
  Result<OleFile> circle = OleFile::open(bytes);
  EXPECT_TRUE(!circle.has_value() || circle->damaged());
}

TEST(Ole, MeetsNoEntryOfTheDirectoryTwice) {
  std::string bytes = OleBuilder().add("a", "1").add("b", "2").add("c", "3").build();
  const std::size_t third = bytes.find(wide(u"c") + std::string(62, '\0'));
  ASSERT_NE(third, bytes.npos);
  bytes.replace(third + 72, 4, le32(1));
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->damaged());
  EXPECT_EQ(file->children(file->root()).size(), 3U);
}

TEST(Ole, RefusesWhatIsNone) {
  EXPECT_FALSE(OleFile::open("").has_value());
  EXPECT_FALSE(OleFile::open(std::string(4096, 'x')).has_value());
  std::string bytes = OleBuilder().add("a", "1").build();
  bytes.replace(30, 2, le16(40));
  EXPECT_FALSE(OleFile::open(bytes).has_value());
}

std::string summary_set(const std::string& properties, unsigned count) {
  std::string set = le16(0xFFFE) + le16(0) + le32(0) + std::string(16, '\0') + le32(1);
  set += std::string("\xE0\x85\x9F\xF2\xF9\x4F\x68\x10\xAB\x91\x08\x00\x2B\x27\xB3\xD9", 16) + le32(48);
  return set + le32(8 + properties.size()) + le32(count) + properties;
}

TEST(Ole, PropertiesInTheirCodePage) {
  // Code page 1256, an author in it, a time.
  const std::string table = le32(1) + le32(32) + le32(4) + le32(40) + le32(12) + le32(52);
  const std::string author = "\xDA\xE1\xED";  // علی with the Arabic yeh
  std::string values = le32(2) + le32(1256) + le32(0x1E) + le32(4) + author + std::string(1, '\0');
  values += le32(0x40);
  put(values, 125'911'584'000'000'000, 8);  // 2000-01-01
  const std::string bytes = OleBuilder().add("\5SummaryInformation", summary_set(table + values, 3)).build();
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  const std::vector<Field> fields = ole_properties(*file, file->root());
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].key, "Author");
  EXPECT_EQ(fields[0].value, "\u0639\u0644\u064A");
  EXPECT_EQ(fields[1].key, "CreateDTM");
  EXPECT_EQ(fields[1].value, "2000-01-01T00:00:00Z");
}

TEST(Ole, AStorageBecomesAFileOfItsOwn) {
  const std::string bytes = OleBuilder()
                                .add("pool/_1/Workbook", pattern(9'000))
                                .add("pool/_1/deep/er", "x")
                                .add("pool/_2/large", pattern(5'000'000))
                                .build();
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  const Result<std::string> first = ole_file_of(*file, *file->find("pool/_1"), kMost);
  ASSERT_TRUE(first.has_value());
  Result<OleFile> inner = OleFile::open(*first);
  ASSERT_TRUE(inner.has_value());
  EXPECT_FALSE(inner->damaged());
  EXPECT_EQ(read_path(*inner, "Workbook"), pattern(9'000));
  EXPECT_EQ(read_path(*inner, "deep/er"), "x");
  EXPECT_FALSE(ole_file_of(*file, *file->find("pool/_2"), 1'000).has_value());
  const Result<std::string> second = ole_file_of(*file, *file->find("pool/_2"), 10 * kMost);
  ASSERT_TRUE(second.has_value());
  Result<OleFile> large = OleFile::open(*second);
  ASSERT_TRUE(large.has_value());
  EXPECT_EQ(large->read(*large->find("large"), 10 * kMost).bytes, pattern(5'000'000));
}

// The example of [MS-OVBA] 3.2.2, and a module behind code that is not for us.
TEST(Vba, SourceOfModules) {
  const std::string packed(
      "\x01\x2F\xB0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6A\x01\x38\x08\x61\x6B"
      "\x6C\x00\x30\x6D\x6E\x6F\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7A\x00\x3C",
      51);
  EXPECT_EQ(vba_decompressed(packed, 1000), "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
  EXPECT_EQ(vba_decompressed(packed, 5), "#aaab");
  std::string tokens = std::string("\0Attribut", 9) + std::string("\0e VB_Nam", 9) + std::string("\0e = 1", 6);
  const std::string module = "code" + std::string(1, '\1') + le16(0xB000 + tokens.size() - 1) + tokens;
  const std::string bytes = OleBuilder().add("Macros/VBA/Module1", module).add("Macros/VBA/dir", "x").build();
  Result<OleFile> file = OleFile::open(bytes);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(vba_source(*file, *file->find("Macros"), kMost), "Module1\n\nAttribute VB_Name = 1\n\n");
}

TEST(Ole, ATypeIsToldByWhatTheRootHolds) {
  // Far from head and tail, so that only the directory tells.
  const std::string bytes = OleBuilder().add("VisioDocument", pattern(900'000)).add("Pool/WordDocument", "x").build();
  const Reading drawing = read_named(bytes, "plan.vsd");
  EXPECT_EQ(drawing.mime, "application/vnd.visio");
  EXPECT_EQ(drawing.state, ItemState::unsupported);
  ASSERT_EQ(drawing.gaps.size(), 1U);
  EXPECT_EQ(drawing.gaps[0].detail, "there is no reader yet for a drawing (Visio); LibreOffice may open it");
  // A stream that in other files wraps an object.
  const Reading works = read_bytes(OleBuilder().add("MatOST", "x").add("CONTENTS", pattern(900)).build());
  EXPECT_EQ(works.mime, "application/vnd.ms-works");
  EXPECT_TRUE(works.children.empty());
  EXPECT_EQ(works.state, ItemState::unsupported);
  const Reading plan = read_bytes(OleBuilder().add("Props14", "x").build());
  EXPECT_EQ(plan.mime, "application/x-ole-storage");
  EXPECT_EQ(plan.gaps.at(0).detail, "there is no reader yet for a project plan (Microsoft Project)");
}

TEST(Vba, AProjectOfItsOwn) {
  std::string tokens = std::string("\0Attribut", 9) + std::string("\0e VB_Nam", 9) + std::string("\0e = 1", 6);
  const std::string module = "code" + std::string(1, '\1') + le16(0xB000 + tokens.size() - 1) + tokens;
  const Reading reading = read_bytes(OleBuilder().add("VBA/Module1", module).add("VBA/dir", "x").build());
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.labelled("macros"), "Module1\n\nAttribute VB_Name = 1\n");
}

TEST(CodePage, KnowsArabicByLanguageAndCharacterSet) {
  EXPECT_EQ(code_page_of_language(1065), 1256);
  EXPECT_EQ(code_page_of_charset(178), 1256);
  EXPECT_EQ(CodePage::of(1256).text("\xD3\xE1\xC7\xE3"), "\u0633\u0644\u0627\u0645");
  EXPECT_EQ(CodePage::of(932).text("\x93\xFA"), "\u65E5");
  EXPECT_EQ(utf8_of_utf16le(wide(u"\xD83D\xDE00\xD83D")), "\U0001F600\uFFFD");
}

}  // namespace
}  // namespace dragoman::read
