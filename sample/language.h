// SPDX-License-Identifier: AGPL-3.0-or-later
// The three languages of the leak and how each writes its digits.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace dragoman::sample {

enum class Lang { fa, ar, en };

inline constexpr std::array kLangs{Lang::fa, Lang::ar, Lang::en};

constexpr std::string_view code(Lang lang) {
  return lang == Lang::fa ? "fa" : lang == Lang::ar ? "ar" : "en";
}

constexpr bool is_rtl(Lang lang) {
  return lang != Lang::en;
}

// ASCII digits replaced by Persian or Arabic-Indic ones.
std::string native_digits(Lang lang, std::string_view text);

// The reverse, for both sets.
std::string western_digits(std::string_view text);

}  // namespace dragoman::sample
