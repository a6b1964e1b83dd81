// SPDX-License-Identifier: AGPL-3.0-or-later
// Compound files: the container's own chains, and Word's, Excel's and PowerPoint's streams inside a sound one. The
// first byte chooses which, the second how the rest is shared out among two streams.
#include <cstddef>
#include <cstdint>
#include <string>

#include "read/ole_writer.h"
#include "read_content.h"

namespace {

std::string compound(unsigned kind, const std::string& one, const std::string& two) {
  dragoman::read::OleWriter file;
  switch (kind) {
    case 0: return file.add("WordDocument", std::string("\xEC\xA5\xC1\0", 4) + one).add("1Table", two).build();
    case 1: return file.add("Workbook", std::string("\x09\x08\x10\0\0\x06\x05\0", 8) + one).add("x", two).build();
    case 2: return file.add("Current User", one).add("PowerPoint Document", two).build();
    case 3:
      return file.add("Workbook", "").add("_VBA_PROJECT_CUR/VBA/dir", one).add("_VBA_PROJECT_CUR/VBA/m", two).build();
    case 4: return file.add("\5SummaryInformation", one).add("\1Ole10Native", two).build();
    default: return std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) + one + two;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string all(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = all.size() * data[1] / 256;
  const std::string file = compound(data[0] % 6U, all.substr(0, cut), all.substr(cut));
  return dragoman::read::fuzz_read("", reinterpret_cast<const unsigned char*>(file.data()), file.size());
}
