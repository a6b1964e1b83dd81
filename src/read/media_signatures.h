// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures and recordings by their first bytes, where a fixed signature does not tell them.
#pragma once

#include <string_view>

namespace dragoman::read {

/// A mime type of our table (types_table.cc), or "" when `head`, the start of a file, is none of those told here.
std::string_view media_mime(std::string_view head);

}  // namespace dragoman::read
