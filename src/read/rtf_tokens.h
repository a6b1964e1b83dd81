// SPDX-License-Identifier: AGPL-3.0-or-later
// RTF as a row of tokens: groups, control words, bytes of text. Knows nothing of what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dragoman::read {

struct RtfToken {
  enum class Kind : std::uint8_t { end, open, close, word, symbol, byte, text, binary };
  Kind kind = Kind::end;
  std::string_view bytes;  // the word's name, the run of text, the binary data, the symbol's one byte
  bool has_value = false;
  std::int32_t value = 0;  // of a word; the byte of \'xx
};

class RtfTokens {
 public:
  explicit RtfTokens(std::string_view rtf, std::size_t at = 0) : rtf_(rtf), at_(at) {}
  /// Line ends between tokens are skipped; numbers beyond 32 bits are cut to their range.
  RtfToken next();
  std::size_t at() const { return at_; }

 private:
  RtfToken escape();
  RtfToken control_word();
  std::string_view rtf_;
  std::size_t at_;
};

}  // namespace dragoman::read
