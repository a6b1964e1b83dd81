// SPDX-License-Identifier: AGPL-3.0-or-later
// A citation as a W3C Web Annotation, to be kept or sent by itself (docs/citation.md).
#pragma once

#include <string>

#include "evidence/pages.h"
#include "web/http.h"

namespace dragoman::web {

/// The cited words as printed, one space wherever there was any between them.
std::string quotation(const evidence::Resolved& resolved);

/// JSON-LD: the quotation with what stands before and behind it, the citation's fragment, and the boxes in points.
Json annotation_json(const evidence::Resolved& resolved, const std::string& mime);

}  // namespace dragoman::web
