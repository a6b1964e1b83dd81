// SPDX-License-Identifier: AGPL-3.0-or-later
// TNEF: our own parser of attributes and properties, the rendering of attached messages.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read(std::string_view("\x78\x9F\x3E\x22\1\0", 6), data, size);
}
