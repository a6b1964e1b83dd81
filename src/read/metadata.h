// SPDX-License-Identifier: AGPL-3.0-or-later
// What the fields of all formats mean: one name for what each calls differently, one form for times and places.
#pragma once

#include <vector>

#include "record/item.h"

namespace dragoman::read {

/// Fills in `name` and `normal` of the fields whose key is known; the others keep both empty. Key and value stay as
/// they were found.
void understand(std::vector<Field>& fields);

}  // namespace dragoman::read
