// SPDX-License-Identifier: AGPL-3.0-or-later
// APPNOTE.TXT 6.3.10: 4.3.7 local file header, 4.3.12 central directory header, 4.3.16 end of central directory.
#include "read/zip_names.h"

#include <cstddef>
#include <cstdint>

namespace dragoman::read {
namespace {

constexpr std::size_t kMaxNames = 10'000;
constexpr std::string_view kLocal("PK\x03\x04", 4);
constexpr std::string_view kCentral("PK\x01\x02", 4);
constexpr std::string_view kEnd("PK\x05\x06", 4);

std::size_t u16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]) | static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + 1])) << 8;
}

std::uint64_t u32(std::string_view bytes, std::size_t at) {
  return u16(bytes, at) | u16(bytes, at + 2) << 16;
}

// The directory that ends at `end`; its size is in the end record, so that the directory of an archive stored
// inside this one is not taken for it. ZIP64 sets the size to all ones: then everything before is searched.
void from_directory(std::string_view tail, std::size_t end, std::vector<std::string_view>& names) {
  const std::uint64_t size = tail.size() - end >= 22 ? u32(tail, end + 12) : 0;
  std::size_t at = size <= end ? end - static_cast<std::size_t>(size) : 0;
  for (at = tail.find(kCentral, at); at < end && names.size() < kMaxNames; at = tail.find(kCentral, at + 4)) {
    if (end - at < 46) return;
    const std::size_t length = u16(tail, at + 28);
    if (end - at - 46 >= length) names.push_back(tail.substr(at + 46, length));
  }
}

// Local headers, one after the other. With flag bit 3 the size is not known here: the next signature is taken.
void from_members(std::string_view head, std::vector<std::string_view>& names) {
  std::size_t at = head.find(kLocal);
  while (at != head.npos && head.size() - at >= 30 && names.size() < kMaxNames) {
    const std::size_t length = u16(head, at + 26);
    if (head.size() - at - 30 < length) return;
    names.push_back(head.substr(at + 30, length));
    std::uint64_t next = at + 30 + length + u16(head, at + 28);
    if ((u16(head, at + 6) & 8U) == 0) next += u32(head, at + 18);
    if (next >= head.size()) return;
    at = head.find(kLocal, static_cast<std::size_t>(next));
  }
}

}  // namespace

bool zip_has_end(std::string_view tail) {
  return tail.rfind(kEnd) != tail.npos;
}

std::optional<std::uint32_t> zip_entry_count(std::string_view tail) {
  const std::size_t end = tail.rfind(kEnd);
  if (end == tail.npos || tail.size() - end < 22) return std::nullopt;
  const auto count = static_cast<std::uint32_t>(u16(tail, end + 10));
  return count == 0xFFFF ? std::nullopt : std::optional(count);
}

bool zip_is_empty(std::string_view tail) {
  const std::size_t end = tail.rfind(kEnd);
  return end != tail.npos && tail.size() - end >= 22 && u16(tail, end + 10) == 0 && u32(tail, end + 12) == 0;
}

std::vector<std::string_view> zip_names(std::string_view head, std::string_view tail) {
  std::vector<std::string_view> names;
  const std::size_t end = tail.rfind(kEnd);
  if (end != tail.npos) from_directory(tail, end, names);
  if (names.empty()) from_members(head, names);
  return names;
}

}  // namespace dragoman::read
