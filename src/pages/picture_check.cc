// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/picture_check.h"

#include <cstddef>

namespace dragoman::pages {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1A\n"sv;
constexpr std::string_view kPngEnd = "\0\0\0\0IEND\xAE\x42\x60\x82"sv;

std::uint32_t big(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

Failure not_a_picture() {
  return fail(ErrorKind::malformed, "what was made is no whole picture");
}

// PNG 1.2, 11.2.2: the first chunk is IHDR, 13 bytes, and begins with width and height.
Result<PictureFacts> png_facts(std::string_view bytes) {
  if (bytes.size() < 33 + kPngEnd.size() || bytes.substr(8, 8) != "\0\0\0\rIHDR"sv || !bytes.ends_with(kPngEnd)) {
    return not_a_picture();
  }
  return PictureFacts{"image/png", "png", big(bytes, 16, 4), big(bytes, 20, 4)};
}

// ITU T.81, annex B.2: segments up to the frame header, SOF0 to SOF2; an encoder of ours writes no other.
Result<PictureFacts> jpeg_facts(std::string_view bytes) {
  if (!bytes.ends_with("\xFF\xD9"sv)) return not_a_picture();
  std::size_t at = 2;
  while (at + 9 <= bytes.size()) {
    if (big(bytes, at, 1) != 0xFF) return not_a_picture();
    const std::uint32_t marker = big(bytes, at + 1, 1);
    if (marker >= 0xC0 && marker <= 0xC2) {
      return PictureFacts{"image/jpeg", "jpg", big(bytes, at + 7, 2), big(bytes, at + 5, 2)};
    }
    const bool table = marker == 0xC4 || marker == 0xDB || marker == 0xDD || marker >= 0xE0;
    const std::uint32_t length = big(bytes, at + 2, 2);
    if (!table || length < 2) return not_a_picture();
    at += 2 + std::size_t{length};
  }
  return not_a_picture();
}

}  // namespace

Result<PictureFacts> picture_facts(std::string_view bytes) {
  PictureFacts facts;
  if (bytes.starts_with(kPngSignature)) {
    facts = TRY(png_facts(bytes));
  } else if (bytes.starts_with("\xFF\xD8\xFF"sv)) {
    facts = TRY(jpeg_facts(bytes));
  } else {
    return not_a_picture();
  }
  if (facts.width == 0 || facts.height == 0) return not_a_picture();
  return facts;
}

Result<PictureFacts> checked_picture(std::string_view bytes, std::uint32_t most_width, std::uint64_t max_pixels) {
  const PictureFacts facts = TRY(picture_facts(bytes));
  if (facts.width > most_width || std::uint64_t{facts.width} * facts.height > max_pixels) {
    return fail(ErrorKind::limit, "the picture is larger than was asked for");
  }
  return facts;
}

}  // namespace dragoman::pages
