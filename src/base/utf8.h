// SPDX-License-Identifier: AGPL-3.0-or-later
// Text that comes from outside is made valid UTF-8 once, at the border, and shown escaped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman {

/// Decodes the code point at `offset` and moves `offset` behind it. An ill-formed byte yields U+FFFD and
/// moves by one. `offset` must be < text.size().
char32_t next_codepoint(std::string_view text, std::size_t& offset);

void append_utf8(std::string& out, char32_t codepoint);

bool is_valid_utf8(std::string_view text);

/// Ill-formed bytes become U+FFFD (one per byte), NUL becomes U+FFFD; the rest is unchanged.
std::string to_valid_utf8(std::string_view bytes);

/// A file name as UTF-8: bytes that are not well-formed UTF-8 as %XX (upper case), the rest unchanged.
std::string path_from_bytes(std::string_view bytes);

/// For a terminal: control characters and bidi controls as \u{XXXX}, so that a name cannot run an escape
/// sequence or reverse a line.
std::string escape_for_terminal(std::string_view text);

/// U+061C, U+200E/F, U+202A–E, U+2066–9.
bool is_bidi_control(char32_t codepoint);

/// Number of code points of valid UTF-8.
std::size_t codepoint_count(std::string_view text);

}  // namespace dragoman
