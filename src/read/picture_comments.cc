// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/picture_comments.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/utf8.h"
#include "read/encoding.h"

namespace dragoman::read {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostComments = 100;
constexpr std::size_t kMostText = 30'000;

std::uint64_t big32(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + i])); };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

std::string utf8(std::string_view text) {
  std::string out = is_valid_utf8(text) ? std::string(text) : decode_text(text).utf8;
  if (out.size() > kMostText) out.resize(kMostText);
  return to_valid_utf8(out);
}

// The first kMostText bytes of a zlib stream.
std::string inflated(std::string_view packed) {
  std::string out(kMostText, '\0');
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1U << 30));
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

/// Cuts at the first NUL: what was before it; `rest` becomes what is behind it.
std::optional<std::string_view> until_nul(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == rest.npos) return std::nullopt;
  const std::string_view head = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return head;
}

// PNG 1.2, 11.3.4: tEXt, zTXt (keyword, method, zlib), iTXt (keyword, flag, method, language, translation, text).
std::optional<PictureComment> chunk_text(std::string_view name, std::string_view body) {
  const std::optional<std::string_view> keyword = until_nul(body);
  if (!keyword || keyword->empty() || keyword->size() > 79) return std::nullopt;
  // Wrapped EXIF, IPTC and XMP are exiv2's.
  if (keyword->starts_with("Raw profile") || keyword->starts_with("XML:com.adobe")) return std::nullopt;
  if (name == "tEXt") return PictureComment{utf8(*keyword), utf8(body)};
  if (name == "zTXt")
    return PictureComment{utf8(*keyword), utf8(inflated(body.substr(std::min<std::size_t>(1, body.size()))))};
  if (body.size() < 2) return std::nullopt;
  const bool packed = body[0] == 1;
  body.remove_prefix(2);
  if (!until_nul(body) || !until_nul(body)) return std::nullopt;
  return PictureComment{utf8(*keyword), packed ? utf8(inflated(body)) : utf8(body)};
}

// The keywords that PNG 1.2, 11.3.4.2 gives a meaning.
bool is_written(std::string_view keyword) {
  static constexpr std::string_view kKnown[] = {"Title",    "Author",     "Description", "Copyright", "Creation Time",
                                                "Software", "Disclaimer", "Warning",     "Source",    "Comment"};
  return std::find(std::begin(kKnown), std::end(kKnown), keyword) != std::end(kKnown);
}

std::vector<PictureComment> png_comments(std::string_view bytes) {
  std::vector<PictureComment> out;
  for (std::size_t at = 8; at + 12 <= bytes.size() && out.size() < kMostComments;) {
    const std::uint64_t length = big32(bytes, at);
    if (length > bytes.size() - at - 12) break;
    const std::string_view name = bytes.substr(at + 4, 4);
    const std::string_view body = bytes.substr(at + 8, static_cast<std::size_t>(length));
    at += static_cast<std::size_t>(length) + 12;
    if (name != "tEXt" && name != "zTXt" && name != "iTXt") continue;
    std::optional<PictureComment> comment = chunk_text(name, body);
    if (!comment || comment->text.empty()) continue;
    comment->written = is_written(comment->keyword);
    out.push_back(std::move(*comment));
  }
  return out;
}

/// The sub-blocks from `at` on, joined (at most kMostText bytes); `at` moves behind their end.
std::string gif_blocks(std::string_view bytes, std::size_t& at) {
  std::string out;
  while (at < bytes.size()) {
    const std::size_t length = static_cast<std::uint8_t>(bytes[at]);
    ++at;
    if (length == 0) break;
    const std::string_view block = bytes.substr(at, length);
    if (out.size() + block.size() <= kMostText) out += block;
    at += block.size();
  }
  return out;
}

// GIF89a, sections 18 to 26. `frames` becomes the number of pictures met.
std::vector<PictureComment> gif_comments(std::string_view bytes, std::size_t& frames) {
  std::vector<PictureComment> out;
  frames = 0;
  const auto table = [&](std::size_t flags) {
    const auto value = static_cast<std::uint8_t>(bytes[flags]);
    return (value & 0x80U) != 0 ? std::size_t{3} << ((value & 7U) + 1) : 0;
  };
  if (bytes.size() < 13) return out;
  std::size_t at = 13 + table(10);
  while (at + 10 < bytes.size() && out.size() < kMostComments) {
    if (bytes[at] == '\x21') {
      const bool comment = bytes[at + 1] == '\xFE';
      at += 2;
      const std::string text = gif_blocks(bytes, at);
      if (comment && !text.empty()) out.push_back({"Comment", utf8(text), true});
    } else if (bytes[at] == '\x2C') {
      ++frames;
      at += 10 + table(at + 9) + 1;
      gif_blocks(bytes, at);
    } else {
      break;
    }
  }
  return out;
}

}  // namespace

std::vector<PictureComment> picture_comments(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) return png_comments(bytes);
  std::size_t frames = 0;
  if (bytes.starts_with("GIF8"sv)) return gif_comments(bytes, frames);
  return {};
}

bool is_animation(std::string_view bytes) {
  std::size_t frames = 0;
  if (bytes.starts_with("GIF8"sv)) gif_comments(bytes, frames);
  // WebP: the flags of its first chunk (RFC 9649, 2.7).
  const bool webp = bytes.size() > 20 && bytes.starts_with("RIFF"sv) && bytes.substr(8, 8) == "WEBPVP8X"sv;
  return frames > 1 || (webp && (static_cast<std::uint8_t>(bytes[20]) & 2U) != 0);
}

}  // namespace dragoman::read
