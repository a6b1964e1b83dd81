// SPDX-License-Identifier: AGPL-3.0-or-later
// Searches with known answers: words of the leak, typed the way people type them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::sample {

struct PlacedItem;

struct PageRef {
  std::string path;
  int page = 1;
};

struct Query {
  std::string id;
  std::string why;
  std::string text;
  std::vector<PageRef> expect;       // pages whose text is there to be read: exact
  std::vector<PageRef> expect_scan;  // pages that must be recognised first
  std::string label;                 // of a planted word: what its page is called
};

// The search tokens of a text after folding (docs/folding.md), without the double reading of
// affixes: letters and digits in runs, folded, ZWNJ dropped.
std::vector<std::string> folded_tokens(std::string_view text);

std::vector<Query> make_queries(const std::vector<PlacedItem>& items, std::uint64_t seed);

}  // namespace dragoman::sample
