// SPDX-License-Identifier: AGPL-3.0-or-later
// Any bytes as a query: a tree or an error with a place; the tree prints, and marks some page, without a crash.
#include <cstddef>
#include <cstdint>

#include "base/utf8.h"
#include "search/fts_expression.h"
#include "search/match.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto query = search::parse_query(text);
  if (!query) {
    CHECK(query.error().kind == ErrorKind::malformed && !query.error().where.empty());
    return 0;
  }
  CHECK(is_valid_utf8(search::to_string(*query)));
  CHECK(query->only_filters() || !search::fts_expression(query->text).phrases.empty());
  const auto words = words_of(to_valid_utf8(text));
  const auto matches = search::find_matches(*query, words);
  const auto shown = search::snippet(words, matches);
  CHECK(words.empty() || shown.range.last.value() <= words.size());
  return 0;
}
