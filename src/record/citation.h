// SPDX-License-Identifier: AGPL-3.0-or-later
// A citation names words on a page of a version of a blob, whatever machine or index holds it:
//   dragoman:sha256:<64 hex>#page=3&words=120-134&v=<12 hex>
// docs/citation.md has the grammar and the rules of resolving.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "base/strong.h"

namespace dragoman {

struct Citation {
  Sha256 blob;
  PageIndex page{1};        // from 1
  WordIndex first_word{1};  // from 1
  WordIndex last_word{1};   // included
  std::string version;      // 12 lower-case hex digits; empty: the newest

  bool operator==(const Citation&) const = default;
};

/// Length of `v` in hex digits.
inline constexpr std::size_t kVersionDigits = 12;

std::string to_string(const Citation& citation);
/// `malformed` with `where` = the part that does not fit. `words=7` alone means 7-7.
Result<Citation> parse_citation(std::string_view text);

}  // namespace dragoman
