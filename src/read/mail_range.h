// SPDX-License-Identifier: AGPL-3.0-or-later
// Where a mail that was forwarded as a part lies in its mail: its bytes are kept as they came, not written out again.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace dragoman::read {

/// The offset behind the last byte of the part of a multipart that begins at `start`: in front of the line break that
/// leads to the next line that begins with "--" and one of `boundaries` (RFC 2046, 5.1.1), or `end` where there is
/// none. `start` is the beginning of a line. Reads [start, end) of `fd` at most once; `io` when that fails.
Result<std::uint64_t> end_of_part(int fd, std::uint64_t start, std::uint64_t end,
                                  std::span<const std::string> boundaries);

}  // namespace dragoman::read
