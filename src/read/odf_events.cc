// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/odf_events.h"

#include <algorithm>

#include "read/ooxml.h"
#include "read/xlsx_cells.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostStyles = 200'000;
constexpr std::size_t kMostFields = 400;
constexpr std::size_t kMostLinks = 20'000;
constexpr std::size_t kMostHidden = 16 << 20;
bool is_outside(std::string_view target) {
  return target.find("://") != target.npos || target.starts_with("mailto:") || target.starts_with("file:") ||
         target.starts_with("//") || target.starts_with("\\\\") || target.starts_with("../");
}

std::string meta_key_of(std::string_view name, const XmlAttributes& attributes) {
  if (name == "user-defined") return "meta:user-defined:" + std::string(attributes.get("name"));
  const bool dublin = is_among(name, " title description subject creator date language ");
  return (dublin ? "dc:" : "meta:") + std::string(name);
}

}  // namespace

const OdfStyle& OdfEvents::style_of(std::string_view name) const {
  static const OdfStyle kPlain;
  const auto found = styles_.find(name);
  return found == styles_.end() ? kPlain : found->second;
}

std::string OdfEvents::place(std::string_view what) const {
  const std::string& label = mode_ == Mode::sheets ? table_label_ : page_label_;
  return label.empty() ? std::string(what) : label + ", " + std::string(what);
}

void OdfEvents::note(const std::string& label, std::string& text) {
  if (sent_) sent_ = pages_.note(label, text);
  text.clear();
}

bool OdfEvents::start_styles(std::string_view name, const XmlAttributes& attributes) {
  if (name == "style") {
    style_ = nullptr;
    if (styles_.size() == kMostStyles || !attributes.has("name")) return true;
    style_ = &styles_[std::string(attributes.get("name"))];
    *style_ = style_of(attributes.get("parent-style-name"));
    return true;
  }
  if (style_ == nullptr || !name.ends_with("-properties")) return false;
  if (name == "text-properties" && attributes.has("display")) style_->hides_text = attributes.get("display") == "none";
  if (name == "table-properties") style_->hides_table = attributes.get("display") == "false";
  if (name == "drawing-page-properties") style_->hides_page = attributes.get("visibility") == "hidden";
  if (name == "paragraph-properties") {
    if (attributes.has("break-before")) style_->breaks_before = attributes.get("break-before") == "page";
    if (attributes.has("break-after")) style_->breaks_after = attributes.get("break-after") == "page";
  }
  return true;
}

bool OdfEvents::start_fields(std::string_view name, const XmlAttributes& attributes) {
  std::vector<Field>& fields = pages_.document().fields;
  if (name == "meta" && meta_depth_ == 0) {
    meta_depth_ = depth_;
    return true;
  }
  if (meta_depth_ > 0 && depth_ == meta_depth_ + 1) {
    meta_key_ = meta_key_of(name, attributes);
    meta_value_ = name == "template" ? attributes.get("href") : std::string_view();
    push(meta_value_);
    ++capture_;
    return true;
  }
  if (name == "config-item" && fields.size() < kMostFields) {
    const std::string_view key = attributes.get("name");
    if (!is_among(key, " PrinterName CurrentDatabaseDataSource CurrentDatabaseCommand ")) return true;
    meta_key_ = "config:" + std::string(key);
    meta_value_.clear();
    push(meta_value_);
    ++capture_;
    return true;
  }
  return false;
}

// What stands beside the text: its target changes until the element ends.
bool OdfEvents::start_aside(std::string_view name, const XmlAttributes& attributes) {
  if (name == "annotation" && kind_ != "odf") {
    comments_ += "\n\n";
    if (mode_ == Mode::sheets && table_depth_ > 0) comments_ += "row " + std::to_string(row_ + 1) + ", ";
    push(comments_);
  } else if (name == "note-body") {
    notes_ += "\n\n";
    push(notes_);
  } else if (name == "notes") {
    push(masters_.empty() && page_label_.empty() ? trash_ : notes_);
  } else if (name == "tracked-changes" || name == "insertion" || name == "format-change" || name == "note-citation" ||
             name == "sender-initials" || name == "creator-initials") {
    push(trash_);
  } else if (name == "deletion" || name == "cell-content-change") {
    deleted_ += "\n\n";
    push(deleted_);
  } else if (name == "header" || name == "footer" || name == "header-left" || name == "footer-left" ||
             name == "header-first" || name == "footer-first") {
    push(edges_);
  } else if (name == "master-page") {
    push(masters_);
  } else if ((name == "title" || name == "desc") && attributes.element_ns().find("svg") != std::string_view::npos) {
    push(alternatives_);
    ++capture_;
  } else if (name == "page-number" || name == "page-count" || name == "sheet-name") {
    // Each page says its own; what stands here is none of them.
    push(trash_);
  } else if (name == "section" && attributes.get("display") == "none") {
    push(hidden_);
  } else if (name == "hidden-text") {
    hidden_ += std::string(attributes.get("string-value")) + "\n";
    push(trash_);
  } else if (name == "shapes" || (mode_ == Mode::sheets && is_among(name, " frame custom-shape control rect "))) {
    push(drawings_);
  } else {
    return false;
  }
  return true;
}

void OdfEvents::start_body(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"text", "odt"}, {"spreadsheet", "ods"}, {"presentation", "odp"}, {"drawing", "odg"}, {"chart", "odc"}};
  for (const auto& [element, kind] : kKinds) {
    if (name == element) kind_ = kind;
  }
  if (kind_.empty()) kind_ = "odt";
  mode_ = kind_ == "ods" ? Mode::sheets : kind_ == "odp" || kind_ == "odg" ? Mode::slides : Mode::text;
  push(body_);
}

void OdfEvents::start_links(const XmlAttributes& attributes) {
  const std::string_view target = attributes.get("href");
  if (target.empty() || !is_outside(target) || known_links_.size() == kMostLinks) return;
  if (known_links_.emplace(target).second) links_ += std::string(target) + "\n";
}

void OdfEvents::start_inline(std::string_view name, const XmlAttributes& attributes) {
  if (name == "p" || name == "h") {
    const OdfStyle& style = style_of(attributes.get("style-name"));
    if (style.breaks_before && in_body()) body_.push_back('\f');
    breaks_.emplace_back(depth_, style.breaks_after);
    if (style.hides_text) push(hidden_);
    ++capture_;
  } else if (name == "span") {
    if (style_of(attributes.get("style-name")).hides_text) push(hidden_);
  } else if (name == "hidden-paragraph" && attributes.get("is-hidden") == "true") {
    push(hidden_);
  } else if ((name == "creator" || name == "date") && attributes.element_ns().find("/dc/") != std::string_view::npos) {
    // Of a comment or a change, before its text.
    ++capture_;
    breaks_.emplace_back(-depth_, false);
  } else if (name == "math") {
    if (kind_.empty()) kind_ = "odf", push(body_);
    ++capture_;
  } else if (name == "s" || name == "tab") {
    to().push_back(' ');
  } else if (name == "line-break") {
    to().push_back('\n');
  } else if (name == "binary-data") {
    begin_picture();
  } else if (name == "placeholder" || name == "frame" || name == "custom-shape") {
    // Prompts on a master are no text.
    if (attributes.get("placeholder") == "true" && !targets_.empty() && targets_.back().to == &masters_) push(trash_);
  }
}

void OdfEvents::start(std::string_view name, const XmlAttributes& attributes) {
  ++depth_;
  start_links(attributes);
  if (start_styles(name, attributes) || start_fields(name, attributes)) return;
  if (name == "forms") form_depth_ = depth_;
  if (form_depth_ > 0) {
    for (const char* key : {"label", "title", "current-value", "value", "help-message"}) {
      if (attributes.has(key) && forms_.size() < kMostHidden) forms_ += std::string(attributes.get(key)) + "\n";
    }
  }
  // office:text and its like stand right below office:body.
  if (name == "body") {
    meta_key_.clear();
    body_.clear();
    targets_.clear();
    kind_ = "?";
    return;
  }
  if (kind_ == "?") {
    kind_.clear();
    start_body(name);
    return;
  }
  if (start_table(name, attributes) || start_aside(name, attributes)) return;
  start_inline(name, attributes);
}

void OdfEvents::text(std::string_view bytes) {
  if (in_picture_) {
    for (const char c : bytes) {
      const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                        : c >= 'a' && c <= 'z' ? c - 'a' + 26
                        : c >= '0' && c <= '9' ? c - '0' + 52
                        : c == '+'             ? 62
                        : c == '/'             ? 63
                                               : -1;
      if (value < 0) continue;
      bits_ = bits_ << 6 | static_cast<std::uint32_t>(value);
      bit_count_ += 6;
      if (bit_count_ < 8) continue;
      bit_count_ -= 8;
      decoded_.push_back(static_cast<char>(bits_ >> bit_count_ & 0xFFU));
    }
    if (sent_) sent_ = sink_.child_bytes(decoded_);
    decoded_.clear();
    return;
  }
  if (capture_ > 0 && to().size() < most_) to() += bytes;
}

void OdfEvents::begin_picture() {
  if (!sent_) return;
  in_picture_ = true;
  bits_ = 0;
  bit_count_ = 0;
  const std::uint32_t ordinal = children_++;
  sent_ = sink_.begin_child({ordinal, "object-" + std::to_string(ordinal + 1)});
}

void OdfEvents::end_picture() {
  if (!in_picture_) return;
  in_picture_ = false;
  if (sent_) sent_ = sink_.end_child(ChildEnd::complete);
}

void OdfEvents::end_paragraph(std::string_view) {
  const bool breaks = !breaks_.empty() && breaks_.back().second;
  if (!breaks_.empty()) breaks_.pop_back();
  --capture_;
  to() += table_depth_ > 0 ? "\n" : "\n\n";
  if (breaks && in_body()) body_.push_back('\f');
}

void OdfEvents::end_page() {
  note(page_label_, body_);
  note(page_label_ + ", notes", notes_);
  note(page_label_ + ", comments", comments_);
  note(page_label_ + ", alternative texts", alternatives_);
  page_label_.clear();
}

void OdfEvents::end(std::string_view name) {
  if (name == "binary-data") end_picture();
  if (name == "p" || name == "h") {
    end_paragraph(name);
  } else if (name == "creator" || name == "date") {
    if (!breaks_.empty() && breaks_.back().first == -depth_) {
      breaks_.pop_back();
      --capture_;
      to() += name == "creator" ? ", " : ": ";
    }
  } else if (name == "math") {
    --capture_;
  } else if (!targets_.empty() && targets_.back().to == &alternatives_ && targets_.back().depth == depth_) {
    --capture_;
    alternatives_.push_back('\n');
  } else if (name == "table-cell" || name == "covered-table-cell") {
    end_cell();
  } else if (name == "table-row") {
    end_row();
  } else if (name == "table") {
    end_table();
  } else if (name == "page" && mode_ == Mode::slides) {
    end_page();
  } else if (name == "style") {
    style_ = nullptr;
  }
  if ((meta_depth_ > 0 && depth_ == meta_depth_ + 1) || name == "config-item") {
    std::vector<Field>& fields = pages_.document().fields;
    const bool kept = !targets_.empty() && targets_.back().to == &meta_value_;
    if (kept) --capture_;
    if (kept && !meta_value_.empty() && fields.size() < kMostFields) fields.push_back({meta_key_, meta_value_});
  }
  if (depth_ == meta_depth_) meta_depth_ = 0;
  if (depth_ == form_depth_) form_depth_ = 0;
  while (!targets_.empty() && targets_.back().depth >= depth_) targets_.pop_back();
  --depth_;
}

Result<void> OdfEvents::finish() {
  page_label_.clear();
  table_label_.clear();
  for (auto& [label, text] :
       std::initializer_list<std::pair<const char*, std::string*>>{{"", &body_},
                                                                   {"notes", &notes_},
                                                                   {"comments", &comments_},
                                                                   {"drawings", &drawings_},
                                                                   {"headers and footers", &edges_},
                                                                   {"masters and layouts", &masters_},
                                                                   {"deleted text", &deleted_},
                                                                   {"hidden text", &hidden_},
                                                                   {"alternative texts", &alternatives_},
                                                                   {"form fields", &forms_},
                                                                   {"links", &links_}}) {
    note(label, *text);
  }
  return sent_;
}

}  // namespace dragoman::read
