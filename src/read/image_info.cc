// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/image_info.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "read/heif_picture.h"
#include "read/little_endian.h"
#include "read/mupdf_image.h"
#include "read/psd_picture.h"
#include "read/tiff_frames.h"

namespace dragoman::read {
namespace {

using namespace std::string_view_literals;

constexpr double kLeastDpi = 50;
constexpr double kMostDpi = 1200;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint32_t big16(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
std::uint32_t big32(std::string_view bytes, std::size_t at) {
  return big16(bytes, at) << 16 | big16(bytes, at + 2);
}

void set_dpi(ImageInfo& info, double x, double y) {
  const auto believable = [](double dpi) { return dpi >= kLeastDpi && dpi <= kMostDpi; };
  if (!believable(x) || !believable(y)) return;
  info.x_dpi = x;
  info.y_dpi = y;
}

// The few tags of an EXIF block (a small TIFF) that say how the picture is displayed.
class Exif {
 public:
  explicit Exif(std::string_view tiff) : tiff_(tiff), little_(tiff.starts_with("II")) {}
  void apply(ImageInfo& info) const;

 private:
  std::uint32_t u16(std::size_t at) const {
    return little_ ? byte_at(tiff_, at) | byte_at(tiff_, at + 1) << 8 : big16(tiff_, at);
  }
  std::uint32_t u32(std::size_t at) const { return little_ ? u16(at) | u16(at + 2) << 16 : big32(tiff_, at); }
  double rational(std::size_t at) const {
    if (at > tiff_.size() || tiff_.size() - at < 8) return 0;
    const std::uint32_t below = u32(at + 4);
    return below == 0 ? 0 : static_cast<double>(u32(at)) / below;
  }
  std::string_view tiff_;
  bool little_;
};

void Exif::apply(ImageInfo& info) const {
  if (tiff_.size() < 14) return;
  const std::size_t directory = u32(4);
  if (directory > tiff_.size() - 2) return;
  const std::size_t count = u16(directory);
  double x = 0;
  double y = 0;
  std::uint32_t unit = 2;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = directory + 2 + i * 12;
    if (at + 12 > tiff_.size()) break;
    switch (u16(at)) {
      case 0x0112: info.orientation = static_cast<int>(std::clamp(u16(at + 8), 1U, 8U)); break;
      case 0x011A: x = rational(u32(at + 8)); break;
      case 0x011B: y = rational(u32(at + 8)); break;
      case 0x0128: unit = u16(at + 8); break;
      default: break;
    }
  }
  const double to_inch = unit == 3 ? 2.54 : 1;
  set_dpi(info, x * to_inch, y * to_inch);
}

// ITU T.81, annex B: markers up to the first scan. JFIF density first, EXIF over it.
Result<ImageInfo> jpeg_info(std::string_view bytes) {
  ImageInfo info;
  std::size_t at = 2;
  std::string_view exif;
  while (at + 4 <= bytes.size()) {
    if (byte_at(bytes, at) != 0xFF) {
      ++at;
      continue;
    }
    const std::uint32_t marker = byte_at(bytes, at + 1);
    if (marker == 0xFF || marker == 0 || (marker >= 0xD0 && marker <= 0xD8) || marker == 0x01) {
      at += marker == 0xFF ? 1 : 2;
      continue;
    }
    const std::size_t length = big16(bytes, at + 2);
    if (length < 2) break;
    const std::string_view body = bytes.substr(at + 4, length - 2);
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame && body.size() >= 6) {
      info.height = big16(body, 1);
      info.width = big16(body, 3);
      info.bits = static_cast<int>(8 * byte_at(body, 5));
    } else if (marker == 0xE0 && body.starts_with("JFIF\0"sv) && body.size() >= 12) {
      const double to_inch = byte_at(body, 7) == 2 ? 2.54 : 1;
      if (byte_at(body, 7) != 0) set_dpi(info, big16(body, 8) * to_inch, big16(body, 10) * to_inch);
    } else if (marker == 0xE1 && body.starts_with("Exif\0\0"sv)) {
      exif = body.substr(6);
    } else if (marker == 0xDA) {
      // Inside a scan FF is always stuffed, so the first EOI behind it is the end of the picture.
      info.truncated = bytes.find("\xFF\xD9"sv, at) == bytes.npos;
      break;
    } else if (marker == 0xD9) {
      break;
    }
    at += 2 + length;
  }
  if (info.width == 0 || info.height == 0) return fail(ErrorKind::malformed, "the JPEG has no frame header");
  if (at + 4 > bytes.size()) info.truncated = true;
  Exif(exif).apply(info);
  return info;
}

// PNG 1.2, 11.3.5.3 pHYs; 11.2.5 IEND.
void png_details(std::string_view bytes, ImageInfo& info) {
  bool ended = false;
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::uint64_t length = big32(bytes, at);
    const std::string_view name = bytes.substr(at + 4, 4);
    if (name == "pHYs" && length == 9 && at + 17 <= bytes.size() && byte_at(bytes, at + 16) == 1) {
      set_dpi(info, big32(bytes, at + 8) * 0.0254, big32(bytes, at + 12) * 0.0254);
    }
    if (name == "eXIf" && at + 8 + length <= bytes.size()) Exif(bytes.substr(at + 8, length)).apply(info);
    ended = name == "IEND";
    if (ended) break;
    at += static_cast<std::size_t>(std::min<std::uint64_t>(length + 12, bytes.size()));
  }
  info.truncated = !ended;
}

void bmp_details(std::string_view bytes, ImageInfo& info) {
  if (bytes.size() < 54) return;
  set_dpi(info, std::round(u32_at(bytes, 38) * 0.0254), std::round(u32_at(bytes, 42) * 0.0254));
  info.truncated = u32_at(bytes, 2) > bytes.size();
}

// Leptonica reads bitmaps with the head of Windows 3 whose pixels are not packed.
bool is_unusual_bitmap(std::string_view bytes) {
  constexpr std::uint32_t kHead = 40;
  return bytes.size() >= 34 && (u32_at(bytes, 14) != kHead || u32_at(bytes, 30) != 0);
}

Result<ImageInfo> plain_info(std::string_view bytes, std::string_view mime) {
  l_int32 format = 0;
  l_int32 width = 0;
  l_int32 height = 0;
  l_int32 bits = 0;
  l_int32 samples = 0;
  l_int32 colormap = 0;
  if (mime == "image/gif") {
    // pixReadHeaderMem does not know GIF: its logical screen (GIF89a, section 18) does.
    if (bytes.size() < 13) return fail(ErrorKind::malformed, "the GIF has no header");
    width = static_cast<l_int32>(byte_at(bytes, 6) | byte_at(bytes, 7) << 8);
    height = static_cast<l_int32>(byte_at(bytes, 8) | byte_at(bytes, 9) << 8);
    bits = 8;
    samples = 1;
  } else if (pixReadHeaderMem(reinterpret_cast<const l_uint8*>(bytes.data()), bytes.size(), &format, &width, &height,
                              &bits, &samples, &colormap) != 0) {
    return fail(ErrorKind::malformed, "the header of the picture cannot be read");
  }
  if (width <= 0 || height <= 0) return fail(ErrorKind::malformed, "the picture has no size");
  ImageInfo info;
  info.width = static_cast<std::uint32_t>(width);
  info.height = static_cast<std::uint32_t>(height);
  info.bits = std::max(1, bits * samples);
  if (mime == "image/png") png_details(bytes, info);
  if (mime == "image/bmp") bmp_details(bytes, info);
  if (mime == "image/gif") info.truncated = bytes.back() != ';' && bytes.find_last_not_of('\0') != bytes.rfind(';');
  if (mime == "image/webp" && bytes.size() >= 8) {
    const std::uint64_t said =
        byte_at(bytes, 4) | byte_at(bytes, 5) << 8 | byte_at(bytes, 6) << 16 | byte_at(bytes, 7) << 24;
    info.truncated = said + 8 > bytes.size();
  }
  return info;
}

Result<ImageInfo> foreign_info(std::string_view bytes, std::string_view mime) {
  ImageInfo info;
  if (mime == "image/vnd.adobe.photoshop") {
    const PsdInfo found = TRY(psd_info(bytes));
    info.width = found.width;
    info.height = found.height;
    info.bits = found.bits;
    set_dpi(info, found.dpi, found.dpi);
    return info;
  }
  const MupdfImageInfo found = TRY(mupdf_image_info(bytes));
  info.width = found.width;
  info.height = found.height;
  info.bits = 24;
  if (mime == "image/bmp") {
    bmp_details(bytes, info);
    return info;
  }
  // MuPDF says 96 where the file says nothing.
  if (found.x_dpi > 96 && found.y_dpi > 96) set_dpi(info, found.x_dpi, found.y_dpi);
  return info;
}

Result<std::vector<ImageInfo>> heif_info(std::string_view bytes, std::uint32_t most) {
  std::vector<ImageInfo> out;
  for (const HeifFrame& frame : TRY(heif_frames(bytes, most))) {
    ImageInfo info;
    info.width = frame.width;
    info.height = frame.height;
    info.bits = 24;
    out.push_back(info);
  }
  return out;
}

}  // namespace

bool is_heif(std::string_view mime) {
  return mime == "image/heic" || mime == "image/avif";
}

bool is_decoded_elsewhere(std::string_view mime, std::string_view bytes) {
  if (mime == "image/bmp") return is_unusual_bitmap(bytes);
  return is_heif(mime) || mime == "image/jp2" || mime == "image/jxr" || mime == "image/vnd.adobe.photoshop";
}

bool tiff_is_cut(std::string_view bytes) {
  if (bytes.size() < 8) return true;
  const bool little = bytes.starts_with("II");
  const bool big_tiff = byte_at(bytes, little ? 2 : 3) == 43;
  if (big_tiff) return false;
  std::uint32_t offset = big32(bytes, 4);
  if (little) offset = byte_at(bytes, 4) | byte_at(bytes, 5) << 8 | byte_at(bytes, 6) << 16 | byte_at(bytes, 7) << 24;
  return offset + std::uint64_t{2} > bytes.size();
}

Result<std::vector<ImageInfo>> image_info(std::string_view bytes, std::string_view mime, std::uint32_t most) {
  std::vector<ImageInfo> frames;
  if (mime == "image/tiff") {
    for (const TiffFrame& frame : TRY(tiff_frames(bytes, most))) {
      ImageInfo info;
      info.width = frame.width;
      info.height = frame.height;
      info.bits = frame.bits;
      info.orientation = frame.orientation;
      info.truncated = frame.truncated;
      set_dpi(info, frame.x_dpi, frame.y_dpi);
      frames.push_back(info);
    }
    return frames;
  }
  if (is_heif(mime)) return heif_info(bytes, most);
  if (is_decoded_elsewhere(mime, bytes)) {
    frames.push_back(TRY(foreign_info(bytes, mime)));
    return frames;
  }
  frames.push_back(mime == "image/jpeg" ? TRY(jpeg_info(bytes)) : TRY(plain_info(bytes, mime)));
  return frames;
}

}  // namespace dragoman::read
