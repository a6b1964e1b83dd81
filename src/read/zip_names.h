// SPDX-License-Identifier: AGPL-3.0-or-later
// The member names of a ZIP, from whatever part of it is at hand: enough to tell DOCX from a plain archive.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dragoman::read {

/// Names from the central directory as far as it lies in `tail`; when there is none, from the local headers in
/// `head`. The views point into the arguments. At most 10,000.
std::vector<std::string_view> zip_names(std::string_view head, std::string_view tail);

/// True when the end-of-central-directory record is there: the archive's end was not cut off.
bool zip_has_end(std::string_view tail);

/// How many entries that record says the directory has, folders included; nothing when there is no such record, or
/// when the number is in the ZIP64 one.
std::optional<std::uint32_t> zip_entry_count(std::string_view tail);

/// True when that record says that there are no members.
bool zip_is_empty(std::string_view tail);

}  // namespace dragoman::read
