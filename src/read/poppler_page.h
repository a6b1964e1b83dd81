// SPDX-License-Identifier: AGPL-3.0-or-later
// poppler behind values: the words of a page with boxes, as its text_list gives them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/item.h"
#include "record/page.h"

namespace dragoman::read {

/// A piece of text that poppler took for a word; its letters stand in visual order (left to right).
struct PdfToken {
  std::u32string text;
  Box box;  // points on the page as displayed, origin top left
  bool space_after = false;
  int quarter_turns = 0;  // of its own writing direction, 0…3
};

struct PdfTokens {
  double width = 0;  // points as displayed, by poppler's reckoning
  double height = 0;
  std::vector<PdfToken> tokens;  // in poppler's reading order
};

class PopplerDocument {
 public:
  /// `bytes` must outlive this; passwords are tried in order, the empty one first. Errors: encrypted, malformed,
  /// limit (more than 2 GiB).
  static Result<PopplerDocument> open(std::string_view bytes, const std::vector<std::string>& passwords);
  PopplerDocument(PopplerDocument&&) noexcept;
  PopplerDocument& operator=(PopplerDocument&&) noexcept;
  ~PopplerDocument();

  std::uint32_t page_count() const;
  /// `page` from 1.
  Result<PdfTokens> tokens(std::uint32_t page) const;
  /// Title, Author, Subject, Keywords, Creator, Producer, CreationDate, ModDate as found, in that order.
  std::vector<Field> fields() const;
  bool has_attachments() const;
  /// "poppler 22.12.0"
  static std::string engine();

 private:
  struct State;
  explicit PopplerDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Loads fontconfig, character maps and encodings; before the lock.
void warm_up_poppler();

}  // namespace dragoman::read
