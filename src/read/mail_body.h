// SPDX-License-Identifier: AGPL-3.0-or-later
// What stands inside the text of a mail besides its words: files coded as text, soft line ends; and whether another
// form of the same mail says more. Pure functions over bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "read/encoding.h"

namespace dragoman::read {

/// A file that was written into the text itself.
struct CodedFile {
  std::string name;   // as it says, in UTF-8; may be empty
  std::string bytes;  // decoded
  bool cut = false;   // its end is missing or a line of it is damaged
};

struct Uncoded {
  std::string text;  // what is left when the files are taken out
  std::vector<CodedFile> files;
};

/// Takes out what uuencode ("begin 644 name" … "end") and yEnc ("=ybegin" … "=yend") put into a text, at most
/// `most` files. Text that only looks like it (no line behind the first that decodes) stays.
Uncoded take_out_coded_files(std::string_view text, std::size_t most);

/// RFC 3676: lines that end in a space go on in the next one; `delsp` takes that space away. Quote marks of lines
/// that are joined are written once; space-stuffing is undone.
std::string unflowed(std::string_view text, bool delsp);

/// Whether `other` has words that `text` lacks: at least kOtherWords different ones, addresses of links not counted.
/// Both UTF-8.
bool has_other_words(std::string_view text, std::string_view other);
inline constexpr std::size_t kOtherWords = 3;

/// Decodes text of a mail. The declared character set is believed unless the bytes say otherwise: text declared as
/// Latin that is well-formed UTF-8 or whose words are Arabic or Persian ones. Names that say nothing ("x-unknown",
/// "8bit") are no declaration.
Decoded decode_mail_text(std::string_view bytes, std::string_view charset);

}  // namespace dragoman::read
