// SPDX-License-Identifier: AGPL-3.0-or-later
// Which language a page is in: letters that only some languages have, then word lists, then cld2.
#pragma once

#include <span>
#include <string>

#include "record/page.h"

namespace dragoman::text {

/// ISO 639-1 where there is one ("fa", "ar", "en", "ur", "he"), else 639-3 ("ckb"). Empty when there is too little
/// text (fewer than 8 letters) or none is likely. Looks at the first 4,000 words.
std::string language_of(std::span<const Word> words);

}  // namespace dragoman::text
