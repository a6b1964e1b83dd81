// SPDX-License-Identifier: AGPL-3.0-or-later
// The word lists as they lie in the program: sorted 32-bit hashes, put there by models/embed_words.py.
#pragma once

#include <cstdint>

extern "C" {
extern const std::uint32_t dragoman_words_fa[];
extern const std::uint32_t dragoman_words_fa_end[];
extern const std::uint32_t dragoman_words_ar[];
extern const std::uint32_t dragoman_words_ar_end[];
extern const std::uint32_t dragoman_words_en[];
extern const std::uint32_t dragoman_words_en_end[];
}

namespace dragoman::text {

extern const char kWordListVersion[];

}  // namespace dragoman::text
