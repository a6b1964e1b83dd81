// SPDX-License-Identifier: AGPL-3.0-or-later
// What an office wrote, before it is set in type: the header fields, the paragraphs of each page,
// and the dates in them. Every kind of file in the leak is made from a Letter.
#pragma once

#include <string>
#include <vector>

#include "language.h"

namespace dragoman::sample {

// A date as printed, and the days it means: ISO 8601 Gregorian, both ends included.
struct DateMention {
  std::string text{};
  std::string calendar{};  // solar_hijri, islamic, gregorian
  std::string from{};
  std::string to{};
  std::string precision{};  // day, month, year
};

struct Paragraph {
  std::string text{};
  std::vector<DateMention> dates{};
};

struct HeaderField {
  std::string label{};
  std::string value{};
};

struct Letter {
  Lang lang = Lang::en;
  std::string kind{};      // cable, letter, memo, mail, note
  std::string masthead{};  // the office, printed large above the header
  HeaderField from{};
  HeaderField to{};
  HeaderField number{};
  HeaderField date{};
  HeaderField subject{};
  HeaderField marking{};
  DateMention dated{};
  std::string footer{};
  bool western_digits = false;  // typed where native digits cannot be
  std::vector<std::vector<Paragraph>> pages{};

  // In the order in which they are printed.
  std::vector<HeaderField> header() const { return {from, to, number, date, subject, marking}; }
};

// Footer of one page: the statement that all is fiction, and the page's number.
std::string footer_line(const Letter& letter, std::size_t page);

}  // namespace dragoman::sample
