// SPDX-License-Identifier: AGPL-3.0-or-later
// The hash that word lists are kept as: FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
#pragma once

#include <cstdint>
#include <string_view>

namespace dragoman::text {

constexpr std::uint32_t word_hash(std::string_view word) {
  std::uint32_t hash = 2166136261U;
  for (char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace dragoman::text
