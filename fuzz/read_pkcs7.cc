// SPDX-License-Identifier: AGPL-3.0-or-later
// PKCS #7: our own parser of BER.
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return dragoman::read::fuzz_read(std::string_view("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", 12), data,
                                   size);
}
