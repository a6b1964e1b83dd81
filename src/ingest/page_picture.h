// A picture of one page for a person to look at, made in a locked worker.
#pragma once

#include <string>

#include "base/file.h"
#include "base/strong.h"

namespace dragoman::ingest {

/// PNG bytes, grey, 150 dpi, of a page of the open file (a PDF or image). Errors: not_found (no such page),
/// unsupported (not a paged format), and what workers can meet.
Result<std::string> page_picture(UniqueFd file, PageIndex page);

}  // namespace dragoman::ingest
