// SPDX-License-Identifier: AGPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace dragoman::read {

/// What a cell with this error shows ([MS-XLS] 2.5.10, the same in [MS-XLSB]); `other` for a code that is none.
inline std::string_view excel_error(std::uint64_t code, std::string_view other) {
  switch (code) {
    case 0x00: return "#NULL!";
    case 0x07: return "#DIV/0!";
    case 0x0F: return "#VALUE!";
    case 0x17: return "#REF!";
    case 0x1D: return "#NAME?";
    case 0x24: return "#NUM!";
    case 0x2A: return "#N/A";
    default: return other;
  }
}

}  // namespace dragoman::read
