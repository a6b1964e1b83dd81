// SPDX-License-Identifier: AGPL-3.0-or-later
// One picture of one page, for a command: a worker is started for it and ended after it.
#pragma once

#include <string>

#include "base/file.h"
#include "base/strong.h"

namespace dragoman::pages {

/// PNG bytes, 150 dpi, in colour where the page has any, of a page of the open file (a PDF or image). Errors:
/// not_found (no such page), unsupported (not a paged format), and what workers can meet.
Result<std::string> page_picture(UniqueFd file, PageIndex page);

}  // namespace dragoman::pages
