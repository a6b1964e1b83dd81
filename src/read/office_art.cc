// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/office_art.h"

#include <algorithm>

#include "read/inflate.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kHead = 8;
constexpr std::size_t kIdentifier = 16;
constexpr std::size_t kMetafileHead = 34;

std::string_view extension_of(unsigned type) {
  switch (type) {
    case 0xF01A: return "emf";
    case 0xF01B: return "wmf";
    case 0xF01C: return "pict";
    case 0xF01D:
    case 0xF02A: return "jpg";
    case 0xF01E: return "png";
    case 0xF01F: return "bmp";
    case 0xF029: return "tif";
    default: return {};
  }
}

Result<void> give_metafile(Blip blip, std::string_view bytes, std::uint64_t most,
                           const std::function<Result<void>(const Blip&)>& eat) {
  const std::uint32_t size = u32_at(bytes, 0);
  const bool packed = u8_at(bytes, 32) == 0;
  blip.bytes = slice(bytes, kMetafileHead, u32_at(bytes, 28));
  if (blip.extension == "pict") blip.head.assign(512, '\0');
  if (!packed) return eat(blip);
  // What the head states bounds what is unpacked; some writers leave it empty.
  const Inflated inflated = inflate_zlib(blip.bytes, size == 0 ? most : std::min<std::uint64_t>(most, size));
  blip.bytes = inflated.bytes;
  return blip.bytes.empty() ? Result<void>() : eat(blip);
}

Result<void> give(unsigned type, unsigned instance, std::string_view bytes, std::uint64_t most,
                  const std::function<Result<void>(const Blip&)>& eat) {
  Blip blip;
  blip.extension = extension_of(type);
  const std::size_t identifiers = (instance & 1U) != 0 ? 2 * kIdentifier : kIdentifier;
  bytes = slice(bytes, identifiers);
  if (type <= 0xF01C) return give_metafile(std::move(blip), bytes, most, eat);
  blip.bytes = slice(bytes, 1);
  if (blip.bytes.empty()) return {};
  if (type == 0xF01F) blip.head = bitmap_file_head(blip.bytes);
  return eat(blip);
}

}  // namespace

std::string bitmap_file_head(std::string_view dib) {
  const std::uint32_t info = u32_at(dib, 0);
  std::uint32_t colours = info == 12 ? 0 : u32_at(dib, 32);
  const unsigned bits = info == 12 ? u16_at(dib, 10) : u16_at(dib, 14);
  if (colours == 0 && bits <= 8) colours = 1U << bits;
  const std::uint32_t masks = info == 40 && u32_at(dib, 16) == 3 ? 12 : 0;
  const std::uint64_t offset = 14 + std::uint64_t{info} + masks + std::uint64_t{colours} * (info == 12 ? 3 : 4);
  std::string head = "BM";
  const auto put = [&head](std::uint64_t value) {
    for (unsigned i = 0; i < 4; ++i) head.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
  };
  put(14 + dib.size());
  put(0);
  put(offset);
  return head;
}

Result<void> each_blip(std::string_view records, std::uint64_t most,
                       const std::function<Result<void>(const Blip&)>& eat) {
  for (std::uint64_t at = 0; at + kHead <= records.size();) {
    const std::string_view head = slice(records, at, kHead);
    const unsigned type = u16_at(head, 2);
    const unsigned first = u16_at(head, 0);
    const std::uint32_t length = u32_at(head, 4);
    if (type < 0xF000) return {};
    if ((first & 0xFU) == 0xF) {
      at += kHead;  // a container: its content is walked in line
    } else if (type == 0xF007) {
      // An entry of the store: 36 bytes, a name, and perhaps the picture itself.
      const std::uint64_t own = 36 + std::uint64_t{u8_at(records, static_cast<std::size_t>(at) + kHead + 33)};
      at += kHead + (length > own ? own : length);
    } else {
      if (!extension_of(type).empty()) {
        TRY_VOID(give(type, first >> 4U, slice(records, at + kHead, length), most, eat));
      }
      at += kHead + length;
    }
  }
  return {};
}

}  // namespace dragoman::read
