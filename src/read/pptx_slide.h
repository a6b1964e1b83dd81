// SPDX-License-Identifier: AGPL-3.0-or-later
// The text of DrawingML shapes on slides, notes and masters (ECMA-376 part 1, sections 19 and 21).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "read/xml_events.h"

namespace dragoman::read {

class SlideEvents : public XmlHandler {
 public:
  /// `layout`: a master or layout, of which placeholders are prompts and not text.
  enum class Part { slide, notes, layout };
  SlideEvents(Part part, std::size_t most) : part_(part), most_(most) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  bool done() const override { return shown.size() + hidden.size() > most_; }

  std::string shown;         // shapes in their order; paragraphs are lines, cells parted by tabs
  std::string hidden;        // of shapes that are switched off
  std::string alternatives;  // descriptions of pictures
  bool hidden_slide = false;

 private:
  struct Shape {
    bool hidden = false;
    bool skipped = false;
  };
  std::string& out() { return !shapes_.empty() && shapes_.back().hidden ? hidden : shown; }
  Part part_;
  std::size_t most_;
  std::vector<Shape> shapes_;  // groups and what is in them
  std::vector<bool> choices_;
  int skipped_ = 0;
  int cells_ = 0;
  bool in_text_ = false;
};

/// Comments of both kinds: who, when, text. Authors come from their own parts first.
class SlideComments : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  std::string out;
  /// Names of those who commented.
  std::vector<std::pair<std::string, std::string>> authors;  // id, name

 private:
  bool in_text_ = false;
};

}  // namespace dragoman::read
