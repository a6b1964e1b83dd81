// SPDX-License-Identifier: AGPL-3.0-or-later
// What is known of a language before a page is read: its names, its script.
#pragma once

#include <string>
#include <string_view>

#include "text/script.h"

namespace dragoman::ocr {

struct Language {
  std::string_view tesseract;  // "fas"
  std::string_view iso;        // "fa"
  text::Script script = text::Script::other;
};

/// Null when it is not in the table.
const Language* find_language(std::string_view tesseract_lang);
/// The same by ISO code.
const Language* find_iso(std::string_view iso);
text::Script script_of_language(std::string_view tesseract_lang);

}  // namespace dragoman::ocr
