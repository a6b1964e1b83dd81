// SPDX-License-Identifier: AGPL-3.0-or-later
// For tests: bytes of OLE files and what lies in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "read/ole_writer.h"

namespace dragoman::read {

using OleBuilder = OleWriter;

/// Appends `count` little-endian bytes of `value`.
inline void put(std::string& out, std::uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}
inline std::string le16(std::uint64_t value) {
  std::string out;
  put(out, value, 2);
  return out;
}
inline std::string le32(std::uint64_t value) {
  std::string out;
  put(out, value, 4);
  return out;
}
/// UTF-16LE.
inline std::string wide(std::u16string_view text) {
  std::string out;
  for (const char16_t c : text) put(out, c, 2);
  return out;
}

}  // namespace dragoman::read
