// SPDX-License-Identifier: AGPL-3.0-or-later
// Headers and pixels of pictures; the first byte chooses the format.
#include <cstddef>
#include <cstdint>

#include <iterator>

#include "read/picture.h"
#include "read_content.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::string_view kFronts[] = {"\xFF\xD8\xFF", "\x89PNG\r\n\x1A\n", "GIF89a",
                                                 {"II*\0", 4},   {"MM\0*", 4},        "BM"};
  if (size == 0) return 0;
  const std::string_view front = kFronts[data[0] % std::size(kFronts)];
  std::string bytes(front);
  bytes.append(reinterpret_cast<const char*>(data + 1), size - 1);
  const dragoman::UniqueFd fd(::memfd_create("fuzz", 0));
  dragoman::Limits limits;
  limits.max_pixels = 1 << 20;
  if (dragoman::write_all(fd.get(), bytes)) static_cast<void>(dragoman::read::picture_of_page(fd.get(), {}, limits));
  return dragoman::read::fuzz_read(front, data + 1, size - 1);
}
