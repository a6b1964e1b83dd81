// SPDX-License-Identifier: AGPL-3.0-or-later
#include "language.h"

namespace dragoman::sample {

std::string native_digits(Lang lang, std::string_view text) {
  if (lang == Lang::en) {
    return std::string(text);
  }
  // U+06F0 is DB B0 in UTF-8, U+0660 is D9 A0; the ten digits follow each other.
  const char lead = lang == Lang::fa ? '\xDB' : '\xD9';
  const int zero = lang == Lang::fa ? 0xB0 : 0xA0;
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out.push_back(lead);
      out.push_back(static_cast<char>(zero + (c - '0')));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string western_digits(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int trail = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const int zero = lead == 0xDB ? 0xB0 : lead == 0xD9 ? 0xA0 : 0x100;
    if (trail >= zero && trail <= zero + 9) {
      out.push_back(static_cast<char>('0' + trail - zero));
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace dragoman::sample
