// SPDX-License-Identifier: AGPL-3.0-or-later
// The closed list of affixes that may stand apart from their stem (docs/folding.md).
#pragma once

#include <array>
#include <string_view>

namespace dragoman::text {

/// Persian prefixes, folded: "می رود" is "می‌رود".
inline constexpr std::array<std::string_view, 4> kPrefixes = {"می", "نمی", "همی", "بی"};

/// Persian suffixes, folded: "کتاب ها" is "کتاب‌ها", "خانه ی" is "خانه‌ی".
inline constexpr std::array<std::string_view, 30> kSuffixes = {
    "ها", "های", "هایی", "هایم",   "هایت",    "هایش", "هایمان", "هایتان", "هایشان",  // plural
    "تر", "تری", "ترین", "ترینها", "ترینهای",                                        // comparison
    "ام", "ات",  "اش",   "مان",    "تان",     "شان",                                 // my, your, his …
    "ای", "ایم", "اید",  "اند",                                                      // am … are; indefinite
    "ی",  "یی",  "گی",   "گان",    "وار",     "مند",                                 // of; derived
};

enum class AffixKind : unsigned char { none, prefix, suffix };

AffixKind affix_kind(std::string_view folded);

}  // namespace dragoman::text
