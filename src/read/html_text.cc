// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/html_text.h"

#include <libxml/parser.h>

#include <algorithm>
#include <cctype>

#include "read/html_page.h"

namespace dragoman::read {

std::string text_of_html(std::string_view html) {
  return std::move(html_page(html).text);
}

std::string charset_of_html(std::string_view html) {
  std::string head(html.substr(0, 2048));
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::size_t at = head.find("charset=");
  if (at == head.npos) return {};
  at += 8;
  while (at < head.size() && (head[at] == '"' || head[at] == '\'' || head[at] == ' ')) ++at;
  std::size_t end = at;
  while (end < head.size() &&
         (std::isalnum(static_cast<unsigned char>(head[end])) != 0 || head[end] == '-' || head[end] == '_'))
    ++end;
  return head.substr(at, end - at);
}

void warm_up_html() {
  xmlInitParser();
  text_of_html("<p>warm</p>");
}

}  // namespace dragoman::read
