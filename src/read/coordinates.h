// SPDX-License-Identifier: AGPL-3.0-or-later
// Places on the earth as documents write them, in degrees.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dragoman::read {

/// "35.6892,51.389": at most six decimals. Empty where a number is out of range.
std::string place_text(double latitude, double longitude);

/// One coordinate: "35.6892", "35/1 41/1 2133/100" and "35 deg 41' 21.33\"" (EXIF), "35,41.356N" (XMP). `ref` is what
/// stands beside it, "N", "South" …; a letter in the text itself counts first. nullopt for what is none.
std::optional<double> coordinate_of(std::string_view text, std::string_view ref);

/// Both in one text: ISO 6709 ("+35.6892+051.3890/", "+354121+0512320/"), RFC 5870 ("geo:35.6,51.3"), iCalendar
/// ("35.6;51.3"), "35.6, 51.3". Empty for what is none.
std::string place_of(std::string_view text);

}  // namespace dragoman::read
