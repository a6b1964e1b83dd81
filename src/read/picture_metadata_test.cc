// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/picture_metadata.h"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>
#include <libheif/heif.h>

#include <cstdlib>
#include <exiv2/exiv2.hpp>

#include "read/picture.h"
#include "read/picture_comments.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

// A picture of 60 × 30 pixels, its left half black, in a format of Leptonica.
std::string picture_bytes(l_int32 format) {
  PIX* pix = pixCreate(60, 30, 8);
  pixSetAll(pix);
  pixRasterop(pix, 0, 0, 30, 30, PIX_CLR, nullptr, 0, 0);
  l_uint8* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(pixWriteMem(&data, &size, pix, format), 0);
  std::string out(reinterpret_cast<char*>(data), size);
  std::free(data);
  pixDestroy(&pix);
  return out;
}

std::string with_metadata(const std::string& bytes, const Exiv2::ExifData& exif, const Exiv2::IptcData& iptc,
                          const Exiv2::XmpData& xmp) {
  Exiv2::Image::AutoPtr image =
      Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(bytes.data()), static_cast<long>(bytes.size()));
  image->setExifData(exif);
  image->setIptcData(iptc);
  image->setXmpData(xmp);
  image->writeMetadata();
  Exiv2::BasicIo& io = image->io();
  io.open();
  const Exiv2::DataBuf written = io.read(static_cast<long>(io.size()));
  return {reinterpret_cast<const char*>(written.pData_), static_cast<std::size_t>(written.size_)};
}

Exiv2::ExifData camera() {
  Exiv2::ExifData exif;
  exif["Exif.Image.Make"] = "Kamera";
  exif["Exif.Image.Model"] = "K-1";
  exif["Exif.Photo.BodySerialNumber"] = "SN-778812";
  exif["Exif.Photo.DateTimeOriginal"] = "2014:10:03 12:00:00";
  exif["Exif.Photo.OffsetTimeOriginal"] = "+03:30";
  exif["Exif.GPSInfo.GPSLatitudeRef"] = "N";
  exif["Exif.GPSInfo.GPSLatitude"] = "35/1 41/1 2107/100";
  exif["Exif.GPSInfo.GPSLongitudeRef"] = "E";
  exif["Exif.GPSInfo.GPSLongitude"] = "51/1 23/1 2040/100";
  const Exiv2::CommentValue comment("charset=Ascii the third warehouse");
  exif.add(Exiv2::ExifKey("Exif.Photo.UserComment"), &comment);
  return exif;
}

TEST(PictureMetadata, says_where_when_and_with_what_on_a_page_behind_the_picture) {
  const Reading reading = read_named(with_metadata(picture_bytes(IFF_JFIF_JPEG), camera(), {}, {}), "a.jpg");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.pages.size(), 2U);
  EXPECT_TRUE(reading.pages[0].paged());
  EXPECT_FALSE(reading.pages[1].paged());
  EXPECT_EQ(reading.pages[1].label, "metadata");
  EXPECT_EQ(reading.documents.at(0).last_page, PageIndex{2});
  EXPECT_TRUE(reading.meaning("place").starts_with("35.6891")) << reading.meaning("place");
  EXPECT_EQ(reading.meaning("taken"), "2014-10-03T12:00:00+03:30");
  EXPECT_EQ(reading.field("Exif.Photo.DateTimeOriginal"), "2014:10:03 12:00:00");
  const std::string text = reading.labelled("metadata");
  EXPECT_NE(text.find("35.689186,51.389000"), text.npos);
  EXPECT_NE(text.find("SN-778812"), text.npos);
  EXPECT_NE(text.find("Device: Kamera K-1"), text.npos);
  EXPECT_NE(text.find("Taken: 2014-10-03T12:00:00+03:30"), text.npos);
  EXPECT_NE(text.find("Comment: the third warehouse"), text.npos) << text;
}

TEST(PictureMetadata, a_time_without_a_zone_stays_without) {
  Exiv2::ExifData exif = camera();
  exif.erase(exif.findKey(Exiv2::ExifKey("Exif.Photo.OffsetTimeOriginal")));
  const Reading reading = read_bytes(with_metadata(picture_bytes(IFF_JFIF_JPEG), exif, {}, {}));
  EXPECT_NE(reading.labelled("metadata").find("Taken: 2014-10-03T12:00:00\n"), std::string::npos);
}

TEST(PictureMetadata, south_and_west_are_negative_and_impossible_places_none) {
  const auto text = [](const Exiv2::ExifData& exif) {
    return read_bytes(with_metadata(picture_bytes(IFF_JFIF_JPEG), exif, {}, {})).labelled("metadata");
  };
  Exiv2::ExifData exif = camera();
  exif["Exif.GPSInfo.GPSLatitudeRef"] = "S";
  exif["Exif.GPSInfo.GPSLongitudeRef"] = "W";
  EXPECT_NE(text(exif).find("Position: -35.689186,-51.389000"), std::string::npos);
  exif["Exif.GPSInfo.GPSLatitude"] = "95/1 0/1 0/1";
  EXPECT_EQ(text(exif).find("Position"), std::string::npos);
  exif["Exif.GPSInfo.GPSLatitude"] = "5/0 0/1 0/1";
  EXPECT_EQ(text(exif).find("Position"), std::string::npos);
}

TEST(PictureMetadata, captions_of_iptc_and_xmp_are_words_once) {
  Exiv2::IptcData iptc;
  iptc["Iptc.Envelope.CharacterSet"] = std::string("\x1b%G");
  iptc["Iptc.Application2.Caption"] = "تحویل در انبار سوم";
  iptc["Iptc.Application2.City"] = "Qazvin";
  Exiv2::XmpData xmp;
  xmp["Xmp.dc.description"] = "تحویل در انبار سوم";
  xmp["Xmp.dc.creator"] = "M. Rostami";
  for (const l_int32 format : {IFF_JFIF_JPEG, IFF_PNG, IFF_TIFF}) {
    const Reading reading = read_bytes(with_metadata(picture_bytes(format), {}, iptc, xmp));
    const std::string text = reading.labelled("metadata");
    EXPECT_NE(text.find("انبار سوم"), text.npos) << format;
    EXPECT_EQ(text.find("انبار سوم"), text.rfind("انبار سوم")) << format;
    EXPECT_NE(text.find("Qazvin"), text.npos) << format;
    EXPECT_NE(text.find("M. Rostami"), text.npos) << format;
    EXPECT_EQ(reading.field("Xmp.dc.creator"), "M. Rostami") << format;
  }
}

TEST(PictureMetadata, a_scan_without_any_keeps_its_pages) {
  for (const l_int32 format : {IFF_JFIF_JPEG, IFF_PNG, IFF_TIFF, IFF_BMP}) {
    EXPECT_EQ(read_bytes(picture_bytes(format)).pages.size(), 1U) << format;
  }
}

TEST(PictureMetadata, broken_metadata_do_not_cost_the_picture) {
  std::string bytes = with_metadata(picture_bytes(IFF_JFIF_JPEG), camera(), {}, {});
  const std::size_t exif = bytes.find("Exif");
  for (std::size_t at = exif + 6; at < exif + 60 && at < bytes.size(); at += 3) bytes[at] = '\xFF';
  const Reading reading = read_bytes(bytes);
  ASSERT_FALSE(reading.pages.empty());
  EXPECT_TRUE(reading.pages[0].paged());
}

TEST(PictureComments, of_png_and_gif) {
  std::string png = picture_bytes(IFF_PNG);
  const std::string chunk("\0\0\0\x15tEXtAuthor\0seen by Karim\0\0\0\0", 33);
  png.insert(png.size() - 12, std::string("\0\0\0\x14", 4) + chunk.substr(4));
  const std::vector<PictureComment> found = picture_comments(png);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].keyword, "Author");
  EXPECT_EQ(found[0].text, "seen by Karim");
  EXPECT_TRUE(found[0].written);
  const std::string gif("GIF89a\1\0\1\0\0\0\0\x21\xFE\x05hello\0\x3B                ", 40);
  ASSERT_EQ(picture_comments(gif).size(), 1U);
  EXPECT_EQ(picture_comments(gif)[0].text, "hello");
  EXPECT_TRUE(picture_comments("GIF89a").empty());
}

TEST(Pictures, that_move_say_that_later_ones_are_not_read) {
  const std::string frame("\x2C\0\0\0\0\1\0\1\0\0\2\2\x4C\1\0", 15);
  const std::string head("GIF89a\1\0\1\0\x80\0\0\xFF\xFF\xFF\0\0\0", 19);
  EXPECT_FALSE(is_animation(head + frame + ";"));
  EXPECT_TRUE(is_animation(head + frame + frame + ";"));
  const Reading reading = read_bytes(head + frame + frame + ";");
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::unsupported));
  EXPECT_FALSE(is_animation("RIFF"));
}

int mean_of_half(const Picture& picture, bool left) {
  long sum = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width / 2; ++x) {
      sum += picture.grey[static_cast<std::size_t>(y * picture.width + x + (left ? 0 : picture.width / 2))];
    }
  }
  return static_cast<int>(sum / (picture.height * (picture.width / 2)));
}

void expect_left_half_black(const std::string& bytes, std::string_view mime) {
  const Reading reading = read_bytes(bytes);
  EXPECT_EQ(reading.mime, mime);
  EXPECT_EQ(reading.state, ItemState::read) << mime;
  ASSERT_EQ(reading.pages.size(), 1U) << mime;
  const UniqueFd fd = file_of(bytes);
  const Result<Picture> picture = picture_of_page(fd.get(), {PageIndex{1}, 200, true}, Limits{});
  ASSERT_TRUE(picture.has_value()) << mime << ": " << picture.error().message;
  EXPECT_EQ(picture->width, 60) << mime;
  EXPECT_EQ(picture->height, 30) << mime;
  EXPECT_LT(mean_of_half(*picture, true), 12) << mime;
  EXPECT_GT(mean_of_half(*picture, false), 243) << mime;
}

heif_error append(heif_context*, const void* data, size_t size, void* out) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(data), size);
  return {heif_error_Ok, heif_suberror_Unspecified, ""};
}

std::string heif(heif_compression_format format) {
  heif_image* image = nullptr;
  EXPECT_EQ(heif_image_create(60, 30, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image).code, heif_error_Ok);
  EXPECT_EQ(heif_image_add_plane(image, heif_channel_interleaved, 60, 30, 8).code, heif_error_Ok);
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 180; ++x) plane[y * stride + x] = x < 90 ? 0 : 255;
  }
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  EXPECT_EQ(heif_context_get_encoder_for_format(context, format, &encoder).code, heif_error_Ok);
  heif_encoder_set_lossy_quality(encoder, 95);
  EXPECT_EQ(heif_context_encode_image(context, image, encoder, nullptr, nullptr).code, heif_error_Ok);
  std::string out;
  heif_writer writer{1, append};
  heif_context_write(context, &writer, &out);
  heif_encoder_release(encoder);
  heif_image_release(image);
  heif_context_free(context);
  return out;
}

TEST(Pictures, of_heif_are_pages) {
  expect_left_half_black(heif(heif_compression_HEVC), "image/heic");
  expect_left_half_black(heif(heif_compression_AV1), "image/avif");
}

std::string psd(bool packed) {
  std::string out("8BPS\0\1\0\0\0\0\0\0\0\1\0\0\0\x1E\0\0\0\x3C\0\x08\0\1", 26);
  out += std::string(12, '\0');
  out += packed ? std::string("\0\1", 2) : std::string("\0\0", 2);
  const std::string row = packed ? std::string("\xE3\0\xE3\xFF", 4) : std::string(30, '\0') + std::string(30, '\xFF');
  if (packed) {
    for (int y = 0; y < 30; ++y) out += std::string("\0\4", 2);
  }
  for (int y = 0; y < 30; ++y) out += row;
  return out;
}

TEST(Pictures, of_photoshop_jpeg_2000_and_pnm_are_pages) {
  expect_left_half_black(psd(false), "image/vnd.adobe.photoshop");
  expect_left_half_black(psd(true), "image/vnd.adobe.photoshop");
  expect_left_half_black(picture_bytes(IFF_JP2), "image/jp2");
  expect_left_half_black(picture_bytes(IFF_PNM), "image/x-portable-anymap");
}

TEST(Pictures, of_photoshop_that_are_cut_are_white_from_there) {
  const std::string whole = psd(false);
  const UniqueFd fd = file_of(whole.substr(0, whole.size() - 60 * 20));
  const Result<Picture> picture = picture_of_page(fd.get(), {PageIndex{1}, 200, true}, Limits{});
  ASSERT_TRUE(picture.has_value());
  EXPECT_EQ(picture->grey[0], 0);
  EXPECT_EQ(picture->grey[60 * 29], 255);
  EXPECT_EQ(read_bytes(whole.substr(0, 20)).state, ItemState::failed);
}

}  // namespace
}  // namespace dragoman::read
