// SPDX-License-Identifier: AGPL-3.0-or-later
// The folding of the code points that nearly all text is made of, for the two loops that must be fast.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace dragoman::text {

struct FoldEntry {
  // Bytes used, or kTooLong: fold by fold_append().
  std::uint8_t size = 0;
  char bytes[7] = {};
};

class FoldTable {
 public:
  static constexpr std::uint8_t kTooLong = 255;

  FoldTable();
  /// Null when `c` is outside of the table or folds to too much.
  const FoldEntry* find(char32_t c) const {
    if (c < 0x800) return known(low_[c]);
    if (c >= 0x2000 && c < 0x2100) return known(punctuation_[c - 0x2000]);
    if (c >= 0xFE70 && c < 0xFF00) return known(forms_[c - 0xFE70]);
    return nullptr;
  }
  /// For c < 0x800: letters and digits, or nothing at all, are all it folds to.
  bool is_plain(char32_t c) const { return plain_[c]; }
  /// For c < 0x800.
  const FoldEntry& low(char32_t c) const { return low_[c]; }

 private:
  static const FoldEntry* known(const FoldEntry& entry) { return entry.size == kTooLong ? nullptr : &entry; }
  std::array<FoldEntry, 0x800> low_;
  std::array<FoldEntry, 0x100> punctuation_;  // general punctuation, super- and subscripts, currency
  std::array<FoldEntry, 0x90> forms_;         // Arabic presentation forms B
  std::array<bool, 0x800> plain_{};
};

/// Made on first use, in under 1 ms.
const FoldTable& fold_table();

}  // namespace dragoman::text
