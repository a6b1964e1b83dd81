// SPDX-License-Identifier: AGPL-3.0-or-later
// Who and what the leak is about: two invented states, Varzenia and Kelmoria, their towns, people
// and offices. Each has one spelling a script, so that later issues can match them across scripts.
#pragma once

#include <span>
#include <string_view>

#include "language.h"

namespace dragoman::sample {

struct Trilingual {
  std::string_view fa;
  std::string_view ar;
  std::string_view en;

  constexpr std::string_view in(Lang lang) const { return lang == Lang::fa ? fa : lang == Lang::ar ? ar : en; }
};

std::span<const Trilingual> given_names();
std::span<const Trilingual> family_names();  // made from invented towns: nobody bears them
std::span<const Trilingual> towns();
std::span<const Trilingual> offices();

}  // namespace dragoman::sample
