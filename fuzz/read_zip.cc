// SPDX-License-Identifier: AGPL-3.0-or-later
// The ZIP reader and, behind the same signature, DOCX.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read({"PK\3\4", 4}, data, size);
}
