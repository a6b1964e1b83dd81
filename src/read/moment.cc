// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/moment.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace dragoman::read {
namespace {

constexpr std::size_t kLongest = 200;  // of what can be a time, comments included

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

struct Moment {
  int year = 0;
  int month = 0;  // 0: only the year is known
  int day = 0;    // 0: only the month
  int hour = -1;  // -1: only the day
  int minute = 0;
  int second = 0;
  std::string zone;
};

bool is_possible(const Moment& m) {
  if (m.year < 1 || m.year > 9999) return false;
  if (m.month == 0) return true;
  if (m.month > 12) return false;
  if (m.day == 0) return true;
  const std::chrono::year_month_day day{std::chrono::year(m.year), std::chrono::month(static_cast<unsigned>(m.month)),
                                        std::chrono::day(static_cast<unsigned>(m.day))};
  if (!day.ok()) return false;
  // A leap second is a time that was.
  return m.hour < 0 || (m.hour < 24 && m.minute < 60 && m.second <= 60);
}

std::string written(const Moment& m) {
  if (!is_possible(m)) return {};
  if (m.month == 0) return fmt::format("{:04}", m.year);
  if (m.day == 0) return fmt::format("{:04}-{:02}", m.year, m.month);
  if (m.hour < 0) return fmt::format("{:04}-{:02}-{:02}", m.year, m.month, m.day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", m.year, m.month, m.day, m.hour, m.minute, m.second,
                     m.zone);
}

/// Reads a text from its left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  std::string_view rest() const { return text_; }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view of) {
    if (text_.empty() || of.find(text_.front()) == of.npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip(std::string_view of) {
    while (take_any(of)) {
    }
  }
  /// Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (text_.size() < count ||
        !std::all_of(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(count), is_digit)) {
      return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (text_[i] - '0');
    text_.remove_prefix(count);
    return value;
  }
  void skip_digits() {
    while (!text_.empty() && is_digit(text_.front())) text_.remove_prefix(1);
  }

 private:
  std::string_view text_;
};

// "12:00", "12:00:00", "120000", then a fraction. The separator may be missing.
bool read_clock(Cursor& in, Moment& m) {
  const auto hour = in.digits(2);
  if (!hour) return false;
  m.hour = *hour;
  const bool colon = in.take(':');
  if (const auto minute = in.digits(2)) {
    m.minute = *minute;
  } else {
    return !colon && in.at_end();  // "T12"
  }
  if (!colon || in.take(':')) {
    if (const auto second = in.digits(2)) m.second = *second;
  }
  if (in.take_any(".,")) in.skip_digits();
  return true;
}

// ISO 8601, EXIF (colons in the date), iCalendar and PDF (no separators).
std::optional<Moment> read_numeric(std::string_view text) {
  Cursor in(text);
  Moment m;
  const auto year = in.digits(4);
  if (!year) return std::nullopt;
  m.year = *year;
  const bool parted = in.take_any("-:/.");
  const auto month = in.digits(2);
  if (!month) return !parted && in.at_end() ? std::optional(m) : std::nullopt;
  m.month = *month;
  if (m.month == 0) return std::nullopt;
  if (in.at_end()) return m;
  if (parted && !in.take_any("-:/.")) return std::nullopt;
  const auto day = in.digits(2);
  if (!day || *day == 0) return std::nullopt;
  m.day = *day;
  const bool behind = in.take_any("Tt");
  in.skip(" ");
  if (in.at_end()) return behind ? std::nullopt : std::optional(m);
  if (!read_clock(in, m)) {
    // "2014-10-03 +03:30", a day with a zone.
    if (behind || zone_of(in.rest()).empty()) return std::nullopt;
    m.hour = -1;
    return m;
  }
  in.skip(" ");
  m.zone = zone_of(in.rest());
  return m;
}

// ----- names of days, months and zones

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

struct NamedZone {
  std::string_view name;
  std::string_view offset;
};
// RFC 5322, 4.3. Its one-letter zones but Z are to be taken for unknown.
constexpr NamedZone kZones[] = {{"z", "Z"},        {"ut", "Z"},       {"gmt", "Z"},      {"utc", "Z"},
                                {"est", "-05:00"}, {"edt", "-04:00"}, {"cst", "-06:00"}, {"cdt", "-05:00"},
                                {"mst", "-07:00"}, {"mdt", "-06:00"}, {"pst", "-08:00"}, {"pdt", "-07:00"}};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

int month_named(std::string_view word) {
  const std::string name = lowered(word.substr(0, 3));
  const auto* const found = std::find(kMonths.begin(), kMonths.end(), name);
  return found == kMonths.end() ? 0 : static_cast<int>(found - kMonths.begin()) + 1;
}

bool is_day_name(std::string_view word) {
  const std::string name = lowered(word.substr(0, 3));
  return word.size() >= 3 && std::find(kDays.begin(), kDays.end(), name) != kDays.end();
}

// Comments in parentheses are white space (RFC 5322, 3.2.2); they nest.
std::string without_comments(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    out += depth > 0 ? ' ' : c;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  constexpr std::string_view kBetween = " \t\r\n,";
  for (std::size_t at = text.find_first_not_of(kBetween); at != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBetween, end);
  }
  return out;
}

std::optional<int> whole_number(std::string_view word, std::size_t most) {
  if (word.empty() || word.size() > most || !std::all_of(word.begin(), word.end(), is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : word) value = value * 10 + (c - '0');
  return value;
}

// RFC 5322, 4.3: two digits from 50 on are the last century's, three are counted from 1900.
int full_year(int year, std::size_t digits) {
  if (digits == 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits == 3 ? 1900 + year : year;
}

// "03-Oct-14" is three words (RFC 850).
std::vector<std::string_view> parted(std::vector<std::string_view> list) {
  if (list.empty()) return list;
  const std::string_view first = list.front();
  const std::size_t one = first.find('-');
  const std::size_t two = one == first.npos ? one : first.find('-', one + 1);
  if (two == first.npos) return list;
  list.front() = first.substr(two + 1);
  list.insert(list.begin(), {first.substr(0, one), first.substr(one + 1, two - one - 1)});
  return list;
}

/// Day, month and year in words: "3 Oct 2014 12:00:00 +0330" or "Oct 3 12:00:00 2014" (asctime).
std::optional<Moment> read_words(std::string_view text) {
  const std::string plain = without_comments(text);
  std::vector<std::string_view> list = words(plain);
  if (!list.empty() && is_day_name(list.front())) list.erase(list.begin());
  list = parted(std::move(list));
  if (list.size() < 3 || list.size() > 8) return std::nullopt;
  Moment m;
  const bool month_first = month_named(list[0]) != 0 && !is_digit(list[0].front());
  m.month = month_named(list[month_first ? 0 : 1]);
  const auto day = whole_number(list[month_first ? 1 : 0], 2);
  if (m.month == 0 || !day || *day == 0) return std::nullopt;
  m.day = *day;
  bool has_year = false;
  for (const std::string_view word : std::span(list).subspan(2)) {
    const std::size_t colon = word.find(':');
    if (colon != word.npos && m.hour < 0 && is_digit(word.front())) {
      const std::string padded = (colon == 1 ? "0" : "") + std::string(word);
      Cursor clock(padded);
      if (!read_clock(clock, m)) return std::nullopt;
      if (!clock.at_end()) m.zone = zone_of(clock.rest());
    } else if (const auto year = whole_number(word, 4); year && !has_year) {
      m.year = full_year(*year, word.size());
      has_year = true;
    } else if (m.hour >= 0 && m.zone.empty()) {
      m.zone = zone_of(word);
    }
  }
  return has_year ? std::optional(m) : std::nullopt;
}

// ----- numbers

std::string from_unix(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return written({static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
                  static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()), "Z"});
}

// How many digits tell what is counted: 9 or 10 seconds and 13 milliseconds since 1970, 17 or 18 a tenth of a
// microsecond each since 1601 (FILETIME, [MS-DTYP] 2.3.3).
std::optional<std::string> from_number(std::string_view text) {
  if (text.size() < 9 || text.size() > 18 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  if (text.size() <= 10) return from_unix(value);
  if (text.size() == 13) return from_unix(value / 1000);
  constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;
  if (text.size() >= 17) return from_unix(value / 10'000'000 - kSecondsTo1970);
  return std::nullopt;
}

}  // namespace

std::string zone_of(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (text.empty()) return {};
  if (text.front() != '+' && text.front() != '-') {
    // "Z00'00'" is how some PDFs say Z.
    const std::string name = lowered(text.front() == 'Z' ? text.substr(0, 1) : text);
    for (const NamedZone& zone : kZones) {
      if (zone.name == name) return std::string(zone.offset);
    }
    return {};
  }
  Cursor in(text.substr(1));
  const auto hours = in.digits(2);
  in.take_any(":'");
  const auto minutes = in.digits(2);
  if (!hours || *hours > 14 || minutes.value_or(0) > 59) return {};
  // "-0000": the time is UTC, where it was written is not said (RFC 5322, 3.3).
  if (*hours == 0 && minutes.value_or(0) == 0) return "Z";
  return fmt::format("{}{:02}:{:02}", text.front(), *hours, minutes.value_or(0));
}

std::string moment_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  if (text.size() > kLongest) return {};
  // Ten digits behind PDF's mark are a day and an hour; without it they count seconds.
  const bool marked = text.starts_with("D:");
  if (marked) text.remove_prefix(2);
  if (const auto number = marked ? std::nullopt : from_number(text)) return *number;
  if (const auto moment = read_numeric(text)) return written(*moment);
  if (const auto moment = read_words(text)) return written(*moment);
  return {};
}

}  // namespace dragoman::read
