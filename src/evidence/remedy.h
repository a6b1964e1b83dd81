// SPDX-License-Identifier: AGPL-3.0-or-later
// What a person can do about a gap.
#pragma once

#include <string_view>

#include "record/item.h"

namespace dragoman::evidence {

struct Remedy {
  std::string_view text;   // one English sentence; empty: nothing is to be done
  bool retry = false;      // `dragoman retry --kind …` may make it better, given what the text names
  bool by_itself = false;  // retry tries it again without being asked for this kind
};

Remedy remedy_of(GapKind kind);

}  // namespace dragoman::evidence
