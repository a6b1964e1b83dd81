// SPDX-License-Identifier: AGPL-3.0-or-later
// A query with the other forms of its words put in.
#pragma once

#include "search/forms.h"
#include "search/query.h"

namespace dragoman::search {

inline constexpr std::size_t kMaxForms = 32;

/// Each single word (no phrase, no beginning of a word) becomes any of itself and its forms, all of one term.
Node with_forms(const Node& node, const Forms& forms);

}  // namespace dragoman::search
