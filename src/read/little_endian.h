// SPDX-License-Identifier: AGPL-3.0-or-later
// Numbers out of little-endian bytes that nobody vouches for: what lies beyond the end reads as zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dragoman::read {

inline std::uint8_t u8_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint8_t{0};
}

inline std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size() || bytes.size() - at < 2) return 0;
  return static_cast<std::uint16_t>(u8_at(bytes, at) | (unsigned{u8_at(bytes, at + 1)} << 8U));
}

inline std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size() || bytes.size() - at < 4) return 0;
  return std::uint32_t{u16_at(bytes, at)} | (std::uint32_t{u16_at(bytes, at + 2)} << 16U);
}

inline std::uint64_t u64_at(std::string_view bytes, std::size_t at) {
  if (at >= bytes.size() || bytes.size() - at < 8) return 0;
  return std::uint64_t{u32_at(bytes, at)} | (std::uint64_t{u32_at(bytes, at + 4)} << 32U);
}

/// At most `count` bytes from `at`, fewer at the end, none beyond it.
inline std::string_view slice(std::string_view bytes, std::uint64_t at, std::uint64_t count = std::string_view::npos) {
  return at < bytes.size() ? bytes.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(count))
                           : std::string_view();
}

}  // namespace dragoman::read
