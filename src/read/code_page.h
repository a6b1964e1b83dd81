// SPDX-License-Identifier: AGPL-3.0-or-later
// Windows code pages by number, as OLE properties, Word, Excel and RTF name them. Their text comes in many short
// pieces, so a page of single bytes is a table that is made once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::read {

class CodePage {
 public:
  /// An unknown number is 1252. 0…255 being single bytes or not is the page's business (932, 936, 949, 950, 65001,
  /// 1200).
  static CodePage of(int number);
  int number() const { return number_; }
  /// Whether every character is one byte.
  bool single() const { return single_; }
  /// Appends `bytes` as UTF-8; what does not fit becomes U+FFFD. Characters of several bytes must be whole.
  void append(std::string& utf8, std::string_view bytes) const;
  std::string text(std::string_view bytes) const;

 private:
  int number_ = 1252;
  bool single_ = true;
  const char* charset_ = nullptr;
  std::array<char16_t, 256> table_{};
};

/// The code page of a Windows LANGID's primary language (1065 Persian → 1256), 1252 when unknown.
int code_page_of_language(std::uint32_t language);
/// The code page of a font's character set (RTF \fcharset, BIFF, FFN.chs: 178 → 1256), 0 when it does not say.
int code_page_of_charset(int charset);

/// UTF-16LE, an odd last byte dropped, as UTF-8; lone surrogates become U+FFFD.
std::string utf8_of_utf16le(std::string_view bytes);

}  // namespace dragoman::read
