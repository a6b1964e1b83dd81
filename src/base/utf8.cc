// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/utf8.h"

#include <fmt/format.h>

namespace dragoman {
namespace {

// Length of the well-formed sequence at `offset` (Unicode table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t offset, char32_t& codepoint) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return offset + i < text.size() ? static_cast<unsigned char>(text[offset + i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned b0 = byte(0);
  if (b0 < 0x80) {
    codepoint = b0;
    return 1;
  }
  if (b0 >= 0xC2 && b0 <= 0xDF && tail(1)) {
    codepoint = ((b0 & 0x1FU) << 6) | (byte(1) & 0x3FU);
    return 2;
  }
  if (b0 >= 0xE0 && b0 <= 0xEF && tail(1) && tail(2)) {
    codepoint = ((b0 & 0x0FU) << 12) | ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
    return codepoint >= 0x800 && (codepoint < 0xD800 || codepoint > 0xDFFF) ? 3 : 0;
  }
  if (b0 >= 0xF0 && b0 <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    codepoint = ((b0 & 0x07U) << 18) | ((byte(1) & 0x3FU) << 12) | ((byte(2) & 0x3FU) << 6) | (byte(3) & 0x3FU);
    return codepoint >= 0x10000 && codepoint <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

}  // namespace

char32_t next_codepoint(std::string_view text, std::size_t& offset) {
  char32_t codepoint = 0xFFFD;
  const std::size_t length = sequence_length(text, offset, codepoint);
  if (length == 0) {
    ++offset;
    return 0xFFFD;
  }
  offset += length;
  return codepoint;
}

void append_utf8(std::string& out, char32_t codepoint) {
  if (codepoint < 0x80) {
    out.push_back(static_cast<char>(codepoint));
  } else if (codepoint < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (codepoint >> 6)));
    out.push_back(static_cast<char>(0x80 | (codepoint & 0x3F)));
  } else if (codepoint < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (codepoint >> 12)));
    out.push_back(static_cast<char>(0x80 | ((codepoint >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (codepoint & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (codepoint >> 18)));
    out.push_back(static_cast<char>(0x80 | ((codepoint >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((codepoint >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (codepoint & 0x3F)));
  }
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    char32_t codepoint = 0;
    const std::size_t length = sequence_length(text, offset, codepoint);
    if (length == 0) return false;
    offset += length;
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t offset = 0; offset < bytes.size();) {
    char32_t codepoint = next_codepoint(bytes, offset);
    if (codepoint == 0) codepoint = 0xFFFD;
    append_utf8(out, codepoint);
  }
  return out;
}

std::string path_from_bytes(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t offset = 0; offset < bytes.size();) {
    char32_t codepoint = 0;
    const std::size_t length = sequence_length(bytes, offset, codepoint);
    if (length == 0) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(bytes[offset])));
      ++offset;
    } else {
      out.append(bytes.substr(offset, length));
      offset += length;
    }
  }
  return out;
}

bool is_bidi_control(char32_t codepoint) {
  return codepoint == 0x061C || codepoint == 0x200E || codepoint == 0x200F ||
         (codepoint >= 0x202A && codepoint <= 0x202E) || (codepoint >= 0x2066 && codepoint <= 0x2069);
}

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t offset = 0; offset < text.size();) {
    const char32_t codepoint = next_codepoint(text, offset);
    const bool control = codepoint < 0x20 || (codepoint >= 0x7F && codepoint < 0xA0) || codepoint == 0x2028 ||
                         codepoint == 0x2029 || codepoint == 0xFEFF;
    if (control || is_bidi_control(codepoint)) {
      out += fmt::format("\\u{{{:X}}}", static_cast<std::uint32_t>(codepoint));
    } else {
      append_utf8(out, codepoint);
    }
  }
  return out;
}

std::size_t codepoint_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

}  // namespace dragoman
