// SPDX-License-Identifier: AGPL-3.0-or-later
// Other forms of a word — its stem, a name in another script — come through this border; main fills it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::search {

class Forms {
 public:
  virtual ~Forms() = default;
  /// Further folded tokens that a word of a query stands for, without the word itself; at most 32 are used.
  virtual std::vector<std::string> forms_of(std::string_view folded_token) const = 0;
};

/// A word stands for itself.
class NoForms : public Forms {
 public:
  std::vector<std::string> forms_of(std::string_view) const override { return {}; }
};

}  // namespace dragoman::search
