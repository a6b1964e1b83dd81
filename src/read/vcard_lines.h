// SPDX-License-Identifier: AGPL-3.0-or-later
// The lines that vCard (2.1, 3.0, 4.0; RFC 6350) and iCalendar (RFC 5545, vCalendar 1.0) are made of:
// NAME;PARAMETER=VALUE:CONTENT, folded over several lines. A pure function over bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::read {

struct ContentLine {
  std::string name;                                             // in upper case, without its group
  std::vector<std::pair<std::string, std::string>> parameters;  // names in upper case; "" for values without a name
  std::string value;  // UTF-8, from its transfer coding, escapes of text undone; parts are still divided by ';'
  std::string bytes;  // of a binary value (base64, data: URI)
  bool binary = false;

  std::string parameter(std::string_view parameter_name) const;
  /// The values of TYPE, and of parameters without a name (vCard 2.1), in lower case, joined by ", ".
  std::string types() const;
};

/// The lines of a file in any encoding, one after the other; lines without a colon are left out.
class ContentLines {
 public:
  explicit ContentLines(std::string_view file);
  std::optional<ContentLine> next();
  /// Some bytes so far fit no encoding.
  bool malformed() const { return malformed_; }

 private:
  std::string text_;
  std::size_t at_ = 0;
  bool malformed_ = false;
};

}  // namespace dragoman::read
