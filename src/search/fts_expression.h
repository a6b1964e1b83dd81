// SPDX-License-Identifier: AGPL-3.0-or-later
// A query tree as FTS5 reads it.
#pragma once

#include <string>
#include <vector>

#include "search/query.h"

namespace dragoman::search {

/// One phrase of the expression, in FTS5's numbering.
struct FtsPhrase {
  std::string text;    // as it stands in the expression: a key for its frequency
  bool scored = true;  // not one of those after NOT
};

struct FtsExpression {
  std::string match;
  std::vector<FtsPhrase> phrases;
};

/// Tokens go in between quotes, LF between those of a phrase; our tokenizer takes them as they are.
FtsExpression fts_expression(const Node& text);

}  // namespace dragoman::search
