// SPDX-License-Identifier: AGPL-3.0-or-later
// What the readers of web pages share, whatever the page came in (a file of its own, a saved page, a book).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "read/encoding.h"
#include "read/html_page.h"
#include "read/html_tokens.h"
#include "read/input.h"
#include "read/reader.h"

namespace dragoman::read {

/// By byte order mark, else UTF-8 if it is that, else the character set `stated` outside of the page, else the one that
/// the page states itself, else by what the bytes look like.
Decoded decode_html(std::string_view bytes, std::string_view stated);

/// Whether what looks like a mail is a web page that was saved as one file: it was sent to nobody.
bool is_saved_page(std::string_view mail);

/// Whether it is a page that Safari saved, and its reader.
bool looks_like_webarchive(std::string_view head, std::string_view tail);
Result<ItemState> read_webarchive(const Input& input, ReadSink& sink);

/// Where a file was on the web as its path in a saved page ("site.example/img/a.png"), without query and fragment, with
/// the ending of its type where it has none; "part-N" when it has no address.
std::string name_of_address(std::string_view address, std::string_view mime, std::size_t number);

struct HtmlOrigin {
  std::string_view kind = "html";  // of the document
  std::vector<Field> fields = {};  // of what it came in; they stand before its own
  std::uint32_t first_child = 0;   // ordinal of the first file that is written into the page
};

/// Sends the document of a page, its pages, its gaps, and the files written into it as children.
Result<ItemState> send_html(const Decoded& decoded, const HtmlOrigin& origin, const Limits& limits, ReadSink& sink);

}  // namespace dragoman::read
