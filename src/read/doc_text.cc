// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/doc_text.h"

#include <algorithm>
#include <utility>

namespace dragoman::read {
namespace {

constexpr std::size_t kMaxFields = 64;  // nested in each other
constexpr std::size_t kMaxCode = 4096;
constexpr std::size_t kMaxPictures = 100'000;

void end_run(std::string& text) {
  if (!text.empty() && text.back() != '\n') text.push_back('\n');
}

}  // namespace

std::string DocText::shown(const DocFile& doc, DocRange range) {
  shown_.clear();
  fields_.clear();
  doc.read(range, [this](const DocStretch& stretch) {
    full_ = full_ || stretch.text.size() > left_;
    if (full_) return false;
    left_ -= stretch.text.size();
    take(stretch);
    return true;
  });
  return std::exchange(shown_, {});
}

void DocText::take(const DocStretch& stretch) {
  const DocMarks& marks = stretch.marks;
  if (marks.has_picture && marks.special && pictures_.size() < kMaxPictures) pictures_.push_back(marks.picture);
  std::string& out = marks.deleted ? deleted_ : (marks.hidden ? hidden_ : shown_);
  for (const char c : stretch.text) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 || c == '\t';
    if (!plain) {
      control(c, marks, out);
    } else if (!fields_.empty() && fields_.back().in_code) {
      if (fields_.back().code.size() < kMaxCode) fields_.back().code.push_back(c);
    } else if (c != '(' || !marks.special) {  // "(" stands for a sign of a symbol font
      out.push_back(c);
    }
  }
  if (marks.deleted || marks.hidden) end_run(out);
}

void DocText::control(char c, const DocMarks& marks, std::string& out) {
  switch (c) {
    case 0x13:
      if (fields_.size() < kMaxFields) fields_.emplace_back();
      return;
    case 0x14:
      if (!fields_.empty()) fields_.back().in_code = false;
      return;
    case 0x15: end_field(); return;
    default: break;
  }
  if (!fields_.empty() && fields_.back().in_code) return;
  switch (c) {
    case 0x07: out.push_back(marks.row_end ? '\n' : '\t'); break;
    case 0x0D: out += "\n\n"; break;
    case 0x0B:
    case 0x0E: out.push_back('\n'); break;
    case 0x0C: out.push_back('\f'); break;
    case 0x1E: out.push_back('-'); break;  // a hyphen that does not break
    default: break;                        // pictures, numbers of notes, separators, hyphens that may be drawn
  }
}

void DocText::end_field() {
  if (fields_.empty()) return;
  note_code(std::move(fields_.back().code));
  fields_.pop_back();
}

// HYPERLINK "target" \l "place": the target is seen only when the pointer rests on the link.
void DocText::note_code(std::string code) {
  const std::size_t name = code.find_first_not_of(' ');
  if (name == code.npos || code.compare(name, 9, "HYPERLINK") != 0) return;
  const std::size_t from = code.find('"', name);
  const std::size_t to = from == code.npos ? from : code.find('"', from + 1);
  if (to == code.npos || to == from + 1) return;
  const std::string_view before = std::string_view(code).substr(name, from - name);
  if (before.find("\\l") != before.npos) return;  // a place within the document
  links_ += code.substr(from + 1, to - from - 1);
  links_.push_back('\n');
}

}  // namespace dragoman::read
