// SPDX-License-Identifier: AGPL-3.0-or-later
// WordprocessingML parts, without the ZIP around them.
#include <cstddef>
#include <cstdint>

#include "read/docx_text.h"
#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(dragoman::read::text_of_docx_part({reinterpret_cast<const char*>(data), size}));
  static_cast<void>(dragoman::read::docx_properties({reinterpret_cast<const char*>(data), size}));
  return 0;
}
