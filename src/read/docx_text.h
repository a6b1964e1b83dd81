// SPDX-License-Identifier: AGPL-3.0-or-later
// The text of WordprocessingML parts (ECMA-376 part 1, section 17), as running text for reflow, and beside it what a
// reader of the printed document does not see.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "read/xml_events.h"

namespace dragoman::read {

struct DocxText {
  std::string shown;               // paragraphs parted by blank lines, cells by tabs, page breaks as U+000C
  std::string deleted;             // struck out by tracked changes, with author and time
  std::string hidden;              // formatted as hidden
  std::string codes;               // instructions of fields that name something: targets, data, index entries
  std::string alternatives;        // descriptions of pictures
  std::set<std::string> revisers;  // authors of tracked changes
};

/// Styles whose runs or paragraphs are hidden (w:vanish), from styles.xml.
class HiddenStyles : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  bool has(std::string_view style) const { return hidden_.contains(std::string(style)); }

 private:
  std::set<std::string> hidden_;
  std::string style_;
  bool in_paragraph_ = false;  // w:pPr: its w:rPr is about the mark at the end alone
};

/// Parts are fed one after the other; text() has what they said. Headers, footers, notes and comments too: a comment
/// begins with its author and time.
class DocxEvents : public XmlHandler {
 public:
  /// `styles` outlives this. Beyond `most` bytes of text, done() is true.
  DocxEvents(const HiddenStyles& styles, std::size_t most) : styles_(styles), most_(most) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  bool done() const override { return text_.shown.size() + text_.deleted.size() + text_.hidden.size() > most_; }
  DocxText take() { return std::move(text_); }

 private:
  struct Paragraph {
    bool hidden = false;
    bool new_page_behind = false;
  };
  bool is_skipped(std::string_view name, const XmlAttributes& attributes);
  void start_mark(std::string_view name, const XmlAttributes& attributes);
  void start_property(std::string_view name, const XmlAttributes& attributes);
  void start_revision(std::string_view name, const XmlAttributes& attributes);
  void start_object(std::string_view name, const XmlAttributes& attributes);
  void end_paragraph();
  void end_code();
  std::string& out();
  void begin_deleted();

  const HiddenStyles& styles_;
  std::size_t most_;
  DocxText text_;
  std::string* to_ = nullptr;  // inside w:t and its like
  std::vector<Paragraph> paragraphs_;
  std::vector<bool> runs_;              // hidden or not; text boxes stand inside runs
  std::vector<bool> choices_;           // mc:AlternateContent: a choice was met
  std::vector<std::string> revisions_;  // open w:del and w:moveFrom: who and when, emptied when said
  std::string code_;
  int skipped_ = 0;
  int cells_ = 0;
  int paragraph_properties_ = 0;
  int run_properties_ = 0;
  int section_ = 0;
};

}  // namespace dragoman::read
