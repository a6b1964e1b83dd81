// SPDX-License-Identifier: AGPL-3.0-or-later
// Files that a command makes at a person's wish.
#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace dragoman::cli {

/// A new file that did not exist (`conflict` otherwise), or standard output for "-".
Result<UniqueFd> open_output(const std::string& out);

}  // namespace dragoman::cli
