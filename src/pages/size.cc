// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/size.h"

namespace dragoman::pages {

std::optional<Size> size_named(std::string_view name) {
  for (const SizeRule& rule : kSizes) {
    if (rule.name == name) return rule.size;
  }
  return std::nullopt;
}

}  // namespace dragoman::pages
