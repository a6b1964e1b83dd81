// SPDX-License-Identifier: AGPL-3.0-or-later
// A head with three columns; records, their number and the code page are the fuzzer's.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::string head("\x30\x7C\x02\x1D\x09\0\0\0\x81\0\x1B\0", 12);
  head.resize(32, '\0');
  std::copy_n(reinterpret_cast<const char*>(data), 2, head.begin() + 4);
  head[29] = static_cast<char>(data[2]);
  for (int i = 0; i < 3; ++i) {
    std::string column("NAME\0\0\0\0\0\0\0", 11);
    column.push_back("CNDFLMGPBIYT@+OVQW"[data[3 + i] % 18]);
    column.resize(32, '\0');
    column[16] = static_cast<char>(i == 0 ? 10 : 8);
    head += column;
  }
  head += '\r';
  return dragoman::read::fuzz_read(head, data + 8, size - 8);
}
