// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/docx_text.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "read/ooxml.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostRevisers = 200;
constexpr std::size_t kMostCode = 64 * 1024;

// ST_OnOff: present without a value means on.
bool is_on(const XmlAttributes& attributes) {
  const std::string_view value = attributes.get("val");
  return value != "0" && value != "false" && value != "off";
}

// Fields whose instruction says more than how to print their result (section 17.16.5).
bool is_telling(std::string_view code) {
  const std::size_t from = code.find_first_not_of(" \t\r\n\"");
  if (from == code.npos) return false;
  const std::string word = " " + std::string(code.substr(from, code.find_first_of(" \t\r\n\"", from) - from)) + " ";
  return std::string_view(
             " HYPERLINK INCLUDEPICTURE INCLUDETEXT INCLUDE IMPORT DDE DDEAUTO LINK MERGEFIELD DATABASE RD ADDIN ASK "
             "FILLIN QUOTE SET IF DOCVARIABLE TC XE TA PRIVATE MACROBUTTON AUTOTEXT ")
             .find(word) != std::string_view::npos;
}

// Section 17.3.3.30: a letter of a named font; in fonts of symbols it stands in the private area and says nothing.
void append_symbol(std::string_view hex, std::string& out) {
  std::uint32_t code = 0;
  const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
  if (parsed.ec != std::errc() || code < 0x20 || (code >= 0xD800 && code <= 0xF8FF) || code > 0xFFFF) return;
  append_utf8(out, code);
}

void append_line(std::string_view line, std::string& out) {
  if (line.find_first_not_of(" \t\r\n") == line.npos) return;
  out += line;
  out.push_back('\n');
}

std::string signature_of(const XmlAttributes& attributes) {
  std::string out(attributes.get("author"));
  const std::string_view date = attributes.get("date");
  if (!out.empty() && !date.empty()) out += ", ";
  return out + std::string(date);
}

}  // namespace

void HiddenStyles::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "style") style_ = attributes.get("styleId");
  if (name == "pPr") in_paragraph_ = true;
  if (name == "vanish" && !style_.empty() && !in_paragraph_ && is_on(attributes)) hidden_.insert(style_);
}

void HiddenStyles::end(std::string_view name) {
  if (name == "style") style_.clear();
  if (name == "pPr") in_paragraph_ = false;
}

std::string& DocxEvents::out() {
  if (!revisions_.empty()) {
    begin_deleted();
    return text_.deleted;
  }
  return !runs_.empty() && runs_.back() ? text_.hidden : text_.shown;
}

// Who struck it out and when, once before the first of the words.
void DocxEvents::begin_deleted() {
  if (revisions_.empty() || revisions_.back().empty()) return;
  text_.deleted += "\n\n" + revisions_.back() + ": ";
  revisions_.back().clear();
}

bool DocxEvents::is_skipped(std::string_view name, const XmlAttributes& attributes) {
  // Part 3, section 7.6: Fallback repeats what a choice says.
  if (name == "Fallback") return !choices_.empty() && choices_.back();
  if (name == "Choice" && !choices_.empty()) {
    if (choices_.back()) return true;
    choices_.back() = true;
  }
  // The rule above the notes.
  const std::string_view type = attributes.get("type");
  if (name == "footnote" || name == "endnote") return type == "separator" || type == "continuationSeparator";
  return name == "tblPr" || name == "tblGrid" || name == "sdtPr" || name == "delInstrText" || name == "pPrChange" ||
         name == "rPrChange" || name == "sectPrChange";
}

void DocxEvents::start_property(std::string_view name, const XmlAttributes& attributes) {
  if (name == "pStyle" && paragraph_properties_ > 0 && !paragraphs_.empty())
    paragraphs_.back().hidden = styles_.has(attributes.get("val"));
  if (name == "pageBreakBefore" && paragraph_properties_ > 0 && is_on(attributes)) text_.shown.push_back('\f');
  if (name == "sectPr" && paragraph_properties_ > 0) {
    ++section_;
    // Section 17.6.22: without a type the next section begins on the next page.
    if (!paragraphs_.empty()) paragraphs_.back().new_page_behind = true;
  }
  if (name == "type" && section_ > 0 && !paragraphs_.empty()) {
    const std::string_view type = attributes.get("val");
    paragraphs_.back().new_page_behind = type != "continuous" && type != "nextColumn";
  }
  if (run_properties_ == 0 || paragraph_properties_ > 0 || runs_.empty()) return;
  if (name == "rStyle" && styles_.has(attributes.get("val"))) runs_.back() = true;
  if (name == "vanish") runs_.back() = is_on(attributes);
}

void DocxEvents::start_revision(std::string_view name, const XmlAttributes& attributes) {
  const bool deletion = name == "del" || name == "moveFrom";
  if (!deletion && name != "ins" && name != "moveTo") return;
  const std::string author(attributes.get("author"));
  if (!author.empty() && text_.revisers.size() < kMostRevisers) text_.revisers.insert(author);
  if (deletion) revisions_.push_back(signature_of(attributes));
}

void DocxEvents::start_object(std::string_view name, const XmlAttributes& attributes) {
  if (name == "docPr" || name == "cNvPr") {
    append_line(attributes.get("title"), text_.alternatives);
    append_line(attributes.get("descr"), text_.alternatives);
  } else if (name == "textpath") {
    // Letters as a drawing: watermarks.
    append_line(attributes.get("string"), out());
  } else if (attributes.has("alt")) {
    append_line(attributes.get("alt"), text_.alternatives);
  }
}

void DocxEvents::start_mark(std::string_view name, const XmlAttributes& attributes) {
  if (name == "t" || name == "delText") {
    to_ = &out();
  } else if (name == "instrText") {
    to_ = &code_;
  } else if (name == "fldSimple") {
    code_ = attributes.get("instr");
    end_code();
  } else if (name == "fldChar") {
    if (attributes.get("fldCharType") == "begin") code_.clear();
    if (attributes.get("fldCharType") != "begin") end_code();
  } else if (name == "tab" || name == "ptab") {
    if (paragraph_properties_ == 0) out().push_back('\t');
  } else if (name == "br") {
    out().push_back(attributes.get("type") == "page" ? '\f' : '\n');
  } else if (name == "cr") {
    out().push_back('\n');
  } else if (name == "noBreakHyphen") {
    out() += "\xE2\x80\x91";
  } else if (name == "sym") {
    append_symbol(attributes.get("char"), out());
  } else if (name == "comment") {
    text_.shown += "\n\n" + signature_of(attributes) + ": ";
  }
}

void DocxEvents::start(std::string_view name, const XmlAttributes& attributes) {
  if (skipped_ > 0 || is_skipped(name, attributes)) {
    ++skipped_;
    return;
  }
  if (name == "AlternateContent") choices_.push_back(false);
  if (name == "p") paragraphs_.emplace_back();
  if (name == "r") runs_.push_back(!paragraphs_.empty() && paragraphs_.back().hidden);
  if (name == "pPr") ++paragraph_properties_;
  if (name == "rPr") ++run_properties_;
  if (name == "tc") ++cells_;
  if (name == "txbxContent") out().push_back('\n');
  start_property(name, attributes);
  start_revision(name, attributes);
  start_object(name, attributes);
  start_mark(name, attributes);
}

void DocxEvents::text(std::string_view bytes) {
  if (to_ == nullptr || skipped_ > 0) return;
  if (to_ == &code_ && code_.size() > kMostCode) return;
  *to_ += bytes;
}

void DocxEvents::end_code() {
  if (is_telling(code_)) append_line(code_, text_.codes);
  code_.clear();
}

void DocxEvents::end_paragraph() {
  const std::string_view stop = cells_ > 0 ? "\n" : "\n\n";
  text_.shown += stop;
  if (!text_.deleted.empty() && !revisions_.empty()) text_.deleted += stop;
  if (!text_.hidden.empty() && text_.hidden.back() != '\n') text_.hidden += stop;
  if (paragraphs_.empty()) return;
  if (paragraphs_.back().new_page_behind) text_.shown.push_back('\f');
  paragraphs_.pop_back();
}

void DocxEvents::end(std::string_view name) {
  if (skipped_ > 0) {
    --skipped_;
    return;
  }
  if (name == "t" || name == "delText" || name == "instrText") {
    to_ = nullptr;
  } else if (name == "p") {
    end_paragraph();
  } else if (name == "r" && !runs_.empty()) {
    runs_.pop_back();
  } else if (name == "pPr") {
    --paragraph_properties_;
  } else if (name == "rPr") {
    --run_properties_;
  } else if (name == "sectPr" && section_ > 0) {
    --section_;
  } else if (name == "AlternateContent" && !choices_.empty()) {
    choices_.pop_back();
  } else if ((name == "del" || name == "moveFrom") && !revisions_.empty()) {
    revisions_.pop_back();
    if (!text_.deleted.empty()) text_.deleted.push_back('\n');
  } else if (name == "tc") {
    --cells_;
    while (!text_.shown.empty() && text_.shown.back() == '\n') text_.shown.pop_back();
    text_.shown.push_back('\t');
  } else if (name == "tr" || (name == "tbl" && cells_ == 0)) {
    text_.shown.push_back('\n');
  }
}

}  // namespace dragoman::read
