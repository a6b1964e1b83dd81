// SPDX-License-Identifier: AGPL-3.0-or-later
// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace dragoman::sample {

inline std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

}  // namespace dragoman::sample
