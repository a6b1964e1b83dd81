// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/binary_plist.h"

#include <algorithm>

#include "read/encoding.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kTrailer = 32;
constexpr unsigned kData = 4;
constexpr unsigned kAscii = 5;
constexpr unsigned kUtf16 = 6;
constexpr unsigned kArray = 10;
constexpr unsigned kDictionary = 13;
// Keys of one dictionary that are looked at.
constexpr std::uint64_t kMostKeys = 10'000;

}  // namespace

std::optional<BinaryPlist> BinaryPlist::open(std::string_view bytes) {
  if (bytes.size() < 8 + kTrailer || !bytes.starts_with("bplist0")) return std::nullopt;
  BinaryPlist list(bytes);
  const std::uint64_t trailer = bytes.size() - kTrailer;
  list.offset_size_ = static_cast<unsigned char>(bytes[trailer + 6]);
  list.reference_size_ = static_cast<unsigned char>(bytes[trailer + 7]);
  list.objects_ = *list.big(trailer + 8, 8);
  list.top_ = *list.big(trailer + 16, 8);
  list.table_ = *list.big(trailer + 24, 8);
  const bool sizes = list.offset_size_ >= 1 && list.offset_size_ <= 8 && list.reference_size_ >= 1 &&
                     list.reference_size_ <= 8 && list.table_ <= trailer;
  if (!sizes || list.top_ >= list.objects_) return std::nullopt;
  if (list.objects_ > (trailer - list.table_) / list.offset_size_) return std::nullopt;
  return list;
}

std::optional<std::uint64_t> BinaryPlist::big(std::uint64_t at, unsigned count) const {
  if (at > bytes_.size() || bytes_.size() - at < count) return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
  return value;
}

std::optional<BinaryPlist::Head> BinaryPlist::head(Object object) const {
  if (object >= objects_) return std::nullopt;
  const auto at = big(table_ + object * offset_size_, offset_size_);
  const auto marker = at ? big(*at, 1) : std::nullopt;
  if (!marker) return std::nullopt;
  Head head{static_cast<unsigned>(*marker >> 4U), *marker & 15U, *at + 1};
  if (head.count != 15) return head;
  const auto integer = big(head.content, 1);
  if (!integer || (*integer >> 4U) != 1 || (*integer & 15U) > 3) return std::nullopt;
  const unsigned size = 1U << (*integer & 15U);
  const auto count = big(head.content + 1, size);
  if (!count) return std::nullopt;
  head.count = *count;
  head.content += 1 + size;
  return head;
}

std::optional<BinaryPlist::Object> BinaryPlist::reference(const Head& head, std::uint64_t index) const {
  if (index > bytes_.size()) return std::nullopt;
  return big(head.content + index * reference_size_, reference_size_);
}

std::optional<BinaryPlist::Object> BinaryPlist::value(Object dictionary, std::string_view key) const {
  const auto found = head(dictionary);
  if (!found || found->type != kDictionary) return std::nullopt;
  for (std::uint64_t i = 0; i < std::min(found->count, kMostKeys); ++i) {
    const auto name = reference(*found, i);
    if (!name) return std::nullopt;
    if (text(*name) == key) return reference(*found, found->count + i);
  }
  return std::nullopt;
}

std::vector<BinaryPlist::Object> BinaryPlist::members(Object array, std::size_t most) const {
  std::vector<Object> out;
  const auto found = head(array);
  if (!found || found->type != kArray) return out;
  for (std::uint64_t i = 0; i < found->count && out.size() < most; ++i) {
    const auto member = reference(*found, i);
    if (!member) break;
    out.push_back(*member);
  }
  return out;
}

std::optional<std::string_view> BinaryPlist::data(Object object) const {
  const auto found = head(object);
  if (!found || found->type != kData || found->content > bytes_.size()) return std::nullopt;
  if (found->count > bytes_.size() - found->content) return std::nullopt;
  return bytes_.substr(found->content, found->count);
}

std::optional<std::string> BinaryPlist::text(Object object) const {
  const auto found = head(object);
  if (!found || (found->type != kAscii && found->type != kUtf16) || found->content > bytes_.size()) return std::nullopt;
  const std::uint64_t room = bytes_.size() - found->content;
  const std::uint64_t width = found->type == kAscii ? 1 : 2;
  if (found->count > room / width) return std::nullopt;
  const std::string_view raw = bytes_.substr(found->content, found->count * width);
  return found->type == kAscii ? std::string(raw) : decode_as(raw, "UTF-16BE").utf8;
}

}  // namespace dragoman::read
