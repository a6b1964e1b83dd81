// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/affixes.h"

#include <algorithm>
#include <cstddef>

namespace dragoman::text {
namespace {

// Asked for every Arabic word of every page: a bit for (length, second and last byte) turns nearly all away.
constexpr std::size_t kSlots = 1024;

constexpr std::size_t slot_of(std::string_view word) {
  return (word.size() * 37 + static_cast<unsigned char>(word[1]) * 5U + static_cast<unsigned char>(word.back())) %
         kSlots;
}

constexpr auto kMayBeAffix = [] {
  std::array<bool, kSlots> slots{};
  for (std::string_view affix : kPrefixes) slots[slot_of(affix)] = true;
  for (std::string_view affix : kSuffixes) slots[slot_of(affix)] = true;
  return slots;
}();

bool holds(const auto& affixes, std::string_view folded) {
  return std::find(std::begin(affixes), std::end(affixes), folded) != std::end(affixes);
}

}  // namespace

AffixKind affix_kind(std::string_view folded) {
  if (folded.size() < 2 || !kMayBeAffix[slot_of(folded)]) return AffixKind::none;
  if (holds(kPrefixes, folded)) return AffixKind::prefix;
  return holds(kSuffixes, folded) ? AffixKind::suffix : AffixKind::none;
}

}  // namespace dragoman::text
