// SPDX-License-Identifier: AGPL-3.0-or-later
// What was filled into a PDF's form, and who signed it (ISO 32000-1, 12.7; XFA 3.3).
#pragma once

#include <string>
#include <vector>

#include "read/pdf_file.h"
#include "record/item.h"

namespace dragoman::read {

struct PdfForm {
  std::string filled;  // "name: value", a line a field that holds a value; of a password "(hidden)"
  std::string layout;  // texts of an XFA form's template, a paragraph each: what a reader without XFA never sees
  std::vector<Field> signed_by;  // "Signature:Name", "Signature:M", "Signature:Reason", "Signature:Location" …
  bool cut = false;              // there are more fields than are kept
};

/// Empty when the PDF has no form or a damaged one.
PdfForm pdf_form(const PdfFile& file);

}  // namespace dragoman::read
