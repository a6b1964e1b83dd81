// SPDX-License-Identifier: AGPL-3.0-or-later
// MSG: properties in an OLE compound file.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", data, size);
}
