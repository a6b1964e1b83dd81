// SPDX-License-Identifier: AGPL-3.0-or-later
// Arguments of `add`, `read` and `ocr` that name languages and passwords.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dragoman::cli {

/// "fas,ara" → {"fas", "ara"}; malformed for names Tesseract could not have.
Result<std::vector<std::string>> parse_langs(const std::string& list);

/// One password a line, without its line end; empty lines are skipped.
Result<std::vector<std::string>> read_passwords(const std::string& file);

}  // namespace dragoman::cli
