// SPDX-License-Identifier: AGPL-3.0-or-later
// The text of WordprocessingML parts (ECMA-376 part 1, section 17), as running text for reflow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/item.h"

namespace dragoman::read {

struct DocxText {
  std::string shown;    // paragraphs parted by blank lines, rows by newlines, cells by tabs, page breaks as U+000C
  std::string deleted;  // text that tracked changes have struck out: not shown, but in the file
};

/// One part: document, header, footer, footnotes, endnotes or comments. `malformed` when it is not XML; what could be
/// parsed before the error is lost with it.
Result<DocxText> text_of_docx_part(std::string_view xml);

/// Title, creator, dates … of docProps/core.xml; empty when it cannot be parsed.
std::vector<Field> docx_properties(std::string_view xml);

}  // namespace dragoman::read
