// SPDX-License-Identifier: AGPL-3.0-or-later
// Words as they are kept in case.db: encode_words, compressed with zstd.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "record/page.h"

namespace dragoman::evidence {

std::string pack_words(const std::vector<Word>& words);
/// `malformed` when the bytes are damaged; never allocates more than the limits allow.
Result<std::vector<Word>> unpack_words(std::string_view bytes, const Limits& limits);

}  // namespace dragoman::evidence
