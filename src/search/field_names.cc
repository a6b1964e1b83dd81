// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/field_names.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <optional>

namespace dragoman::search {
namespace {

using enum FieldForm;

constexpr FieldName kNames[] = {
    {"label", words, "hidden"},
    {"author", words, "karimi"},
    {"last_author", words, "karimi"},
    {"reviser", words, "karimi"},
    {"creator", words, "writer"},
    {"producer", words, "acrobat"},
    {"software", words, "photoshop"},
    {"device", words, "\"canon eos\""},
    {"serial", words, "3421"},
    {"company", words, "ministry"},
    {"manager", words, "karimi"},
    {"created", time, "2014-10..2014-12"},
    {"modified", time, "2014-10"},
    {"printed", time, "2014"},
    {"sent", time, "2014-10-03"},
    {"received", time, "2014-10-03"},
    {"taken", time, "2014-10-03"},
    {"start", time, "2014-10-03"},
    {"end", time, "2014-10-03"},
    {"place", place, "35.6..35.8,51.2..51.5"},
    {"location", words, "tehran"},
    {"title", words, "budget"},
    {"subject", words, "budget"},
    {"keywords", words, "budget"},
    {"description", words, "budget"},
    {"language", words, "fa"},
    {"from", words, "karimi"},
    {"sender", words, "karimi"},
    {"to", words, "karimi"},
    {"cc", words, "karimi"},
    {"bcc", words, "karimi"},
    {"reply_to", words, "karimi"},
    {"message_id", words, "\"a@example.org\""},
    {"in_reply_to", words, "\"a@example.org\""},
    {"references", words, "\"a@example.org\""},
    {"thread", words, "budget"},
    {"thread_index", words, "AdHsVJaJ"},
    {"address", words, "example.org"},
    {"phone", words, "5551234"},
    {"organizer", words, "karimi"},
    {"attendee", words, "karimi"},
    {"duration", number, "60..600"},
    {"pages", number, "100.."},
    {"revision", number, "1..3"},
    {"identifier", words, "9780000000002"},
    {"publisher", words, "press"},
    {"rights", words, "reserved"},
    {"template", words, "normal"},
    {"signed_by", words, "karimi"},
    {"source", words, "example.org"},
};

/// Both ends of "a..b"; of a single value that value twice.
struct Ends {
  std::string_view from;
  std::string_view to;
};
Ends ends_of(std::string_view value) {
  const std::size_t dots = value.find("..");
  if (dots == value.npos) return {value, value};
  return {value.substr(0, dots), value.substr(dots + 2)};
}

// "2014-10-03t12:00:00" as far as it goes.
bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddtdd:dd:dd";
  constexpr std::size_t kEnds[] = {4, 7, 10, 13, 16, 19};
  if (std::find(std::begin(kEnds), std::end(kEnds), text.size()) == std::end(kEnds)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : (text[i] | 0x20) != (kForm[i] | 0x20)) return false;
  }
  return true;
}

std::optional<double> decimal(std::string_view text) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  const std::size_t digits = text.front() == '-' || text.front() == '+' ? 1 : 0;
  if (digits == text.size() || text.find_first_not_of("0123456789.", digits) != text.npos) return std::nullopt;
  return std::strtod(std::string(text).c_str(), nullptr);
}

struct Box {
  double south = 0, north = 0, west = 0, east = 0;
  bool point = false;
};

std::optional<Box> box_of(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == text.npos) return std::nullopt;
  const Ends latitudes = ends_of(text.substr(0, comma));
  const Ends longitudes = ends_of(text.substr(comma + 1));
  const auto south = decimal(latitudes.from);
  const auto north = decimal(latitudes.to);
  const auto west = decimal(longitudes.from);
  const auto east = decimal(longitudes.to);
  if (!south || !north || !west || !east) return std::nullopt;
  if (*south < -90 || *north > 90 || *south > *north || std::fabs(*west) > 180 || std::fabs(*east) > 180) {
    return std::nullopt;
  }
  return Box{*south, *north, *west, *east, text.find("..") == text.npos};
}

// Along the surface of a sphere of the earth's mean radius (haversine).
double kilometres(double lat1, double lon1, double lat2, double lon2) {
  constexpr double kRadians = std::numbers::pi / 180;
  constexpr double kEarthRadius = 6371.0;
  const double height = std::sin((lat2 - lat1) * kRadians / 2);
  const double width = std::sin((lon2 - lon1) * kRadians / 2);
  const double a = height * height + std::cos(lat1 * kRadians) * std::cos(lat2 * kRadians) * width * width;
  return 2 * kEarthRadius * std::asin(std::sqrt(std::min(1.0, a)));
}

bool is_number_end(std::string_view text) {
  return text.empty() || (text.size() <= 12 && text.find_first_not_of("0123456789") == text.npos);
}

// Numbers without leading zeros order as texts do once their lengths are compared.
bool not_above(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a <= b;
}

std::string_view without_zeros(std::string_view text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == text.npos ? text.substr(0, text.empty() ? 0 : 1) : text.substr(first);
}

}  // namespace

std::span<const FieldName> field_names() {
  return kNames;
}

const FieldName* field_named(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kNames), std::end(kNames), [&](const FieldName& row) { return row.name == name; });
  return found == std::end(kNames) ? nullptr : found;
}

Result<void> check_field_value(const FieldName& field, std::string_view value) {
  const Ends ends = ends_of(value);
  const bool range = value.find("..") != value.npos;
  const bool some = !ends.from.empty() || !ends.to.empty();
  switch (field.form) {
    case words: return {};
    case time: {
      const bool fits = some && (ends.from.empty() || is_time(ends.from)) && (ends.to.empty() || is_time(ends.to)) &&
                        (range || is_time(value));
      if (fits) return {};
      return fail(ErrorKind::malformed,
                  "is a day, a month, a year or a range of them, as in 2014-10-03, 2014, 2014-10..2014-12, ..2013");
    }
    case place:
      if (box_of(value)) return {};
      return fail(ErrorKind::malformed,
                  "is a latitude and a longitude, or a range of each, as in 35.7,51.4 or 35.6..35.8,51.2..51.5");
    case number:
      if (some && is_number_end(ends.from) && is_number_end(ends.to)) return {};
      return fail(ErrorKind::malformed, "is a number or a range of numbers, as in 12, 60..600, 100..");
  }
  return {};
}

bool time_fits(std::string_view normal, std::string_view wanted) {
  const Ends ends = ends_of(wanted);
  // "T" and "t" are the one difference that folding makes.
  const auto compare = [&](std::string_view bound) {
    const std::string_view start = normal.substr(0, bound.size());
    for (std::size_t i = 0; i < std::min(start.size(), bound.size()); ++i) {
      const char a = static_cast<char>(start[i] | 0x20);
      const char b = static_cast<char>(bound[i] | 0x20);
      if (a != b) return a < b ? -1 : 1;
    }
    return 0;
  };
  if (normal.empty()) return false;
  const bool single = wanted.find("..") == wanted.npos;
  // A document that says only its year is of no known day.
  if (single) return normal.size() >= wanted.size() && compare(wanted) == 0;
  return (ends.from.empty() || compare(ends.from) >= 0) && (ends.to.empty() || compare(ends.to) <= 0);
}

bool place_fits(std::string_view normal, std::string_view wanted) {
  const auto at = box_of(normal);
  const auto box = box_of(wanted);
  if (!at || !box) return false;
  if (box->point) return kilometres(at->south, at->west, box->south, box->west) <= kNearKilometres;
  const bool between = at->south >= box->south && at->south <= box->north;
  const bool across = box->west > box->east;
  const bool beside =
      across ? at->west >= box->west || at->west <= box->east : at->west >= box->west && at->west <= box->east;
  return between && beside;
}

bool number_fits(std::string_view normal, std::string_view wanted) {
  const Ends ends = ends_of(wanted);
  const std::string_view value = without_zeros(normal);
  if (value.empty()) return false;
  return (ends.from.empty() || not_above(without_zeros(ends.from), value)) &&
         (ends.to.empty() || not_above(value, without_zeros(ends.to)));
}

}  // namespace dragoman::search
