// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/html_text.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <memory>

namespace dragoman::read {
namespace {

struct DocFree {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

bool is_one_of(const xmlNode* node, std::string_view names) {
  if (node->type != XML_ELEMENT_NODE || node->name == nullptr) return false;
  std::string padded = " ";
  padded += reinterpret_cast<const char*>(node->name);
  padded.push_back(' ');
  return names.find(padded) != names.npos;
}

bool is_skipped(const xmlNode* node) {
  return node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE || node->type == XML_DTD_NODE ||
         is_one_of(node, " script style head title noscript template object ");
}

std::string_view break_of(const xmlNode* node) {
  if (is_one_of(node, " p h1 h2 h3 h4 h5 h6 table ul ol dl blockquote pre section article header footer form hr "))
    return "\n\n";
  if (is_one_of(node, " div br tr li dt dd center address option ")) return "\n";
  if (is_one_of(node, " td th ")) return "\t";
  return "";
}

bool in_pre(const xmlNode* node) {
  for (int depth = 0; node != nullptr && depth < 16; node = node->parent, ++depth) {
    if (is_one_of(node, " pre textarea ")) return true;
  }
  return false;
}

// Line ends in the source are only white space, except in <pre>.
void append_text(const xmlNode* node, std::string& out) {
  if (node->content == nullptr) return;
  const std::string_view text = reinterpret_cast<const char*>(node->content);
  if (in_pre(node->parent)) {
    out += text;
    return;
  }
  for (const char c : text) out.push_back(c == '\n' || c == '\r' ? ' ' : c);
}

// Depth-first without recursion: hostile markup nests as deep as it likes.
std::string text_of(const xmlNode* root) {
  std::string out;
  const xmlNode* node = root;
  while (node != nullptr) {
    const bool skipped = is_skipped(node);
    if (!skipped) {
      if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) append_text(node, out);
      out += break_of(node);
      if (node->children != nullptr && node->type == XML_ELEMENT_NODE) {
        node = node->children;
        continue;
      }
    }
    while (node != root && node->next == nullptr && node->parent != nullptr) {
      node = node->parent;
      out += break_of(node);
    }
    node = node == root ? nullptr : node->next;
  }
  return out;
}

}  // namespace

std::string text_of_html(std::string_view html) {
  if (html.empty() || html.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return {};
  const std::unique_ptr<xmlDoc, DocFree> document(
      htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8",
                     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
  if (!document) return {};
  const xmlNode* root = xmlDocGetRootElement(document.get());
  return root == nullptr ? std::string() : text_of(root);
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
