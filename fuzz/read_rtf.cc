// SPDX-License-Identifier: AGPL-3.0-or-later
// RTF: our own tokens, parser, fields and objects.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read("{\\rtf1\\ansi ", data, size);
}
