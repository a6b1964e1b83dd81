// SPDX-License-Identifier: AGPL-3.0-or-later
// Times as documents write them, in one form. Notations: ISO 8601, RFC 5322 (RFC 850 and asctime too), PDF
// (ISO 32000-1, 7.9.4), EXIF (JEITA CP-3451, "YYYY:MM:DD HH:MM:SS"), iCalendar, FILETIME and Unix times as numbers.
#pragma once

#include <string>
#include <string_view>

namespace dragoman::read {

/// ISO 8601 to the second: "2014-10-03T12:00:00+03:30", "…Z", without a zone where the text names none (or one that
/// cannot be), or only as far as the text goes ("2014-10-03", "2014-10", "2014"). Empty for what is no time, or one
/// that never was (month 13, second 61, year 0).
std::string moment_of(std::string_view text);

/// A zone as `moment_of` writes it: "+0330", "+03:30", "Z" → "+03:30", "Z"; empty for what is none.
std::string zone_of(std::string_view text);

}  // namespace dragoman::read
