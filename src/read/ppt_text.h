// SPDX-License-Identifier: AGPL-3.0-or-later
// The words of a presentation, slide by slide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "read/ppt_file.h"
#include "read/reflow.h"

namespace dragoman::read {

/// "slide 1", "slide 2 (hidden)", "slide 2, notes", "slide 2, comments" …, then what masters show, headers and footers,
/// links. At most `most` bytes of text; `full` says whether that was reached.
struct PptText {
  std::vector<BodyPart> parts;
  bool full = false;
};
PptText ppt_text(const PptFile& ppt, std::uint64_t most);

}  // namespace dragoman::read
