// SPDX-License-Identifier: AGPL-3.0-or-later
// The text of HTML mail bodies, as a reader of the mail would see it.
#pragma once

#include <string>
#include <string_view>

namespace dragoman::read {

/// UTF-8 HTML, however broken, into running text: blocks become paragraphs, <br>, rows and list items lines, cells
/// are separated by tabs. Scripts, styles, comments and the head are dropped. Empty when nothing can be parsed.
std::string text_of_html(std::string_view html);

/// The character set that the markup itself declares in its first 2 KiB ("" when none).
std::string charset_of_html(std::string_view html);

/// Initialises libxml2; before the lock.
void warm_up_html();

}  // namespace dragoman::read
