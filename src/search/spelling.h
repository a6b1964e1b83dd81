// SPDX-License-Identifier: AGPL-3.0-or-later
// Words of a query as tokens, with the other ways to write them: a spaced affix may be joined, a joined one spaced.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/strong.h"
#include "search/query.h"

namespace dragoman::search {

struct TypedWord {
  std::string text;     // as typed
  bool prefix = false;  // a * followed
  CodepointOffset at{0};
};

/// Words that must all be on the page: a node for each, or one for several that belong together
/// ((می AND رود) OR میرود). Words without letters give none. `next_term` is counted up.
std::vector<Node> spell_words(std::span<const TypedWord> words, std::uint32_t& next_term);

/// A phrase: a sequence, or several under any_of with `spelling` when it can be written in several ways (at most
/// kMaxSpellings; then the rest is taken as typed). No node when it holds no letters.
std::vector<Node> spell_phrase(const TypedWord& phrase, std::uint32_t& next_term);

inline constexpr std::size_t kMaxSpellings = 32;

}  // namespace dragoman::search
