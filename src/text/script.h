// SPDX-License-Identifier: AGPL-3.0-or-later
// Which script a letter, or most of a page, is written in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "record/page.h"

namespace dragoman::text {

enum class Script : std::uint8_t { none, latin, arabic, hebrew, cyrillic, greek, other };

/// `none` for digits, punctuation, marks, spaces; `other` for letters of any further script.
Script script_of(char32_t c);

/// The script of most letters; `none` when there is no letter. Ties go to the one met first.
Script main_script(std::span<const Word> words);

/// Letters of right-to-left scripts.
constexpr bool is_right_to_left(Script script) {
  return script == Script::arabic || script == Script::hebrew;
}

std::string_view to_string(Script script);

}  // namespace dragoman::text
