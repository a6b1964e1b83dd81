// SPDX-License-Identifier: AGPL-3.0-or-later
// One line of custody.log, in its one and only form: keys in fixed order, no spaces, ASCII. Whatever is not
// byte for byte what format_line() would write is not a line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "vault/custody.h"
#include "vault/keys.h"

namespace dragoman::vault {

struct EntryLine {
  std::uint64_t number = 0;  // from 1
  Sha256 previous;           // hash of the line before; zero for the first
  std::string at;            // UTC day: "2026-03-01"
  EntryKind kind = EntryKind::batch;
  Sha256 root;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  std::string tool;
  std::string policy;
  std::string detail;
  std::string who;  // of a removal only, as `why`: UTF-8; in the line all but plain characters stand as %XX
  std::string why;
  std::optional<PublicKey> key;  // in the first entry only
  std::string case_id;           // in the first entry only: 32 hex digits
};

/// Longest line that is looked at.
inline constexpr std::size_t kMaxLine = 4096;

/// Without ,"sig":"…"}: what is signed.
std::string format_unsigned(const EntryLine& line);
/// The whole line, without LF.
std::string format_line(std::string_view unsigned_part, const Signature& signature);

struct ParsedLine {
  EntryLine line;
  std::string_view unsigned_part;  // of the text that was parsed
  Signature signature{};
};
/// `malformed` with the reason.
Result<ParsedLine> parse_line(std::string_view text);

/// At most 200 of A–Z a–z 0–9 space . , : ; _ + = / -
bool is_plain(std::string_view text);

/// Whether `found`, the end of the log, is what a killed run or a power cut can leave of `lines` that were being
/// appended: their beginning, with zeros where the file had grown but its bytes had not arrived.
bool is_torn(std::string_view found, std::string_view lines);

}  // namespace dragoman::vault
