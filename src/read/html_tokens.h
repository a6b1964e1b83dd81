// SPDX-License-Identifier: AGPL-3.0-or-later
// The marks of HTML one by one, as the HTML standard's tokenizer finds them (13.2.5), less what only a tree needs.
// There is no tree: a page of a hundred megabytes, or one that nests a million elements, costs its length in time and
// nothing in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

struct HtmlAttribute {
  std::string name;            // lower case
  std::string_view raw_value;  // character references not decoded; text_of_references does
};

struct HtmlToken {
  enum class Kind : std::uint8_t { text, start, end, comment, raw };
  Kind kind = Kind::text;
  std::string name;                       // of start and end, lower case; of raw the element it stands in
  std::vector<HtmlAttribute> attributes;  // of start; at most kMostAttributes
  std::string_view text;  // of text (references not decoded), comment (between its marks), raw (script, style …)

  /// The value of an attribute, "" when it is not there.
  std::string_view raw(std::string_view attribute) const;
  bool has(std::string_view attribute) const;
};

/// Walks `html`, UTF-8, which outlives this and the tokens.
class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view html) : html_(html) {}
  /// False at the end. The content of script, style and the like is one raw token, of title and textarea one text
  /// token.
  bool next(HtmlToken& token);

  static constexpr std::size_t kMostAttributes = 200;
  static constexpr std::size_t kMostName = 40;  // bytes of a name that are kept: none that means something is longer

 private:
  bool tag(HtmlToken& token);
  void markup_declaration(HtmlToken& token);
  void attributes(HtmlToken& token);
  void attribute_value(HtmlAttribute& attribute);
  bool content_of(HtmlToken& token);
  std::string name_until(std::string_view ends);

  std::string_view html_;
  std::size_t at_ = 0;
  std::string inside_;  // the element whose content is not markup and comes next
  // What was looked for in vain up to the end is not looked for again: each search is paid for once.
  bool comments_end_ = true;
  bool titles_end_ = true;
  bool textareas_end_ = true;
};

/// Character references (&amp; &#1548; &#x646;) as what they stand for; others stay as they are.
std::string text_of_references(std::string_view raw);

}  // namespace dragoman::read
