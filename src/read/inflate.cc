// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace dragoman::read {

Inflated inflate_zlib(std::string_view packed, std::uint64_t most) {
  Inflated out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return out;
  std::array<char, 32 * 1024> piece;
  // zlib does not write through next_in.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), std::size_t{1} << 31U));
  int code = Z_OK;
  while (code == Z_OK && out.bytes.size() < most) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = piece.size() - stream.avail_out;
    out.bytes.append(piece.data(), static_cast<std::size_t>(std::min<std::uint64_t>(got, most - out.bytes.size())));
  }
  inflateEnd(&stream);
  out.whole = code == Z_STREAM_END;
  return out;
}

}  // namespace dragoman::read
