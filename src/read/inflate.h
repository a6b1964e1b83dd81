// SPDX-License-Identifier: AGPL-3.0-or-later
// Deflated data with zlib's head, as Office keeps metafiles and objects.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::read {

struct Inflated {
  std::string bytes;
  bool whole = false;  // false: the data is damaged or gives more than `most`; bytes are what came before
};

Inflated inflate_zlib(std::string_view packed, std::uint64_t most);

}  // namespace dragoman::read
