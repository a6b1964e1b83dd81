// Tokens as FTS5 keeps them: UTF-8, but one byte for each of the 64 commonest letters of the Arabic script.
//
// FTS5's hash of a token (h ^= h << 3 ^ byte) takes its low bits from the first few bytes, and in UTF-8 every second
// byte of an Arabic word is one of four: words that begin alike fall into one slot, whose chain is walked for every
// token. Packed, Persian and Arabic text is indexed about twice as fast. The mapping is one to one and keeps
// beginnings of words beginnings of tokens.
#pragma once

#include <string>
#include <string_view>

namespace dragoman::search {

/// Appended to `out`. Any bytes.
void pack_token(std::string_view utf8, std::string& out);

}  // namespace dragoman::search
