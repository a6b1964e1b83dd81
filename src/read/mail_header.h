// SPDX-License-Identifier: AGPL-3.0-or-later
// Header values of mails as people read them.
#pragma once

#include <string>
#include <string_view>

namespace dragoman::read {

/// Decodes a raw header value: folded lines are joined, encoded words (RFC 2047) decoded, each run of them with the
/// same character set as one text because mailers split characters between them; raw 8-bit bytes in `charset` (that
/// of the mail's body), else as decode_text sees them. What is not well-formed stays as it is. The result is valid
/// UTF-8 in one line.
std::string decode_header(std::string_view raw, std::string_view charset = {});

/// Whether a header field tells who, when, by which way, in which thread. `key` in lower case.
bool is_kept_header(std::string_view key);

}  // namespace dragoman::read
