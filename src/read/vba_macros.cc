// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/vba_macros.h"

#include <algorithm>

#include "read/encoding.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kChunk = 4096;
constexpr std::uint64_t kMostStream = std::uint64_t{16} << 20;

// One chunk: groups of eight tokens, each a byte or a run of earlier bytes of the same chunk. The further the chunk,
// the more bits of a token say where the run begins ([MS-OVBA] 2.4.1.3.19.1).
void unpack_chunk(std::string_view chunk, std::string& out) {
  const std::size_t start = out.size();
  for (std::size_t at = 0; at < chunk.size();) {
    const unsigned flags = u8_at(chunk, at++);
    for (unsigned bit = 0; bit < 8 && at < chunk.size(); ++bit) {
      if ((flags >> bit & 1U) == 0) {
        out.push_back(chunk[at++]);
        continue;
      }
      const unsigned token = u16_at(chunk, at);
      at += 2;
      const std::size_t written = out.size() - start;
      unsigned bits = 4;
      while ((std::size_t{1} << bits) < written && bits < 12) ++bits;
      const std::size_t length = (token & (0xFFFFU >> bits)) + 3;
      const std::size_t back = (token >> (16 - bits)) + 1;
      if (back > written || written + length > kChunk) return;
      for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - back]);
    }
  }
}

}  // namespace

std::string vba_decompressed(std::string_view container, std::uint64_t most) {
  std::string out;
  if (u8_at(container, 0) != 1) return out;
  for (std::size_t at = 1; at + 2 <= container.size() && out.size() < most;) {
    const unsigned head = u16_at(container, at);
    const std::string_view chunk = slice(container, at + 2, (head & 0xFFFU) + 1);
    at += 2 + chunk.size();
    if ((head & 0x7000U) != 0x3000U) break;
    if ((head & 0x8000U) != 0) {
      unpack_chunk(chunk, out);
    } else {
      out += chunk;
    }
  }
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), most)));
  return out;
}

// Before the source stands code for one version of Office, of a length that only the compressed directory tells. The
// source itself is known by its first word, which no run can shorten: signature, head of a chunk, flags, "Attribut".
std::string vba_source(OleFile& file, const OleEntry& project, std::uint64_t most) {
  std::string out;
  const OleEntry* vba = file.find("VBA", project);
  if (vba == nullptr) return out;
  constexpr std::string_view kStart("\0Attribut", 9);
  for (const OleEntry& module : file.children(*vba)) {
    if (module.storage || out.size() >= most) continue;
    const OleBytes read = file.read(module, kMostStream);
    const std::size_t word = read.bytes.find(kStart);
    if (word == read.bytes.npos || word < 3) continue;
    const std::string source = vba_decompressed(std::string_view(read.bytes).substr(word - 3), most - out.size());
    out += module.name + "\n\n" + decode_text(source).utf8 + "\n\n";
  }
  return out;
}

}  // namespace dragoman::read
