// SPDX-License-Identifier: AGPL-3.0-or-later
// Cuts running text into reflowable pages: at explicit page breaks, else at a paragraph before the limit of words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/reader.h"

namespace dragoman::read {

/// Gives the pages of `text` one by one, so that a text of hundreds of megabytes is never held as words.
/// U+000C is a page break. A page holds at most limits.reflow_words_per_page words and ends at a paragraph (blank
/// line), or, where none is near, at a line; one that is longer is cut at the limit. Pages without words between
/// breaks are dropped. `text` is UTF-8 and outlives this.
class Reflow {
 public:
  Reflow(std::string_view text, const Limits& limits);
  std::optional<std::vector<Word>> next();

 private:
  void refill();
  std::string_view segment_;  // up to the next page break
  std::string_view rest_;     // behind it
  std::size_t most_;
  std::vector<Word> words_;  // read ahead from segment_
};

/// Bounds what one word can cost: longer than kMaxWordBytes (a line of base64) becomes several, joined by
/// Break::none. Boxes are shared out by length.
void split_long_words(std::vector<Word>& words);
inline constexpr std::size_t kMaxWordBytes = 1'000;

/// Text that starts on a page of its own and is called something.
struct BodyPart {
  std::string label;  // of its pages (Page::label)
  std::string text;   // UTF-8
};

struct Body {
  Document document;                 // its page range and, when empty, language are filled in by send_body
  std::string text;                  // UTF-8
  std::string engine;                // who read it: "text UTF-8", "gmime windows-1256"
  std::vector<BodyPart> parts = {};  // behind `text`, in order: comments, notes, sheets …
};

/// One reflowable page of those words, its language and quality judged.
Page body_page(PageIndex number, std::string_view label, std::vector<Word> words, const std::string& engine);

/// Sends the document and its pages (source body, language and quality judged per page). Text without a word gives
/// a document without pages. Beyond limits.max_pages: a gap, and `partial` in the answer.
Result<ItemState> send_body(Body body, const Limits& limits, ReadSink& sink);

}  // namespace dragoman::read
