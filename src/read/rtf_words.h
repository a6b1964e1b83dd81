// SPDX-License-Identifier: AGPL-3.0-or-later
// The control words of RTF that change what the text is.
#pragma once

#include <cstdint>
#include <string_view>

namespace dragoman::read {

/// Where text goes.
enum class RtfPlace : std::uint8_t {
  skip,
  body,
  headers,
  footnotes,
  comments,
  comment_author,
  text_boxes,
  fonts,
  font_name,
  field_code,
  property,  // the document's fields: `argument` of the word says which
  property_time,
  property_name,  // of a property that the author made up
  property_value,
  picture,
  object,
  html_tag,
};

enum class RtfAct : std::uint8_t {
  none,
  place,        // a destination: argument is a RtfPlace
  seal,         // a destination of which nothing is read
  transparent,  // a destination that changes nothing
  property,     // a document's property
  time,         // a document's time
  letter,       // argument is a code point
  paragraph,
  row,
  section,
  section_break,  // argument: whether sections begin on new pages
  in_table,       // argument: whether paragraphs are in cells
  plain,
  font,
  other_font,  // \af: of the other direction
  charset,
  code_page,  // of a font
  ansi_page,
  default_font,
  fallbacks,  // \uc
  unicode,
  deleted,
  hidden,
  direction,  // argument 1: right to left
  endnote,
  from_html,
  html_rtf,
  picture_kind,  // argument: index in kRtfPictures
  unicode_twin,  // \upr
  unicode_text,  // \ud
  time_part,     // argument: which of year, month, day, hour, minute, second
  mac,
  pc,
  pca,
};

struct RtfWord {
  std::string_view name;
  RtfAct act = RtfAct::none;
  std::int32_t argument = 0;
};

inline constexpr std::string_view kRtfPictures[] = {"png", "jpg", "emf", "wmf", "pict", "bmp"};

/// Null for words that change nothing.
const RtfWord* rtf_word(std::string_view name);

}  // namespace dragoman::read
