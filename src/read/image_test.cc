// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

extern "C" {
#include <cstdio>  // jpeglib.h needs FILE

#include <jpeglib.h>
}

#include <cmath>
#include <cstdlib>
#include <memory>

#include "read/grey.h"
#include "read/ole_builder.h"
#include "read/picture.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

// Black but for a white upper left quarter: its place tells every turn and mirror apart when width != height … and a
// white stripe along the left edge tells mirrors from turns.
Grey marked(int width, int height) {
  Grey grey{width, height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if ((x < width / 2 && y < height / 2) || x < width / 8)
        grey.pixels[static_cast<std::size_t>(y * width + x)] = 255;
    }
  }
  return grey;
}

void append(std::string& out, unsigned value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::string exif(unsigned orientation) {
  std::string out("Exif\0\0MM\0*\0\0\0\x08\0\x01", 16);
  append(out, 0x0112, 2);
  append(out, 3, 2);
  append(out, 1, 4);
  append(out, orientation, 2);
  append(out, 0, 2);
  append(out, 0, 4);
  return out;
}

std::string jpeg_of(const Grey& grey, unsigned short dpi, unsigned orientation = 0) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = static_cast<JDIMENSION>(grey.width);
  info.image_height = static_cast<JDIMENSION>(grey.height);
  info.input_components = 1;
  info.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  info.density_unit = dpi > 0 ? 1 : 0;
  info.X_density = info.Y_density = dpi;
  jpeg_start_compress(&info, TRUE);
  const std::string block = exif(orientation);
  if (orientation > 0) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(block.data()),
                      static_cast<unsigned>(block.size()));
  }
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<unsigned char*>(grey.pixels.data() +
                                           std::size_t{info.next_scanline} * static_cast<std::size_t>(grey.width));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string out(reinterpret_cast<char*>(data), size);
  std::free(data);
  return out;
}

Result<Picture> picture(std::string_view bytes, double dpi, std::uint32_t page = 1) {
  const UniqueFd fd = file_of(bytes);
  return picture_of_page(fd.get(), {PageIndex{page}, dpi, true}, Limits{});
}

// Mean of a quarter of the picture: 0 … 3 = upper left, upper right, lower left, lower right.
int quarter(const Picture& picture, int which) {
  const int w = picture.width / 2;
  const int h = picture.height / 2;
  const int x0 = (which & 1) != 0 ? picture.width - w : 0;
  const int y0 = (which & 2) != 0 ? picture.height - h : 0;
  long sum = 0;
  for (int y = y0; y < y0 + h; ++y) {
    for (int x = x0; x < x0 + w; ++x) sum += picture.grey[static_cast<std::size_t>(y * picture.width + x)];
  }
  return static_cast<int>(sum / (w * h));
}

TEST(ImageReader, jpeg_is_one_page_in_points_of_its_resolution) {
  const Reading reading = read_named(jpeg_of(marked(600, 300), 300), "a.jpg");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "image/jpeg");
  EXPECT_EQ(reading.documents.at(0).kind, "image");
  ASSERT_EQ(reading.pages.size(), 1U);
  EXPECT_DOUBLE_EQ(reading.pages[0].width, 144);
  EXPECT_DOUBLE_EQ(reading.pages[0].height, 72);
  EXPECT_EQ(reading.pages[0].source, TextSource::none);
  EXPECT_TRUE(reading.pages[0].words.empty());
  EXPECT_FLOAT_EQ(reading.pages[0].picture_cover, 1);
}

TEST(ImageReader, unbelievable_resolution_counts_as_200) {
  for (const int dpi : {0, 1, 40, 2000}) {
    EXPECT_DOUBLE_EQ(read_bytes(jpeg_of(marked(400, 200), static_cast<unsigned short>(dpi))).pages.at(0).width, 144)
        << dpi;
  }
}

TEST(ImageReader, exif_orientation_is_applied_to_page_and_picture) {
  // Where the white quarter is displayed, and in which of its neighbours the stripe continues.
  constexpr int kQuarter[] = {0, 0, 1, 3, 2, 0, 1, 3, 2};
  constexpr int kStripe[] = {0, 2, 3, 1, 0, 1, 0, 2, 3};
  for (unsigned orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes = jpeg_of(marked(400, 200), 200, orientation);
    const Reading reading = read_bytes(bytes);
    EXPECT_DOUBLE_EQ(reading.pages.at(0).width, orientation >= 5 ? 72 : 144) << orientation;
    const Result<Picture> shown = picture(bytes, 200);
    ASSERT_TRUE(shown.has_value());
    EXPECT_EQ(shown->width, orientation >= 5 ? 200 : 400) << orientation;
    for (int which = 0; which < 4; ++which) {
      const int mean = quarter(*shown, which);
      if (which == kQuarter[orientation]) {
        EXPECT_GT(mean, 240) << orientation;
      } else if (which == kStripe[orientation]) {
        EXPECT_NEAR(mean, 64, 8) << orientation << " " << which;
      } else {
        EXPECT_LT(mean, 8) << orientation << " " << which;
      }
    }
  }
}

TEST(ImageReader, truncated_jpeg_keeps_its_upper_rows) {
  Grey noisy = marked(400, 400);
  for (std::size_t i = 0; i < noisy.pixels.size(); ++i)
    noisy.pixels[i] = static_cast<std::uint8_t>(i * 2654435761U >> 24 & 63);
  std::string bytes = jpeg_of(noisy, 200);
  bytes.resize(bytes.size() / 2);
  const Reading reading = read_bytes(bytes);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  ASSERT_EQ(reading.pages.size(), 1U);
  const Result<Picture> shown = picture(bytes, 200);
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->height, 400);
  EXPECT_LT(quarter(*shown, 0), 100);
  EXPECT_EQ(shown->grey.back(), 255);
}

TEST(ImageReader, picture_is_averaged_down_to_what_was_asked) {
  const Result<Picture> shown = picture(jpeg_of(marked(1200, 600), 600), 200);
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->width, 400);
  EXPECT_EQ(shown->height, 200);
  EXPECT_DOUBLE_EQ(shown->dpi, 200);
  EXPECT_DOUBLE_EQ(shown->points(shown->width), 144);
  EXPECT_DOUBLE_EQ(picture(jpeg_of(marked(200, 100), 100), 200)->dpi, 100);
}

TEST(ImageReader, too_large_jpeg_is_decoded_smaller) {
  const UniqueFd fd = file_of(jpeg_of(marked(800, 800), 200));
  Limits limits;
  limits.max_pixels = 250'000;
  const Result<Picture> shown = picture_of_page(fd.get(), {PageIndex{1}, 200, true}, limits);
  ASSERT_TRUE(shown.has_value());
  EXPECT_LE(shown->width * shown->height, 250'000);
  EXPECT_NEAR(shown->points(shown->width), 288, 1);
}

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};

std::string encoded(l_int32 format, l_int32 dpi) {
  const std::unique_ptr<PIX, PixDestroy> pix(pixCreate(300, 200, 8));
  pixSetAll(pix.get());
  pixSetResolution(pix.get(), dpi, dpi);
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(pixWriteMem(&data, &size, pix.get(), format), 0);
  std::string out(reinterpret_cast<char*>(data), size);
  std::free(data);
  return out;
}

TEST(ImageReader, other_formats) {
  const std::pair<l_int32, const char*> kFormats[] = {{IFF_PNG, "image/png"},
                                                      {IFF_BMP, "image/bmp"},
                                                      {IFF_GIF, "image/gif"},
                                                      {IFF_WEBP, "image/webp"},
                                                      {IFF_TIFF_LZW, "image/tiff"}};
  for (const auto& [format, mime] : kFormats) {
    const std::string bytes = encoded(format, 150);
    const Reading reading = read_bytes(bytes);
    EXPECT_EQ(reading.mime, mime);
    EXPECT_EQ(reading.state, ItemState::read) << mime;
    const bool keeps_dpi = format != IFF_GIF && format != IFF_WEBP;
    EXPECT_NEAR(reading.pages.at(0).width, keeps_dpi ? 144 : 108, 1) << mime;
    const Result<Picture> shown = picture(bytes, 300);
    ASSERT_TRUE(shown.has_value()) << mime;
    EXPECT_EQ(shown->width, 300) << mime;
    EXPECT_EQ(shown->grey[0], 255) << mime;
  }
}

// 24 x 20 white pixels whose bits say where each colour is, as drawings of Windows keep them; Leptonica refuses these.
TEST(ImageReader, bitmaps_with_masks_of_colour) {
  std::string bytes = "BM";
  for (const std::uint32_t value : {std::uint32_t{14 + 40 + 12 + 24 * 20 * 4}, 0U, 14U + 40 + 12, 40U, 24U, 20U})
    put(bytes, value, 4);
  put(bytes, 1, 2);
  put(bytes, 32, 2);
  for (const std::uint32_t value : {3U, 0U, 3937U, 3937U, 0U, 0U, 0xFF0000U, 0xFF00U, 0xFFU}) put(bytes, value, 4);
  bytes += std::string(24 * 20 * 4, '\xFF');
  const Reading reading = read_bytes(bytes);
  EXPECT_EQ(reading.mime, "image/bmp");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_NEAR(reading.pages.at(0).width, 17.28, 0.1);
  const Result<Picture> shown = picture(bytes, 100);
  ASSERT_TRUE(shown.has_value()) << shown.error().message;
  EXPECT_EQ(shown->width, 24);
  EXPECT_EQ(shown->grey[0], 255);
}

TEST(ImageReader, one_wrong_bit_costs_no_whole_picture) {
  std::string bytes = encoded(IFF_GIF, 150);
  bytes[bytes.size() - 12] = static_cast<char>(bytes[bytes.size() - 12] ^ 0x41);
  const Result<Picture> shown = picture(bytes, 200);
  ASSERT_TRUE(shown.has_value()) << shown.error().message;
  EXPECT_EQ(shown->width, 300);
  EXPECT_EQ(shown->grey[0], 255);
}

TEST(ImageReader, what_is_too_small_for_a_letter_asks_for_no_recognition) {
  const Reading line = read_bytes(jpeg_of(marked(400, 4), 100));
  EXPECT_EQ(line.state, ItemState::read);
  ASSERT_EQ(line.pages.size(), 1U);
  EXPECT_FALSE(line.pages[0].has_ink);
  EXPECT_EQ(line.pages[0].picture_cover, 0.0F);
  EXPECT_TRUE(read_bytes(jpeg_of(marked(400, 12), 100)).pages.at(0).has_ink);
}

TEST(ImageReader, truncated_png_has_a_gap) {
  std::string bytes = encoded(IFF_PNG, 150);
  bytes.resize(bytes.size() - 20);
  EXPECT_TRUE(read_bytes(bytes).has_gap(GapKind::truncated));
}

TEST(Grey, area_average_keeps_the_mean) {
  const Grey half = scaled(marked(90, 60), 45, 30);
  long sum = 0;
  for (const std::uint8_t pixel : half.pixels) sum += pixel;
  long full = 0;
  for (const std::uint8_t pixel : marked(90, 60).pixels) full += pixel;
  EXPECT_NEAR(static_cast<double>(sum) * 4, static_cast<double>(full), static_cast<double>(full) * 0.01);
  EXPECT_EQ(scaled(marked(40, 40), 17, 23).pixels[0], 255);
  EXPECT_EQ(scaled(marked(7, 5), 20, 30).pixels.back(), 0);
}

}  // namespace
}  // namespace dragoman::read
