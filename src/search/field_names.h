// SPDX-License-Identifier: AGPL-3.0-or-later
// The fields that a query may name ("author:", "sent:"): the names that read/metadata.h gives to what formats declare,
// and what is written behind each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::search {

enum class FieldForm : std::uint8_t { words, time, place, number };

struct FieldName {
  std::string_view name;
  FieldForm form = FieldForm::words;
  std::string_view example;  // a value
};

/// All of them; "label", the words of a page's own label, is the first.
std::span<const FieldName> field_names();
/// nullptr when there is none.
const FieldName* field_named(std::string_view name);

/// Whether what stands behind the name (folded) can be looked for: `malformed` says how it is written.
Result<void> check_field_value(const FieldName& field, std::string_view value);

/// Whether the normal form of a time is the one asked for: a day, month or year as the beginning of it, or a range
/// "from..to" of them, both included, each of which may be missing. Zones are not looked at: the day is that of the
/// document.
bool time_fits(std::string_view normal, std::string_view wanted);
/// "lat,lon": within kNearKilometres; "lat..lat,lon..lon": in that box, which may cross 180 degrees.
bool place_fits(std::string_view normal, std::string_view wanted);
/// A number, or "from..to".
bool number_fits(std::string_view normal, std::string_view wanted);

inline constexpr double kNearKilometres = 10;

}  // namespace dragoman::search
