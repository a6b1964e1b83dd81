// SPDX-License-Identifier: AGPL-3.0-or-later
// Behind three records that make it a table.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read("sep=,\na,b,c\n1,2,3\n", data, size);
}
