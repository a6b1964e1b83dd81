// SPDX-License-Identifier: AGPL-3.0-or-later
// What a PDF holds beside its drawn pages: names of pages, bookmarks, form values, annotations, scripts, metadata.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "read/pdf_file.h"
#include "read/reflow.h"
#include "record/item.h"

namespace dragoman::read {

struct PdfExtras {
  std::vector<std::string> labels;  // of the pages, in order, as viewers show them; "" where it is the page's number
  std::vector<BodyPart> parts;      // "outline", "form fields", "annotations, page 3", "scripts"
  std::vector<Field> fields;        // further entries of Info, XMP under exiv2's keys, "revisions", signatures
  bool cut = false;                 // there is more of one of these than is kept
};

/// Never fails: what cannot be read is not there. At most `pages` pages are looked at. `bytes` are those `file` was
/// opened from.
PdfExtras pdf_extras(const PdfFile& file, std::string_view bytes, std::uint32_t pages);

}  // namespace dragoman::read
