// SPDX-License-Identifier: AGPL-3.0-or-later
// Which code points of folded text make up tokens.
#pragma once

namespace dragoman::text {

enum class LetterKind : unsigned char {
  none,    // separates tokens
  letter,  // letters and the marks that folding leaves
  digit,
  alone,  // an ideograph or kana: a token by itself, as these scripts have no spaces
};

/// For code points of folded text.
LetterKind letter_kind(char32_t c);

}  // namespace dragoman::text
