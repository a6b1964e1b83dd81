// SPDX-License-Identifier: AGPL-3.0-or-later
// A query as typed, cut into words, phrases, operators, filters and parentheses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong.h"
#include "search/query.h"

namespace dragoman::search {

enum class LexemeKind : std::uint8_t { word, phrase, filter, open, close, any_of, all_of, negation, end };

struct Lexeme {
  LexemeKind kind = LexemeKind::end;
  std::string text;     // word, phrase: as printed, without quotes and *; filter: the value
  bool prefix = false;  // word, phrase: a * followed
  FilterField field = FilterField::lang;
  std::string name;  // filter of a field
  CodepointOffset at{0};
};

/// Ends with one lexeme of kind `end`. Errors as parse_query().
Result<std::vector<Lexeme>> cut_query(std::string_view text);

/// The error of a query: where = "character N", counted from 1.
Error query_error(std::string message, CodepointOffset at);

}  // namespace dragoman::search
