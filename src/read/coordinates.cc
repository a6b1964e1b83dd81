// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/coordinates.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace dragoman::read {
namespace {

constexpr std::size_t kLongest = 200;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The number at `at`, moved behind it: digits with at most one point. strtod would take more than decimals.
std::optional<double> number_at(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  bool point = false;
  while (at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point))) {
    point = point || text[at] == '.';
    ++at;
  }
  if (at == begin || at - begin > 20) return std::nullopt;
  return std::strtod(std::string(text.substr(begin, at - begin)).c_str(), nullptr);
}

/// All numbers of a text, fractions ("2133/100") divided.
std::vector<double> numbers_of(std::string_view text) {
  std::vector<double> out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    const auto above = number_at(text, at);
    if (!above) return {};
    double value = *above;
    if (at + 1 < text.size() && text[at] == '/' && is_digit(text[at + 1])) {
      ++at;
      const auto below = number_at(text, at);
      if (!below) return {};
      // 0/0 is how cameras without a fix fill the field.
      if (*below == 0) return {};
      value /= *below;
    }
    out.push_back(value);
  }
  return out;
}

std::optional<double> degrees(const std::vector<double>& parts) {
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  double value = 0;
  double unit = 1;
  for (const double part : parts) {
    if (unit < 1 && part > 60) return std::nullopt;
    value += part * unit;
    unit /= 60;
  }
  return value;
}

bool points_south_or_west(std::string_view text, std::string_view ref) {
  for (const std::string_view one : {text, ref}) {
    const std::size_t at = one.find_first_of("NSEWnsew");
    if (at == one.npos) continue;
    // "35 deg 41'" holds an e that is no direction.
    if (one.data() == text.data() && one.find("deg") != one.npos) continue;
    return one[at] == 'S' || one[at] == 'W' || one[at] == 's' || one[at] == 'w';
  }
  return false;
}

// ISO 6709, 6: the count of digits before the point tells degrees from degrees with minutes, and with seconds.
std::optional<double> signed_part(std::string_view text, std::size_t& at, std::size_t degree_digits) {
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
  const bool negative = text[at++] == '-';
  std::size_t whole = 0;
  while (at + whole < text.size() && is_digit(text[at + whole])) ++whole;
  const std::string digits(text.substr(at, whole));
  const auto value = number_at(text, at);
  if (!value) return std::nullopt;
  double result = *value;
  if (whole == degree_digits + 2 || whole == degree_digits + 4) {
    const double base = std::strtod(digits.substr(0, degree_digits).c_str(), nullptr);
    const double rest = *value - base * (whole == degree_digits + 2 ? 1e2 : 1e4);
    const double minutes = whole == degree_digits + 2 ? rest : std::floor(rest / 100);
    const double seconds = whole == degree_digits + 2 ? 0 : rest - minutes * 100;
    result = base + minutes / 60 + seconds / 3600;
  } else if (whole > degree_digits) {
    return std::nullopt;
  }
  return negative ? -result : result;
}

std::string shortest(double value) {
  std::string text = fmt::format("{:.6f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

std::string place_text(double latitude, double longitude) {
  const bool fits =
      std::isfinite(latitude) && std::isfinite(longitude) && std::fabs(latitude) <= 90 && std::fabs(longitude) <= 180;
  return fits ? shortest(latitude) + "," + shortest(longitude) : std::string();
}

std::optional<double> coordinate_of(std::string_view text, std::string_view ref) {
  if (text.size() > kLongest || ref.size() > kLongest) return std::nullopt;
  const auto value = degrees(numbers_of(text));
  if (!value) return std::nullopt;
  const std::size_t minus = text.find('-');
  const bool negative =
      points_south_or_west(text, ref) || (minus != text.npos && minus < text.find_first_of("0123456789"));
  return negative ? -*value : *value;
}

std::string place_of(std::string_view text) {
  if (text.size() > kLongest) return {};
  if (text.starts_with("geo:")) text.remove_prefix(4);
  const std::size_t first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  text.remove_prefix(first);
  const std::size_t between = text.find_first_of(",;");
  if (between == text.npos) {
    std::size_t at = 0;
    const auto latitude = signed_part(text, at, 2);
    const auto longitude = latitude ? signed_part(text, at, 3) : std::nullopt;
    return longitude ? place_text(*latitude, *longitude) : std::string();
  }
  std::string_view second = text.substr(between + 1);
  // Height and parameters (";u=35") follow.
  second = second.substr(0, second.find_first_of(",;"));
  const auto latitude = coordinate_of(text.substr(0, between), "");
  const auto longitude = coordinate_of(second, "");
  return latitude && longitude ? place_text(*latitude, *longitude) : std::string();
}

}  // namespace dragoman::read
