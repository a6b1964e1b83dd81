// SPDX-License-Identifier: AGPL-3.0-or-later
// Ink lies under the boxes that the readers give, whatever the size of the picture and however the page is turned.
#include "read/page_view.h"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr int kWidths[] = {160, 1200, 2400};
constexpr std::uint64_t kManyPixels = 30'000'000;

Result<Pixels> view(std::string_view bytes, int width, std::uint32_t page = 1) {
  const UniqueFd fd = file_of(bytes);
  return view_of_page(fd.get(), {PageIndex{page}, width, 600, kManyPixels}, Limits{});
}

/// A PDF of one page of 400 × 300 points; `keys` go into the page's dictionary.
std::string pdf_of(const std::string& content, const std::string& keys = "") {
  const std::array<std::string, 5> objects = {
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>" + keys + ">>",
      "<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream",
      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  };
  std::string out = "%PDF-1.4\n";
  std::ostringstream table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table.width(10);
    table.fill('0');
    table << out.size() << " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::size_t start = out.size();
  out += "xref\n0 6\n0000000000 65535 f \n" + table.str() + "trailer<</Root 1 0 R/Size 6>>\nstartxref\n" +
         std::to_string(start) + "\n%%EOF\n";
  return out;
}

const std::string kThreeWords =
    "BT /F 24 Tf 60 230 Td (minister) Tj ET BT /F 12 Tf 250 150 Td (border) Tj ET BT /F 18 Tf 90 60 Td (HMEH) Tj ET";

/// Where the ink is, in points of a page of `wide` × `high`, within `zone`.
struct Ink {
  double x0 = 1e9;
  double y0 = 1e9;
  double x1 = -1;
  double y1 = -1;
};
Ink ink_in(const Pixels& pixels, double wide, double high, const Box& zone) {
  Ink ink;
  for (int y = 0; y < pixels.height; ++y) {
    for (int x = 0; x < pixels.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * pixels.row_bytes() +
                             static_cast<std::size_t>(x) * static_cast<std::size_t>(pixels.channels);
      if (pixels.bytes[at] > 150) continue;
      const double left = x * wide / pixels.width;
      const double top = y * high / pixels.height;
      if (left < zone.x0 || left > zone.x1 || top < zone.y0 || top > zone.y1) continue;
      ink.x0 = std::min(ink.x0, left);
      ink.y0 = std::min(ink.y0, top);
      ink.x1 = std::max(ink.x1, (x + 1) * wide / pixels.width);
      ink.y1 = std::max(ink.y1, (y + 1) * high / pixels.height);
    }
  }
  return ink;
}

// The ink in a wide zone around a word stays within its box, and fills it from one end to the other.
void expect_ink_under_words(const std::string& pdf) {
  const Reading reading = read_named(pdf, "a.pdf");
  ASSERT_EQ(reading.pages.size(), 1U);
  const Page& page = reading.pages[0];
  ASSERT_EQ(page.words.size(), 3U);
  for (const int width : kWidths) {
    const Result<Pixels> pixels = view(pdf, width);
    ASSERT_TRUE(pixels.has_value());
    EXPECT_EQ(pixels->width, std::min(width, static_cast<int>(std::lround(page.width * 600 / 72))));
    const double pixel = page.width / pixels->width;
    EXPECT_NEAR(pixels->height * pixel, page.height, pixel);
    for (const Word& word : page.words) {
      ASSERT_TRUE(word.box.has_value());
      const Box& box = *word.box;
      const Box zone{box.x0 - 20, box.y0 - 20, box.x1 + 20, box.y1 + 20};
      const Ink ink = ink_in(*pixels, page.width, page.height, zone);
      const double slack = pixel + 1;
      ASSERT_GE(ink.x1, 0) << word.text << " " << width;
      EXPECT_GE(ink.x0, box.x0 - slack) << word.text << " " << width;
      EXPECT_LE(ink.x1, box.x1 + slack) << word.text << " " << width;
      EXPECT_GE(ink.y0, box.y0 - slack) << word.text << " " << width;
      EXPECT_LE(ink.y1, box.y1 + slack) << word.text << " " << width;
      const double longest = std::max(box.width(), box.height());
      EXPECT_GT(std::max(ink.x1 - ink.x0, ink.y1 - ink.y0), 0.85 * longest - slack) << word.text << " " << width;
    }
  }
}

TEST(PageView, ink_of_words_lies_under_their_boxes_on_every_size) {
  expect_ink_under_words(pdf_of(kThreeWords));
}

TEST(PageView, turned_pages_too) {
  for (const char* angle : {"90", "180", "270"}) {
    SCOPED_TRACE(angle);
    expect_ink_under_words(pdf_of(kThreeWords, std::string("/Rotate ") + angle));
  }
}

TEST(PageView, cropped_pages_too) {
  expect_ink_under_words(pdf_of(kThreeWords, "/CropBox[31.3 17.7 371.9 281.1]"));
  expect_ink_under_words(pdf_of(kThreeWords, "/CropBox[31.3 17.7 371.9 281.1]/Rotate 90"));
}

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};
using PixPtr = std::unique_ptr<PIX, PixDestroy>;

/// White, 600 × 400 pixels at 200 dpi (216 × 144 points), with a filled box at 300…360 × 100…140 pixels.
PixPtr marked_pix(l_uint32 colour) {
  PixPtr pix(pixCreate(600, 400, 32));
  pixSetAll(pix.get());
  pixSetResolution(pix.get(), 200, 200);
  for (l_int32 y = 100; y < 140; ++y) {
    for (l_int32 x = 300; x < 360; ++x) pixSetPixel(pix.get(), x, y, colour);
  }
  return pix;
}

std::string written(PIX* pix, l_int32 format) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(format == IFF_PNG ? pixWriteMemPng(&data, &size, pix, 0.0F) : pixWriteMem(&data, &size, pix, format), 0);
  std::string out(reinterpret_cast<char*>(data), size);
  std::free(data);
  return out;
}

void expect_mark(const Pixels& pixels, double wide, double high, const Box& mark) {
  const Ink ink = ink_in(pixels, wide, high, {0, 0, 1000, 1000});
  const double slack = 1.01 * wide / pixels.width;
  EXPECT_NEAR(ink.x0, static_cast<double>(mark.x0), slack);
  EXPECT_NEAR(ink.y0, static_cast<double>(mark.y0), slack);
  EXPECT_NEAR(ink.x1, static_cast<double>(mark.x1), slack);
  EXPECT_NEAR(ink.y1, static_cast<double>(mark.y1), slack);
}

constexpr Box kMark{108, 36, 129.6F, 50.4F};  // of marked_pix, in points

TEST(PageView, pictures_are_never_made_larger_than_they_are) {
  const std::string png = written(marked_pix(0).get(), IFF_PNG);
  for (const int width : kWidths) {
    const Result<Pixels> pixels = view(png, width);
    ASSERT_TRUE(pixels.has_value());
    EXPECT_EQ(pixels->width, std::min(width, 600));
    EXPECT_EQ(pixels->channels, 1);
    expect_mark(*pixels, 216, 144, kMark);
  }
}

TEST(PageView, every_frame_of_a_tiff) {
  // Frames of their own sizes: what lies where tells them apart.
  const PixPtr first = marked_pix(0);
  const PixPtr second(pixRotate90(first.get(), 1));
  pixSetResolution(second.get(), 200, 200);
  const std::string path = testing::TempDir() + "frames.tif";
  ASSERT_EQ(pixWriteTiff(path.c_str(), first.get(), IFF_TIFF_LZW, "w"), 0);
  ASSERT_EQ(pixWriteTiff(path.c_str(), second.get(), IFF_TIFF_LZW, "a"), 0);
  const Result<std::string> bytes = read_file(path, 10'000'000);
  ASSERT_TRUE(bytes.has_value());
  for (const int width : kWidths) {
    const Result<Pixels> one = view(*bytes, width, 1);
    const Result<Pixels> two = view(*bytes, width, 2);
    ASSERT_TRUE(one.has_value() && two.has_value());
    expect_mark(*one, 216, 144, kMark);
    expect_mark(*two, 144, 216, {144 - 50.4F, 108, 144 - 36, 129.6F});
  }
  EXPECT_EQ(view(*bytes, 100, 3).error().kind, ErrorKind::not_found);
}

/// EXIF says orientation 6: the stored right edge is the bottom as displayed.
std::string with_orientation(std::string jpeg, char orientation) {
  const std::string body =
      std::string("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 25) + orientation + std::string(6, '\0');
  const auto length = static_cast<char>(body.size() + 2);
  return jpeg.insert(2, std::string("\xFF\xE1\0", 3) + length + body);
}

TEST(PageView, jpeg_is_turned_as_its_camera_was) {
  const std::string stored = written(marked_pix(0).get(), IFF_JFIF_JPEG);
  for (const int width : kWidths) {
    const Result<Pixels> straight = view(stored, width);
    ASSERT_TRUE(straight.has_value());
    expect_mark(*straight, 216, 144, kMark);
    const Result<Pixels> turned = view(with_orientation(stored, 6), width);
    ASSERT_TRUE(turned.has_value());
    EXPECT_EQ(turned->width, std::min(width, 400));
    expect_mark(*turned, 144, 216, {144 - 50.4F, 108, 144 - 36, 129.6F});
  }
}

TEST(PageView, colour_is_kept_where_there_is_any) {
  const PixPtr red = marked_pix(0xC0202000);
  const std::string pdf = pdf_of("0.8 0.1 0.1 rg 100 100 50 50 re f");
  for (const std::string& bytes :
       {written(red.get(), IFF_PNG), written(red.get(), IFF_JFIF_JPEG), written(red.get(), IFF_TIFF_LZW), pdf}) {
    for (const int width : kWidths) {
      const Result<Pixels> pixels = view(bytes, width);
      ASSERT_TRUE(pixels.has_value());
      ASSERT_EQ(pixels->channels, 3);
      int reddest = 0;
      for (std::size_t i = 0; i < pixels->bytes.size(); i += 3) {
        reddest = std::max(reddest, pixels->bytes[i] - std::max(pixels->bytes[i + 1], pixels->bytes[i + 2]));
      }
      EXPECT_GT(reddest, 120);
    }
  }
  EXPECT_EQ(view(pdf_of(kThreeWords), 1200)->channels, 1);
}

TEST(PageView, odd_shapes_stay_within_the_bounds) {
  const UniqueFd fd = file_of(pdf_of("0 0 1 1 re f", "/CropBox[0 0 0.4 300]"));
  for (const std::uint64_t most : {1ULL, 500ULL, 1'000'000ULL}) {
    const Result<Pixels> pixels = view_of_page(fd.get(), {PageIndex{1}, 1200, 600, most}, Limits{});
    ASSERT_TRUE(pixels.has_value());
    EXPECT_LE(static_cast<std::uint64_t>(pixels->width) * static_cast<std::uint64_t>(pixels->height), most);
  }
  const ViewFrame long_strip = view_frame(0.01, 14400, 1e9, {PageIndex{1}, 2400, 600, 1'000'000});
  EXPECT_EQ(long_strip.width, 1);
  EXPECT_LE(long_strip.height, 30'000);
}

TEST(PageView, errors_have_their_kind) {
  EXPECT_EQ(view(pdf_of(kThreeWords), 100, 2).error().kind, ErrorKind::not_found);
  EXPECT_EQ(view("plain text", 100).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(view("%PDF-1.4\nnothing", 100).error().kind, ErrorKind::malformed);
  EXPECT_FALSE(view("\xFF\xD8\xFF\xE0 no picture", 100).has_value());
}

TEST(Pixels, sixteen_greys_keep_black_and_white) {
  Pixels made{4, 1, 1, 150, {0, 100, 250, 255}};
  const Result<std::string> png = png_of(made, 16);
  ASSERT_TRUE(png.has_value());
  const Result<Pixels> back = view(*png, 100);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->bytes, (std::vector<std::uint8_t>{0, 102, 255, 255}));
  EXPECT_EQ(view(*png_of(made, 256), 100)->bytes, made.bytes);
}

TEST(Pixels, a_tint_is_no_colour_and_a_short_underline_is) {
  Pixels paper{1000, 1000, 3, 150, {}};
  for (int i = 0; i < 1'000'000; ++i) paper.bytes.insert(paper.bytes.end(), {250, 240, 215});
  EXPECT_FALSE(has_colour(paper));
  for (std::size_t i = 0; i < 60; ++i) paper.bytes[3 * (500'000 + i)] = 20;
  EXPECT_TRUE(has_colour(paper));
}

}  // namespace
}  // namespace dragoman::read
