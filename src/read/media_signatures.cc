// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/media_signatures.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace dragoman::read {
namespace {

using namespace std::string_view_literals;

bool has_at(std::string_view bytes, std::size_t offset, std::string_view what) {
  return bytes.size() >= offset + what.size() && bytes.substr(offset, what.size()) == what;
}

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view mime;
};

constexpr Signature kSignatures[] = {
    {0, "\0\0\0\x0CjP  \r\n\x87\n"sv, "image/jp2"},
    {0, "\xFF\x4F\xFF\x51"sv, "image/jp2"},
    {0, "II\xBC\1"sv, "image/jxr"},
    {0, "8BPS\0"sv, "image/vnd.adobe.photoshop"},
    {0, "AT&TFORM"sv, "image/vnd.djvu"},
    {0, "ID3\2"sv, "audio/mpeg"},
    {0, "ID3\3"sv, "audio/mpeg"},
    {0, "ID3\4"sv, "audio/mpeg"},
    {0, "OggS\0"sv, "audio/ogg"},
    {0, "fLaC\0"sv, "audio/flac"},
    {0, "#!AMR"sv, "audio/amr"},
    {0, "\x1A\x45\xDF\xA3"sv, "video/x-matroska"},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "video/x-ms-asf"},
    {0, "FLV\1"sv, "video/x-flv"},
    {0, "\0\0\1\xBA"sv, "video/mpeg"},
    {0, "\0\0\1\xB3"sv, "video/mpeg"},
};

// Containers that say what they hold a little further on.
std::string_view inside_container(std::string_view head) {
  if (has_at(head, 0, "RIFF") && has_at(head, 8, "WAVE")) return "audio/wav";
  if (has_at(head, 0, "RF64") && has_at(head, 8, "WAVE")) return "audio/wav";
  if (has_at(head, 0, "RIFF") && has_at(head, 8, "AVI ")) return "video/x-msvideo";
  if (has_at(head, 0, "FORM") && (has_at(head, 8, "AIFF") || has_at(head, 8, "AIFC"))) return "audio/aiff";
  return {};
}

// ISO/IEC 14496-12, 4.3: the brands of the first box. QuickTime's older files begin with another box.
std::string_view base_media_mime(std::string_view head) {
  if (has_at(head, 4, "moov") || has_at(head, 4, "mdat") || has_at(head, 4, "wide")) return "video/mp4";
  if (!has_at(head, 4, "ftyp")) return {};
  if (has_at(head, 8, "M4A ") || has_at(head, 8, "M4B ")) return "audio/mp4";
  const std::size_t length = std::min<std::size_t>(static_cast<std::uint8_t>(head[3]), head.size());
  bool heic = false;
  for (std::size_t at = 8; at + 4 <= length; at += at == 8 ? 8 : 4) {
    const std::string_view brand = head.substr(at, 4);
    if (brand == "avif" || brand == "avis") return "image/avif";
    static constexpr std::string_view kBrands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"};
    heic = heic || std::find(std::begin(kBrands), std::end(kBrands), brand) != std::end(kBrands);
  }
  return heic ? "image/heic" : "video/mp4";
}

// PNM: its letter and digit, then (past comments) the width and the height; of the forms in plain text nothing but
// numbers, so that a list that begins with "P1" is no picture.
bool is_pnm(std::string_view head) {
  if (head.size() < 8 || head[0] != 'P' || head[1] < '1' || head[1] > '6') return false;
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!blank(head[2])) return false;
  const bool plain = head[1] <= '3';
  int numbers = 0;
  bool inside = false;
  bool comment = false;
  for (const char c : head.substr(2, 512)) {
    if (comment) {
      comment = c != '\n';
    } else if (digit(c)) {
      numbers += inside ? 0 : 1;
      inside = true;
    } else if (blank(c)) {
      inside = false;
      if (numbers == 2 && !plain) return true;
    } else if (c == '#') {
      comment = true;
    } else {
      return false;
    }
  }
  return plain && numbers > 2;
}

// MPEG-TS: a sync byte each 188 bytes (192 with time stamps before them).
bool is_transport_stream(std::string_view head) {
  for (const auto& [first, step] : {std::pair<std::size_t, std::size_t>{0, 188}, {4, 192}}) {
    std::size_t met = 0;
    while (met < 5 && has_at(head, first + met * step, "\x47")) ++met;
    if (met == 5) return true;
  }
  return false;
}

// ADTS (ISO/IEC 13818-7, 6.2) or MPEG audio (11172-3, 2.4.2.3): two headers, the second where the first says.
std::size_t adts_length(std::string_view head, std::size_t at) {
  if (head.size() < at + 7) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(head[at + i])); };
  if (byte(0) != 0xFF || (byte(1) & 0xF6U) != 0xF0) return 0;
  return (byte(3) & 3U) << 11 | byte(4) << 3 | byte(5) >> 5;
}

bool is_adts(std::string_view head) {
  const std::size_t first = adts_length(head, 0);
  return first > 7 && adts_length(head, first) > 7;
}

}  // namespace

std::string_view media_mime(std::string_view head) {
  for (const Signature& signature : kSignatures) {
    if (has_at(head, signature.offset, signature.bytes)) return signature.mime;
  }
  if (const std::string_view mime = inside_container(head); !mime.empty()) return mime;
  if (const std::string_view mime = base_media_mime(head); !mime.empty()) return mime;
  if (is_pnm(head)) return "image/x-portable-anymap";
  if (is_transport_stream(head)) return "video/mp2t";
  return is_adts(head) ? "audio/aac" : "";
}

}  // namespace dragoman::read
