// SPDX-License-Identifier: AGPL-3.0-or-later
// The first line of a request taken apart: what stands before and behind the question mark, decoded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace dragoman::web {

struct Target {
  std::string path;                                        // decoded
  std::vector<std::string> segments;                       // between slashes, each decoded by itself
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
};

/// "/api/items/7?q=a+b". malformed unless it begins with a slash and is, decoded, UTF-8 without NUL.
Result<Target> parse_target(std::string_view text);

}  // namespace dragoman::web
