// SPDX-License-Identifier: AGPL-3.0-or-later
// The report's own words in its languages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "record/item.h"

namespace dragoman::cli {

/// An English text of the report in that language; the English where there is none.
std::string_view said_in(std::string_view lang, std::string_view english);
/// A count with the digits of the language, thousands parted.
std::string number_in(std::string_view lang, std::int64_t value);

}  // namespace dragoman::cli
