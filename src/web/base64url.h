// SPDX-License-Identifier: AGPL-3.0-or-later
// Bytes as letters that may stand in an address or a cookie: base64url without padding (RFC 4648, section 5).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::web {

std::string to_base64url(std::string_view bytes);
/// malformed unless it is exactly what to_base64url() makes of some bytes.
Result<std::string> from_base64url(std::string_view text);

}  // namespace dragoman::web
