// SPDX-License-Identifier: AGPL-3.0-or-later
// The sizes in which people see a page: a fixed table, so that nobody can ask for a picture of any other cost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::pages {

enum class Size : std::uint8_t { thumb, screen, large };

struct SizeRule {
  Size size;
  std::string_view name;     // of the parameter `size` and in the cache's file names
  int width;                 // pixels; a picture is as wide as this or, where a bound asks for it, narrower
  std::uint64_t max_pixels;  // twice the height of an A4 page: longer pages are drawn smaller
  std::size_t max_bytes;     // of the encoded picture; more than any encoder makes of max_pixels
};

inline constexpr std::array<SizeRule, 3> kSizes{{
    {Size::thumb, "thumb", 160, 160 * 460, std::size_t{1} << 20},
    {Size::screen, "screen", 1200, 1200 * 3400, std::size_t{16} << 20},
    {Size::large, "large", 2400, 2400 * 6800, std::size_t{64} << 20},
}};

constexpr const SizeRule& rule_of(Size size) {
  return kSizes[static_cast<std::size_t>(size)];
}
/// nullopt when no size has that name.
std::optional<Size> size_named(std::string_view name);

/// No page is drawn finer than this: a stamp-sized page would only show its own grain.
inline constexpr double kMostDpi = 600;

}  // namespace dragoman::pages
