// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pptx_slide.h"

#include <algorithm>

#include "read/ooxml.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kShapes = " sp pic graphicFrame grpSp cxnSp contentPart ";
constexpr std::size_t kMostAuthors = 100'000;
constexpr std::size_t kMostComments = 64 << 20;

void append_line(std::string_view line, std::string& out) {
  if (line.find_first_not_of(" \t\r\n") == line.npos) return;
  out += line;
  out.push_back('\n');
}

bool is_true(std::string_view value) {
  return value == "1" || value == "true";
}

}  // namespace

void SlideEvents::start(std::string_view name, const XmlAttributes& attributes) {
  const bool skips_fallback = name == "Fallback" && !choices_.empty() && choices_.back();
  if (skipped_ > 0 || skips_fallback) {
    ++skipped_;
    return;
  }
  if (name == "AlternateContent") choices_.push_back(false);
  if (name == "Choice" && !choices_.empty()) choices_.back() = true;
  if (is_among(name, kShapes)) shapes_.push_back(shapes_.empty() ? Shape{} : shapes_.back());
  if (name == "cNvPr" && !shapes_.empty()) {
    shapes_.back().hidden = shapes_.back().hidden || is_true(attributes.get("hidden"));
    append_line(attributes.get("title"), alternatives);
    append_line(attributes.get("descr"), alternatives);
  } else if (name == "ph" && !shapes_.empty()) {
    // The picture of the slide and its number on a page of notes; prompts of a layout.
    const std::string_view type = attributes.get("type");
    shapes_.back().skipped = part_ == Part::layout || type == "sldNum" || (part_ == Part::notes && type == "sldImg");
  } else if ((name == "sld" || name == "notes") && attributes.has("show")) {
    hidden_slide = !is_true(attributes.get("show"));
  } else if (name == "tc") {
    ++cells_;
  } else if (name == "br") {
    out().push_back('\n');
  } else if (name == "t") {
    in_text_ = shapes_.empty() || !shapes_.back().skipped;
  }
}

void SlideEvents::text(std::string_view bytes) {
  if (in_text_ && skipped_ == 0) out() += bytes;
}

void SlideEvents::end(std::string_view name) {
  if (skipped_ > 0) {
    --skipped_;
    return;
  }
  if (name == "t") {
    in_text_ = false;
  } else if (name == "p") {
    out().push_back('\n');
  } else if (name == "tc") {
    --cells_;
    while (!out().empty() && out().back() == '\n') out().pop_back();
    out().push_back('\t');
  } else if (name == "tr") {
    out().push_back('\n');
  } else if (name == "AlternateContent" && !choices_.empty()) {
    choices_.pop_back();
  } else if (is_among(name, kShapes) && !shapes_.empty()) {
    out().push_back('\n');
    shapes_.pop_back();
  }
}

void SlideComments::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "cmAuthor" || name == "author") {
    if (authors.size() < kMostAuthors) authors.emplace_back(attributes.get("id"), attributes.get("name"));
  } else if (name == "cm" || name == "reply") {
    const std::string_view id = attributes.get("authorId");
    const auto author = std::find_if(authors.begin(), authors.end(), [&](const auto& one) { return one.first == id; });
    const std::string_view when = attributes.has("dt") ? attributes.get("dt") : attributes.get("created");
    out += "\n\n";
    if (author != authors.end()) out += author->second;
    if (author != authors.end() && !when.empty()) out += ", ";
    out += std::string(when) + ": ";
  }
  // p:text of the old kind, a:t of the new one.
  if (name == "text" || name == "t") in_text_ = true;
}

void SlideComments::end(std::string_view name) {
  if (name == "text" || name == "t") in_text_ = false;
  if (name == "p") out.push_back('\n');
}

void SlideComments::text(std::string_view bytes) {
  if (in_text_ && out.size() < kMostComments) out += bytes;
}

}  // namespace dragoman::read
