// SPDX-License-Identifier: AGPL-3.0-or-later
// DjVu, XPS and SVG.
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <clocale>

#include "base/file.h"
#include "read/picture.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string big(unsigned value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return out;
}

std::string chunk(const std::string& name, const std::string& body) {
  return name + big(static_cast<unsigned>(body.size()), 4) + body + (body.size() % 2 != 0 ? std::string(1, '\0') : "");
}

/// A zone of DjVu's text layer (DjVu 3 specification, 8.3.5.2): kind, place, size, text, zones inside. A first child's
/// place is from its parent's upper left corner, that of a following word from the lower right one of the word before.
std::string zone(int kind, int x, int y, int width, int height, unsigned from, unsigned length, unsigned children) {
  const auto number = [](int value) { return big(static_cast<unsigned>(value + 0x8000), 2); };
  return big(static_cast<unsigned>(kind), 1) + number(x) + number(y) + number(width) + number(height) +
         number(static_cast<int>(from)) + big(length, 3) + big(children, 3);
}

/// One empty page of 300 × 200 pixels at 100 dpi with two words, or none.
std::string djvu(bool words) {
  const std::string info = big(300, 2) + big(200, 2) + std::string("\x18\0\x64\0\x16\1", 6);
  const std::string text = "Hello Tehran";
  std::string body = "DJVU" + chunk("INFO", info);
  const std::string zones =
      zone(1, 0, 0, 300, 200, 0, 12, 2) + zone(6, 20, 30, 80, 20, 0, 6, 0) + zone(6, 10, 0, 90, 20, 0, 6, 0);
  if (words) body += chunk("TXTa", big(static_cast<unsigned>(text.size()), 3) + text + "\1" + zones);
  return "AT&T" + chunk("FORM", body);
}

TEST(DjvuReader, words_of_the_text_layer_have_boxes) {
  const Reading reading = read_named(djvu(true), "a.djvu");
  EXPECT_EQ(reading.mime, "image/vnd.djvu");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_DOUBLE_EQ(reading.pages[0].width, 216);
  EXPECT_DOUBLE_EQ(reading.pages[0].height, 144);
  ASSERT_EQ(reading.pages[0].words.size(), 2U);
  EXPECT_EQ(reading.pages[0].words[0].text, "Hello");
  EXPECT_EQ(reading.pages[0].words[1].text, "Tehran");
  ASSERT_TRUE(reading.pages[0].words[0].box.has_value());
  // 20 … 100 pixels from the left, 150 … 170 from below.
  EXPECT_FLOAT_EQ(reading.pages[0].words[0].box->x0, 20 * 0.72F);
  EXPECT_FLOAT_EQ(reading.pages[0].words[0].box->x1, 100 * 0.72F);
  EXPECT_FLOAT_EQ(reading.pages[0].words[0].box->y0, 30 * 0.72F);
  EXPECT_FLOAT_EQ(reading.pages[0].words[0].box->y1, 50 * 0.72F);
}

TEST(DjvuReader, the_locale_stays) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  read_bytes(djvu(true));
  warm_up();
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), before);
}

TEST(DjvuReader, pages_without_text_ask_for_ocr_and_can_be_drawn) {
  const Reading reading = read_bytes(djvu(false));
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_EQ(reading.pages[0].source, TextSource::none);
  EXPECT_FLOAT_EQ(reading.pages[0].picture_cover, 1);
  const UniqueFd fd = file_of(djvu(false));
  const Result<Picture> picture = picture_of_page(fd.get(), {PageIndex{1}, 50, true}, Limits{});
  ASSERT_TRUE(picture.has_value()) << picture.error().message;
  EXPECT_EQ(picture->width, 150);
  EXPECT_EQ(picture->height, 100);
}

TEST(DjvuReader, cut_and_damaged_documents_end) {
  const std::string whole = djvu(true);
  for (std::size_t length = 8; length < whole.size(); length += 3) read_bytes(whole.substr(0, length));
  for (std::size_t at = 12; at < whole.size(); at += 5) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x3C);
    EXPECT_LE(read_bytes(bytes).pages.size(), 1U) << at;
  }
  EXPECT_EQ(read_bytes(whole.substr(0, 20)).state, ItemState::failed);
}

struct Member {
  std::string name;
  std::string bytes;
};

std::string zip_of(const std::vector<Member>& members) {
  std::string out(1 << 21, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  EXPECT_EQ(archive_write_open_memory(writer, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, member.bytes.data(), member.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

TEST(XpsReader, pages_have_words_with_boxes) {
  const Result<std::string> font = read_file("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 1 << 21);
  ASSERT_TRUE(font.has_value());
  const std::string space = "xmlns='http://schemas.microsoft.com/xps/2005/06'";
  const std::string bytes = zip_of(
      {{"[Content_Types].xml",
        "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Default Extension='fdseq' ContentType='application/vnd.ms-package.xps-fixeddocumentsequence+xml'/></Types>"},
       {"_rels/.rels",
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='R' "
        "Type='http://schemas.microsoft.com/xps/2005/06/fixedrepresentation' Target='/F.fdseq'/></Relationships>"},
       {"F.fdseq",
        "<FixedDocumentSequence " + space + "><DocumentReference Source='/D.fdoc'/></FixedDocumentSequence>"},
       {"D.fdoc",
        "<FixedDocument " + space + "><PageContent Source='/1.fpage' Width='400' Height='200'/></FixedDocument>"},
       {"1.fpage", "<FixedPage Width='400' Height='200' " + space +
                       " xml:lang='en'><Glyphs FontUri='/F.ttf' FontRenderingEmSize='20' OriginX='40' OriginY='100' "
                       "Fill='#FF000000' UnicodeString='warehouse seven'/></FixedPage>"},
       {"F.ttf", *font}});
  const Reading reading = read_named(bytes, "a.xps");
  EXPECT_EQ(reading.mime, "application/vnd.ms-xpsdocument");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_DOUBLE_EQ(reading.pages[0].width, 300);
  EXPECT_EQ(reading.text(), "warehouse seven");
  ASSERT_TRUE(reading.pages[0].words.at(0).box.has_value());
  EXPECT_NEAR(reading.pages[0].words[0].box->x0, 30, 2);
  const UniqueFd fd = file_of(bytes);
  EXPECT_TRUE(picture_of_page(fd.get(), {PageIndex{1}, 72, true}, Limits{}).has_value());
}

TEST(SvgReader, texts_hidden_texts_descriptions_and_pictures) {
  const Reading reading = read_named(
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><title>Plan</title>"
      "<desc>of the depot</desc><style>.a{fill:red}</style><text x='1' y='2'>Gate <tspan>four</tspan></text>"
      "<g style='display: none'><text>old gate</text></g><text>خیابان</text>"
      "<image xlink:href='data:image/png;base64,aGVsbG8='/></svg>",
      "a.svg");
  EXPECT_EQ(reading.mime, "image/svg+xml");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).title, "Plan");
  EXPECT_EQ(reading.labelled(""), "Gate four\nخیابان\n");
  EXPECT_EQ(reading.labelled("hidden text"), "old gate\n");
  EXPECT_EQ(reading.labelled("metadata"), "Plan\nof the depot\n");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "picture-1.png");
  EXPECT_EQ(reading.children[0].bytes, "hello");
}

TEST(SvgReader, deep_and_damaged_drawings_are_read_as_far_as_they_go) {
  std::string deep = "<svg><text>first</text>";
  for (int i = 0; i < 100'000; ++i) deep += "<g>";
  EXPECT_TRUE(read_bytes(deep).has_gap(GapKind::limit));
  const Reading cut = read_bytes("<svg><text>first</text><text>sec");
  EXPECT_EQ(cut.state, ItemState::partial);
  EXPECT_NE(cut.text().find("first"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::read
