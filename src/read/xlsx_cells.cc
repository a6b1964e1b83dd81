// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xlsx_cells.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostStyles = 1'000'000;

DateForm combine(bool date, bool time) {
  if (date && time) return DateForm::date_time;
  if (date) return DateForm::date;
  return time ? DateForm::time : DateForm::none;
}

// The letters that show something, in order and in lower case; minutes and months are both 'm'.
std::string letters_of(std::string_view code, bool& elapsed) {
  std::string out;
  // Only the first section: it is for positive numbers.
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i] >= 'A' && code[i] <= 'Z' ? static_cast<char>(code[i] + 32) : code[i];
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '[') {
      const std::size_t close = std::min(code.find(']', i), code.size());
      const std::string_view inside = code.substr(i + 1, close - i - 1);
      elapsed = elapsed || (!inside.empty() && inside.find_first_not_of("hHmMsS") == inside.npos);
      i = close;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

bool number_of(std::string_view digits, std::uint64_t& out) {
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
}

DateForm form_of_builtin(std::uint32_t id) {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58)
    return DateForm::date;
  if (id == 22) return DateForm::date_time;
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 || id == 56)
    return DateForm::time;
  return id == 46 ? DateForm::elapsed : DateForm::none;
}

DateForm form_of_code(std::string_view code) {
  bool elapsed = false;
  std::string letters = letters_of(code, elapsed);
  if (elapsed) return DateForm::elapsed;
  if (letters == "general") return DateForm::none;
  const auto has = [&](char c) { return letters.find(c) != letters.npos; };
  // Digits to be filled in belong to plain numbers; "0" behind a point also to seconds.
  if (has('#') || has('?') || has('%')) return DateForm::none;
  const bool time = has('h') || has('s');
  const bool date = has('y') || has('d') || (has('m') && !time);
  return combine(date, time);
}

std::string date_of_serial(std::string_view stored, DateForm form, bool from_1904) {
  double serial = 0;
  const auto parsed = std::from_chars(stored.data(), stored.data() + stored.size(), serial);
  const bool usable = parsed.ec == std::errc() && serial >= 0 && serial < 2'958'466;
  if (form == DateForm::none || !usable) return std::string(stored);
  const auto seconds = static_cast<std::int64_t>(std::llround(serial * 86'400));
  const std::int64_t in_day = seconds % 86'400;
  const auto clock = [](std::int64_t hours, std::int64_t rest) {
    return fmt::format("{:02}:{:02}:{:02}", hours, rest / 60 % 60, rest % 60);
  };
  if (form == DateForm::elapsed) return clock(seconds / 3600, seconds);
  std::int64_t day = seconds / 86'400;
  if (form == DateForm::time || (form == DateForm::date_time && day == 0)) return clock(in_day / 3600, in_day);
  if (day == 0 && !from_1904) return std::string(stored);
  // The 1900 system counts a 29 February 1900 that never was.
  if (!from_1904 && day < 60) ++day;
  const std::chrono::sys_days epoch = from_1904 ? std::chrono::sys_days(std::chrono::year(1904) / 1 / 1)
                                                : std::chrono::sys_days(std::chrono::year(1899) / 12 / 30);
  const std::chrono::year_month_day date(epoch + std::chrono::days(day));
  std::string out = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                static_cast<unsigned>(date.day()));
  if (form == DateForm::date_time || in_day != 0) out += " " + clock(in_day / 3600, in_day);
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t code = 0;
    const std::string_view mark = text.substr(i, 7);
    const bool marked = mark.size() == 7 && mark[0] == '_' && mark[1] == 'x' && mark[6] == '_' &&
                        std::from_chars(mark.data() + 2, mark.data() + 6, code, 16).ptr == mark.data() + 6;
    if (!marked || (code >= 0xD800 && code <= 0xDFFF)) {
      out.push_back(text[i]);
      continue;
    }
    append_utf8(out, code == 0 ? U' ' : static_cast<char32_t>(code));
    i += 6;
  }
  return out;
}

void CellStyles::add_format(std::uint32_t id, std::string_view code) {
  if (codes_.size() < kMostStyles) codes_[id] = form_of_code(code);
}

void CellStyles::add_cell(std::uint32_t format) {
  const auto own = codes_.find(format);
  if (forms_.size() < kMostStyles) forms_.push_back(own != codes_.end() ? own->second : form_of_builtin(format));
}

void CellStyles::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "cellXfs") in_cells_ = true;
  std::uint64_t id = 0;
  if (!number_of(attributes.get("numFmtId"), id) || id > 0xFFFFFFFF) id = 0;
  if (name == "numFmt") add_format(static_cast<std::uint32_t>(id), attributes.get("formatCode"));
  if (name == "xf" && in_cells_) add_cell(static_cast<std::uint32_t>(id));
}

void CellStyles::end(std::string_view name) {
  if (name == "cellXfs") in_cells_ = false;
}

void SharedStrings::start(std::string_view name, const XmlAttributes&) {
  if (name == "rPh") ++readings_;
  if (name == "t") in_text_ = readings_ == 0;
}

void SharedStrings::end(std::string_view name) {
  if (name == "rPh") --readings_;
  if (name == "t") in_text_ = false;
  if (name == "si") ends_.push_back(text_.size());
}

void SharedStrings::text(std::string_view bytes) {
  if (in_text_) text_ += bytes;
}

void SharedStrings::add(std::string_view text) {
  if (done()) return;
  text_ += text;
  ends_.push_back(text_.size());
}

std::string_view SharedStrings::at(std::size_t index) const {
  if (index >= ends_.size()) return {};
  const std::size_t from = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(from, ends_[index] - from);
}

}  // namespace dragoman::read
