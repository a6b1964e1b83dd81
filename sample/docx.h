// SPDX-License-Identifier: AGPL-3.0-or-later
// A DOCX as small as the format allows: one document part, an explicit break between pages.
#pragma once

#include <string>

#include "letter.h"
#include "typeset.h"

namespace dragoman::sample {

// Without a face the reader's own default is used.
std::string write_docx(const Letter& letter, const Face* face = nullptr);

}  // namespace dragoman::sample
