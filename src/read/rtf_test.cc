// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/rtf.h"

#include <gtest/gtest.h>

#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string part(const RtfContent& content, std::string_view label) {
  for (const BodyPart& found : content.parts) {
    if (found.label == label) return found.text;
  }
  return {};
}

RtfContent parse(std::string_view rtf) {
  return parse_rtf(rtf, Limits{});
}

TEST(Rtf, LettersByCodePageOfTheFont) {
  const RtfContent content = parse(
      "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset178 Nazanin;}"
      "{\\f2\\fcharset204 Cyr;}}\\f0 caf\\'e9 {\\f1 \\'d3\\'e1\\'c7\\'e3} {\\f2\\'e4\\'e0}\\par next}");
  EXPECT_EQ(content.text, "caf\u00e9 \u0633\u0644\u0627\u0645 \u0434\u0430\n\nnext");
  EXPECT_TRUE(content.whole);
}

TEST(Rtf, TheFontOfTheOtherDirectionCounts) {
  const RtfContent content = parse(
      "{\\rtf1\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset178 B;}}"
      "{\\ltrch\\f0 \\rtlch\\af1 \\'d3}{\\ltrch\\fcs1\\af0 \\rtlch\\fcs0\\f1 \\'e1}{\\rtlch\\af1 \\ltrch\\f0 \\'e9}}");
  EXPECT_EQ(content.text, "\u0633\u0644\u00e9");
}

TEST(Rtf, UnicodeSkipsItsFallbacks) {
  EXPECT_EQ(parse("{\\rtf1\\u1587?\\u1604\\'3f{\\uc2\\u-10179 ab\\u-8704 cd}\\uc0\\u1605 x}").text,
            "\u0633\u0644\U0001F600\u0645x");
  EXPECT_EQ(parse("{\\rtf1 a\\u-8704?b}").text,
            "a\uFFFD"
            "b");
}

TEST(Rtf, PutsWhatIsNotShownApart) {
  const RtfContent content = parse(
      "{\\rtf1 shown {\\deleted struck}{\\v secret}{\\footnote note}{\\footnote\\ftnalt end}"
      "{\\*\\atnid J}{\\*\\atnauthor Jane}\\chatn{\\*\\annotation {\\*\\atnref 1}remark}"
      "{\\header head}{\\shp{\\*\\shpinst{\\sp{\\sn n}{\\sv 1}}{\\shptxt boxed}}{\\shprslt again}}"
      "{\\field{\\*\\fldinst HYPERLINK \"http://a.example/\"}{\\fldrslt link}}{\\*\\unknown gone}\\trowd a\\cell "
      "b\\cell\\row}");
  EXPECT_EQ(content.text, "shown linka\tb\t\n");
  EXPECT_EQ(part(content, "deleted text"), "struck\n");
  EXPECT_EQ(part(content, "hidden text"), "secret\n");
  EXPECT_EQ(part(content, "footnotes"), "note\n\n");
  EXPECT_EQ(part(content, "endnotes"), "end\n\n");
  EXPECT_EQ(part(content, "comments"), "Jane: remark\n\n");
  EXPECT_EQ(part(content, "headers and footers"), "head\n\n");
  EXPECT_EQ(part(content, "text boxes"), "boxed\n\n");
  EXPECT_EQ(part(content, "links"), "http://a.example/\n");
}

TEST(Rtf, AStarWithinAGroupHidesNothing) {
  EXPECT_EQ(parse("{\\rtf1 {\\b\\*\\none text}{\\*\\none hidden}}").text, "text");
}

TEST(Rtf, DeclaredFields) {
  const RtfContent content = parse(
      "{\\rtf1{\\info{\\title A \\u1587?}{\\author Jane}{\\creatim\\yr2004\\mo5\\dy6\\hr7\\min8}}"
      "{\\*\\userprops{\\propname Source}\\proptype30{\\staticval desk}}x}");
  EXPECT_EQ(content.title, "A \u0633");
  ASSERT_EQ(content.fields.size(), 4U);
  EXPECT_EQ(content.fields[1].value, "Jane");
  EXPECT_EQ(content.fields[2].key, "creatim");
  EXPECT_EQ(content.fields[2].value, "2004-05-06T07:08:00");
  EXPECT_EQ(content.fields[3].key, "custom:Source");
  EXPECT_EQ(content.text, "x");
}

TEST(Rtf, EndsWhereItsGroupDoes) {
  EXPECT_FALSE(parse("{\\rtf1 cut").whole);
  EXPECT_EQ(parse("{\\rtf1 cut").text, "cut");
  EXPECT_EQ(parse("{\\rtf1 a}rest").text, "a");
  std::string deep = "{\\rtf1 ";
  for (int i = 0; i < 100'000; ++i) deep += "{";
  deep += "x";
  for (int i = 0; i < 100'000; ++i) deep += "}";
  EXPECT_EQ(parse(deep + "y}").text, "xy");
}

TEST(Rtf, AsManyBytesAsTheLimitSays) {
  Limits limits;
  limits.max_text_bytes = 10;
  const RtfContent content = parse_rtf("{\\rtf1 0123456\\par 789abc\\par}", limits);
  EXPECT_TRUE(content.limited);
  EXPECT_EQ(content.text, "0123456\n\n");
}

TEST(Rtf, TakesTheHtmlOut) {
  const RtfContent content = parse(
      "{\\rtf1\\ansi\\fromhtml1{\\fonttbl{\\f0\\fcharset0 A;}}{\\*\\htmltag64 <p>}\\htmlrtf \\par \\htmlrtf0 "
      "a {\\*\\htmltag84 &lt;}\\htmlrtf <\\htmlrtf0 b{\\*\\htmltag72 </p>}}");
  ASSERT_TRUE(content.html.has_value());
  EXPECT_EQ(*content.html, "<p>a &lt;b</p>");
}

// The examples of [MS-OXRTFCP] 3.
TEST(Rtf, Decompresses) {
  const std::string first(
      "\x2D\x00\x00\x00\x2B\x00\x00\x00\x4C\x5A\x46\x75\xF1\xC5\xC7\xA7\x03\x00\x0A\x00\x72\x63\x70\x67"
      "\x31\x32\x35\x42\x32\x0A\xF3\x20\x68\x65\x6C\x09\x00\x20\x62\x77\x05\xB0\x6C\x64\x7D\x0A\x80\x0F\xA0",
      49);
  const Result<std::string> text = decompress_rtf(first, 1000);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  const std::string crossing(
      "\x1A\x00\x00\x00\x1C\x00\x00\x00\x4C\x5A\x46\x75\xE2\xD4\x4B\x51\x41\x00\x04\x20\x57"
      "\x58\x59\x5A\x0D\x6E\x7D\x01\x0E\xB0",
      30);
  EXPECT_EQ(decompress_rtf(crossing, 1000).value(), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
  EXPECT_FALSE(decompress_rtf(first, 10).has_value());
  EXPECT_FALSE(decompress_rtf("short", 10).has_value());
}

TEST(Rtf, ObjectsAndPicturesAreChildren) {
  std::string native = le16(2) + std::string("label.txt\0C:\\dir\\label.txt\0", 27) + le32(0x30000) + le32(4) +
                       std::string("C:\\\0", 4) + le32(5) + "inner";
  std::string object =
      le32(0x501) + le32(2) + le32(8) + std::string("Package\0", 8) + le32(0) + le32(0) + le32(native.size()) + native;
  std::string hex;
  for (const char c : object) {
    static constexpr char kDigits[] = "0123456789abcdef";
    hex.push_back(kDigits[static_cast<unsigned char>(c) >> 4U]);
    hex.push_back(kDigits[static_cast<unsigned char>(c) & 15U]);
    if (hex.size() % 65 == 64) hex.push_back('\n');
  }
  const Reading reading = read_bytes("{\\rtf1 text{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + hex +
                                     "}{\\result{\\pict\\pngblip 8950}}}{\\pict\\jpegblip\\bin3 a}b}}");
  ASSERT_EQ(reading.children.size(), 3U);
  EXPECT_EQ(reading.children[0].header.name, "object-1/label.txt");
  EXPECT_EQ(reading.children[0].bytes, "inner");
  EXPECT_EQ(reading.children[1].header.name, "picture-1.png");
  EXPECT_EQ(reading.children[1].bytes, "\x89P");
  EXPECT_EQ(reading.children[2].bytes, "a}b");
  EXPECT_EQ(reading.text(), "text");
}

}  // namespace
}  // namespace dragoman::read
