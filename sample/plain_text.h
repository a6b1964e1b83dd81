// SPDX-License-Identifier: AGPL-3.0-or-later
// Letters without type: plain text in several encodings, DOCX, mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "letter.h"
#include "prng.h"

namespace dragoman::sample {

// Header block, paragraphs and footer of one page, a line each.
std::vector<std::string> page_lines(const Letter& letter, std::size_t page);
std::string page_text(const Letter& letter, std::size_t page);

// Blank-separated words, as on a page.
std::vector<std::string> split_words(std::string_view text);

enum class Encoding { utf8, utf16, windows_1256 };

// UTF-16 is little-endian with a byte order mark. Text for windows-1256 must have only letters that
// code page has: see to_windows_1256_letters.
std::string encode_text(std::string_view text, Encoding encoding);

// The letter as somebody with an old keyboard typed it: Western digits, Arabic yeh.
Letter to_windows_1256_letters(Letter letter);

}  // namespace dragoman::sample
