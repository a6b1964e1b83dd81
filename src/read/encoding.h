// SPDX-License-Identifier: AGPL-3.0-or-later
// Text in any encoding becomes UTF-8. A byte order mark decides; then well-formed UTF-8; then the pattern of
// zero bytes (UTF-16/32 without a mark); then the 8-bit encodings our readers meet, each decoded and scored
// against word lists: windows-1256 for Arabic script, windows-1252 and ICU's guess otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::read {

struct Decoded {
  std::string utf8;
  std::string encoding;    // IANA name of what it was decoded from
  bool malformed = false;  // some bytes did not fit the encoding and became U+FFFD
};

/// Whether bytes are text in some encoding we decode: no zero bytes outside UTF-16/32, few control characters,
/// for 8-bit text mostly letters. `cut`: more bytes follow, so the last character may be torn.
bool looks_like_text(std::string_view bytes, bool cut);

/// Decodes all of `bytes`; never fails, marks what did not fit.
Decoded decode_text(std::string_view bytes);

/// Decodes from a named character set (a mail part's); an unknown name or a name that does not fit falls back to
/// decode_text and sets malformed.
Decoded decode_as(std::string_view bytes, std::string_view charset);

/// Opens the converters once, before the lock.
void warm_up_encodings();

}  // namespace dragoman::read
