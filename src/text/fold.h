// SPDX-License-Identifier: AGPL-3.0-or-later
// Folding: from text as printed to text as searched. One folding serves index, queries, highlighting, names and
// word lists, so that what is found is what is marked. docs/folding.md lists every rule with its reason.
//
// Folding looks at one code point at a time and never at its neighbours; that keeps the map back to the printed
// bytes exact and makes fold(a + b) == fold(a) + fold(b).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.h"

namespace dragoman::text {

/// Text as printed, valid UTF-8.
struct RawText {
  std::string utf8;
};

/// Text as searched, valid UTF-8. Made by fold() only.
struct NormalText {
  std::string utf8;
};

struct Folded;

/// From bytes of a NormalText to bytes of the RawText it was made from.
class OffsetMap {
 public:
  /// The first byte of the printed code point that gave the byte at `normal`. The end maps to the end; an offset
  /// beyond it, too.
  ByteOffset to_raw(ByteOffset normal) const;

 private:
  friend Folded fold(const RawText& raw);
  // A run of code points that are `raw_size` bytes each as printed and `normal_size` > 0 bytes each when folded.
  struct Run {
    std::size_t normal;  // where it begins, ascending
    std::size_t raw;     // where it begins, ascending
    std::uint8_t raw_size;
    std::uint8_t normal_size;
  };
  std::vector<Run> runs_;
  std::size_t raw_end_ = 0;
  std::size_t normal_end_ = 0;
};

struct Folded {
  NormalText text;
  OffsetMap map;
};

/// Ill-formed bytes become U+FFFD, which is no letter.
Folded fold(const RawText& raw);

/// The same folding without the map: the hot path of the index. White space and punctuation stay.
std::string fold_word(std::string_view word);

/// fold_word() appended to `out`.
void fold_append(std::string_view word, std::string& out);

/// Changes whenever a folded form or a token changes: an index made under another number is rebuilt.
inline constexpr int kFoldingVersion = 1;

}  // namespace dragoman::text
