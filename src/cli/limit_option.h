// SPDX-License-Identifier: AGPL-3.0-or-later
// --limit NAME=VALUE, wherever hostile bytes are opened.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace dragoman::cli {

inline constexpr char kLimitHelp[] =
    "NAME=VALUE, as in max_depth=64 or read_timeout=5min (`dragoman limits`); may be repeated";

/// `malformed` for what cannot be understood.
Result<void> set_limits(Limits& limits, const std::vector<std::string>& assignments);

}  // namespace dragoman::cli
