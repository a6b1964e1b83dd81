// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/docx_text.h"

#include <algorithm>
#include <cstring>
#include <pugixml.hpp>

namespace dragoman::read {
namespace {

// Names without their namespace prefix: "w" by habit, but anything by right.
std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

std::string_view local_attribute(const pugi::xml_node& node, std::string_view wanted) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    std::string_view name = attribute.name();
    const std::size_t colon = name.find(':');
    if (colon != name.npos) name.remove_prefix(colon + 1);
    if (name == wanted) return attribute.value();
  }
  return {};
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view wanted) {
  for (const pugi::xml_node& child : node.children()) {
    if (local_name(child) == wanted) return child;
  }
  return {};
}

// ST_OnOff: present without a value means on.
bool is_on(const pugi::xml_node& node) {
  const std::string_view value = local_attribute(node, "val");
  return node && value != "0" && value != "false" && value != "off";
}

class Walk {
 public:
  DocxText run(const pugi::xml_node& root);

 private:
  bool enter(const pugi::xml_node& node);  // false: its children are not wanted
  void leave(const pugi::xml_node& node);
  void enter_paragraph(const pugi::xml_node& node);
  void leave_paragraph(const pugi::xml_node& node);
  std::string& out() { return deletions_ > 0 ? text_.deleted : text_.shown; }
  DocxText text_;
  int deletions_ = 0;  // depth inside w:del and w:moveFrom
  int cells_ = 0;      // depth inside w:tc
};

void Walk::enter_paragraph(const pugi::xml_node& node) {
  if (is_on(child_of(child_of(node, "pPr"), "pageBreakBefore"))) text_.shown.push_back('\f');
}

void Walk::leave_paragraph(const pugi::xml_node& node) {
  out() += cells_ > 0 ? "\n" : "\n\n";
  const pugi::xml_node section = child_of(child_of(node, "pPr"), "sectPr");
  if (!section) return;
  // Section 17.6.22: without a type the next section begins on the next page.
  const std::string_view type = local_attribute(child_of(section, "type"), "val");
  if (type != "continuous" && type != "nextColumn") text_.shown.push_back('\f');
}

bool Walk::enter(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  if (name == "p") {
    enter_paragraph(node);
  } else if (name == "t" || name == "delText") {
    (name == "delText" ? text_.deleted : out()) += node.child_value();
    return false;
  } else if (name == "tab" || name == "ptab") {
    out().push_back('\t');
  } else if (name == "br") {
    out().push_back(local_attribute(node, "type") == "page" ? '\f' : '\n');
  } else if (name == "cr") {
    out().push_back('\n');
  } else if (name == "noBreakHyphen") {
    out() += "\xE2\x80\x91";
  } else if (name == "del" || name == "moveFrom") {
    ++deletions_;
  } else if (name == "tc") {
    ++cells_;
  } else if (name == "txbxContent") {
    out().push_back('\n');
  }
  // Fallback repeats what Choice says (markup compatibility, part 3); properties hold no text; separators are the
  // rule above the notes.
  const std::string_view type = local_attribute(node, "type");
  const bool separator =
      (name == "footnote" || name == "endnote") && (type == "separator" || type == "continuationSeparator");
  return name != "Fallback" && name != "pPr" && name != "rPr" && name != "tblPr" && name != "sectPr" &&
         name != "instrText" && !separator;
}

void Walk::leave(const pugi::xml_node& node) {
  const std::string_view name = local_name(node);
  if (name == "p") {
    leave_paragraph(node);
  } else if (name == "del" || name == "moveFrom") {
    --deletions_;
    text_.deleted.push_back('\n');
  } else if (name == "tc") {
    --cells_;
    while (!text_.shown.empty() && text_.shown.back() == '\n') text_.shown.pop_back();
    text_.shown.push_back('\t');
  } else if (name == "tr") {
    text_.shown.push_back('\n');
  } else if (name == "tbl" && cells_ == 0) {
    text_.shown.push_back('\n');
  }
}

// Depth-first without recursion: markup nests as deep as its author likes.
DocxText Walk::run(const pugi::xml_node& root) {
  pugi::xml_node node = root;
  while (node) {
    if (enter(node) && node.first_child()) {
      node = node.first_child();
      continue;
    }
    leave(node);
    while (node != root && !node.next_sibling()) {
      node = node.parent();
      leave(node);
    }
    node = node == root ? pugi::xml_node() : node.next_sibling();
  }
  return std::move(text_);
}

}  // namespace

Result<DocxText> text_of_docx_part(std::string_view xml) {
  pugi::xml_document document;
  const unsigned options = pugi::parse_default | pugi::parse_ws_pcdata;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), options);
  if (!parsed)
    return fail(ErrorKind::malformed, "a part of the document is not well-formed",
                "offset " + std::to_string(parsed.offset));
  return Walk().run(document.document_element());
}

std::vector<Field> docx_properties(std::string_view xml) {
  pugi::xml_document document;
  std::vector<Field> out;
  if (!document.load_buffer(xml.data(), xml.size())) return out;
  for (const pugi::xml_node& node : document.document_element().children()) {
    const std::string_view name = local_name(node);
    const std::string_view value = node.child_value();
    if (name.empty() || value.empty()) continue;
    out.push_back({std::string(name), std::string(value)});
  }
  return out;
}

}  // namespace dragoman::read
