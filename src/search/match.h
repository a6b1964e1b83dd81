// SPDX-License-Identifier: AGPL-3.0-or-later
// Where on a page a query matches, the snippet to show, and the words to cite. Pure functions of query and words:
// they agree with the index because they use the same tokens.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/strong.h"
#include "record/page.h"
#include "search/forms.h"
#include "search/query.h"
#include "text/fold.h"

namespace dragoman::search {

/// Words from…to, both included, counted from 1.
struct WordRange {
  WordIndex first{1};
  WordIndex last{1};
  bool operator==(const WordRange&) const = default;
};

/// One place where one sequence of the query stands. `term` numbers the query's terms: spellings of one word
/// share a number.
struct Match {
  WordRange range;
  std::uint32_t term = 0;
  bool operator==(const Match&) const = default;
};

/// In reading order. Only terms that the query asks for (not those after NOT); phrases as a whole.
std::vector<Match> find_matches(const Query& query, std::span<const Word> words, const Forms* forms = nullptr);

/// The words to mark: ascending, without repeats, from 1.
std::vector<WordIndex> match_words(const Query& query, std::span<const Word> words, const Forms* forms = nullptr);

/// The shortest run of words with the most different terms of the query, the first of its kind: what a citation
/// names. For a phrase exactly the phrase. Runs longer than 60 words are not tried: then the best shorter one.
std::optional<WordRange> best_cluster(std::span<const Match> matches);

/// The words that these matches cover: ascending, without repeats, from 1.
std::vector<WordIndex> words_of_matches(std::span<const Match> matches);

/// The same as runs of words; matches that overlap are one run, neighbours are not.
std::vector<WordRange> runs_of_matches(std::span<const Match> matches);

/// Part of a text in UTF-16 code units, half open, as viewers count.
struct TextMark {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const TextMark&) const = default;
};

struct Snippet {
  text::RawText text;           // as printed, words joined by spaces, "…" where the page goes on
  WordRange range;              // the words shown; 1–0 on a page without words
  std::vector<TextMark> marks;  // matching words, ascending; neighbours of one match are one mark
};

/// About 30 words around the best cluster; the beginning of the page when there is no match.
Snippet snippet(std::span<const Word> words, std::span<const Match> matches);

}  // namespace dragoman::search
