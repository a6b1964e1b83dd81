// SPDX-License-Identifier: AGPL-3.0-or-later
// A web page as its reader sees it, and beside that what the reader does not see: hidden text, where its links lead,
// what its form fields hold, files that are written into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "read/reflow.h"
#include "record/item.h"

namespace dragoman::read {

struct HtmlPage {
  std::string title;
  std::vector<Field> fields;  // meta elements, Office's properties, by the names they have there
  // Blocks are paragraphs; <br>, rows and list items lines; cells are separated by tabs.
  std::string text;
  std::string hidden;  // not displayed (hidden, display:none, noscript, template), comments, tooltips
  std::string form;    // "name: value", a line each
  std::string links;   // addresses that the text does not show, a line each
  // Addresses "data:…", different ones only, and documents of frames (srcdoc), as they stand in the markup. They lie in
  // the `html` that was given.
  std::vector<std::string_view> data_addresses;
  std::vector<std::string_view> frame_documents;
  bool cut = false;  // there were more links, fields or files than are listed

  /// hidden, form and links as pages of a body.
  std::vector<BodyPart> parts() const;
};

/// `html` is UTF-8, however broken, and outlives the result. Time and memory are linear in it.
HtmlPage html_page(std::string_view html);

/// A file in an address "data:…" (RFC 2397).
struct DataAddress {
  std::string mime;
  std::string bytes;
};
DataAddress read_data_address(std::string_view address);

}  // namespace dragoman::read
