// SPDX-License-Identifier: AGPL-3.0-or-later
// What stands in the cells of SpreadsheetML (ECMA-376 part 1, section 18): shared strings, and numbers that are dates
// by their format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "read/xml_events.h"

namespace dragoman::read {

/// How a number format shows a number.
enum class DateForm : std::uint8_t { none, date, time, date_time, elapsed };

/// Of one of the formats that every program knows by number (section 18.8.30, with those of East Asian editions), or
/// none.
DateForm form_of_builtin(std::uint32_t id);
/// Of a format code: letters of dates outside quotes, escapes and brackets; [h], [mm], [ss] are elapsed time.
DateForm form_of_code(std::string_view code);

/// A serial number as ISO 8601 without a zone ("2015-03-02", "10:00:00", "2015-03-02 10:00:00", "30:15:00"). What is no
/// date of the years 1900–9999 stays as it is stored.
std::string date_of_serial(std::string_view stored, DateForm form, bool from_1904);

/// `_x000D_` and its like are the characters they name (section 22.9.2.19).
std::string unescaped(std::string_view text);

/// styles.xml: the form of dates by index of a cell's style.
class CellStyles : public XmlHandler {
 public:
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void add_format(std::uint32_t id, std::string_view code);
  /// The next cell style shows numbers by that format.
  void add_cell(std::uint32_t format);
  DateForm form(std::size_t style) const { return style < forms_.size() ? forms_[style] : DateForm::none; }

 private:
  std::map<std::uint32_t, DateForm> codes_;
  std::vector<DateForm> forms_;
  bool in_cells_ = false;
};

/// sharedStrings.xml, without the readings of East Asian names (rPh).
class SharedStrings : public XmlHandler {
 public:
  /// Beyond `most` bytes, done() is true and the strings behind are missing.
  explicit SharedStrings(std::size_t most) : most_(most) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  bool done() const override { return text_.size() > most_; }
  void add(std::string_view text);
  /// Empty when there is none of that number.
  std::string_view at(std::size_t index) const;

 private:
  std::size_t most_;
  std::string text_;
  std::vector<std::size_t> ends_;
  bool in_text_ = false;
  int readings_ = 0;
};

/// A number from digits alone; false when it is none or too large.
bool number_of(std::string_view digits, std::uint64_t& out);

}  // namespace dragoman::read
