// SPDX-License-Identifier: AGPL-3.0-or-later
// The parts of media_file.h that need no library: how subtitles and places are written.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "base/utf8.h"
#include "read/encoding.h"
#include "read/media_file.h"

namespace dragoman::read {
namespace {

// Between `open` and `close` there is no text: "{\\an8}" of ASS, "<i>" of SubRip.
std::string without(std::string_view text, char open, char close) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open && text.find(close, i) != text.npos) inside = true;
    if (!inside) out.push_back(text[i]);
    if (text[i] == close) inside = false;
  }
  return out;
}

// "ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text"; \N and \n are line ends, \h a space.
std::string ass_text(std::string_view packet) {
  for (int field = 0; field < 8; ++field) {
    const std::size_t comma = packet.find(',');
    if (comma == packet.npos) break;
    packet.remove_prefix(comma + 1);
  }
  std::string out;
  const std::string text = without(packet, '{', '}');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'N' || next == 'n' || next == 'h') {
      out.push_back(next == 'h' ? ' ' : '\n');
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// 3GPP TS 26.245, 5.17: two bytes of length, the text in UTF-8 or, with a mark, UTF-16; boxes of style behind it.
std::string_view timed_text(std::string_view packet) {
  if (packet.size() < 2) return {};
  const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(packet[0])) << 8 |
                      static_cast<std::size_t>(static_cast<std::uint8_t>(packet[1]));
  return packet.substr(2, length);
}

/// One signed number of a place: ±DD.D, ±DDMM.M or ±DDMMSS.S (`whole` digits are degrees); taken off `text`.
std::optional<double> coordinate(std::string_view& text, std::size_t whole) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const double sign = text[0] == '-' ? -1 : 1;
  std::size_t end = 1;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  const std::string_view digits = text.substr(1, end - 1);
  text.remove_prefix(end);
  const std::size_t before = std::min(digits.find('.'), digits.size());
  const auto number = [](std::string_view part) {
    double value = 0;
    std::from_chars(part.data(), part.data() + part.size(), value);
    return value;
  };
  if (before == 0 || before > whole + 4) return std::nullopt;
  if (before <= whole) return sign * number(digits);
  double value = number(digits.substr(0, before - (before - whole > 2 ? 4 : 2)));
  if (before - whole > 2) {
    value += number(digits.substr(before - 4, 2)) / 60 + number(digits.substr(before - 2)) / 3600;
  } else {
    value += number(digits.substr(before - 2)) / 60;
  }
  return sign * value;
}

}  // namespace

std::string subtitle_text(std::string_view packet, std::string_view codec) {
  if (codec == "mov_text") packet = timed_text(packet);
  std::string text = is_valid_utf8(packet) ? std::string(packet) : decode_text(packet).utf8;
  if (codec == "ass" || codec == "ssa") return ass_text(text);
  if (codec == "mov_text" || codec == "text") return text;
  return without(without(text, '<', '>'), '{', '}');
}

std::string place_of_iso6709(std::string_view text) {
  const std::optional<double> latitude = coordinate(text, 2);
  const std::optional<double> longitude = coordinate(text, 3);
  if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return {};
  char out[64];
  std::snprintf(out, sizeof out, "%.6f,%.6f", *latitude, *longitude);
  return out;
}

}  // namespace dragoman::read
