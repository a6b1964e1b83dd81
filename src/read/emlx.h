// SPDX-License-Identifier: AGPL-3.0-or-later
// What is around the mail in a file of Apple Mail (EMLX).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "record/item.h"

namespace dragoman::read {

struct EmlxHead {
  std::uint64_t start = 0;   // offset of the mail
  std::uint64_t length = 0;  // of the mail, as stated
};

/// The first line, when it is a number alone; `bytes` is the start of a file.
std::optional<EmlxHead> emlx_head(std::string_view bytes);

/// The property list behind the mail: keys as "emlx:flags", besides "emlx:status" with the flags in words.
std::vector<Field> emlx_fields(std::string_view list);

}  // namespace dragoman::read
