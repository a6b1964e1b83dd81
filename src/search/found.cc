// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/found.h"

#include <algorithm>
#include <unordered_map>

#include "evidence/listing.h"
#include "search/field_lookup.h"
#include "text/script.h"

namespace dragoman::search {
namespace {

std::string title_of(const evidence::HitRow& row) {
  if (!row.title.empty()) return row.title;
  const std::string& name = row.name.empty() ? row.path : row.name;
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

bool reads_right_to_left(std::span<const Word> words, WordRange shown) {
  const auto first = static_cast<std::size_t>(shown.first.value() - 1);
  const auto of_snippet = text::main_script(words.subspan(first, shown.last.value() - first));
  const bool letters = of_snippet != text::Script::none;
  return text::is_right_to_left(letters ? of_snippet : text::main_script(words));
}

/// The words that are shown.
WordRange add_matches(FoundPage& found, const std::vector<Word>& words, std::span<const Match> matches) {
  Snippet shown = snippet(words, matches);
  found.snippet = std::move(shown.text.utf8);
  found.marks = std::move(shown.marks);
  found.right_to_left = reads_right_to_left(words, shown.range);
  const std::vector<WordIndex> marked = words_of_matches(matches);
  found.matches = marked.size();
  for (const WordIndex word : marked) {
    const auto& box = words.at(word.value() - 1).box;
    if (box) found.boxes.push_back(*box);
  }
  return shown.range;
}

FoundPage describe(const Query& query, const Hit& hit, const evidence::HitRow& row, const Forms* forms) {
  const std::vector<Match> matches = find_matches(query, row.version.words, forms);
  FoundPage found;
  found.item = row.content.primary;
  found.path = row.path;
  found.title = title_of(row);
  found.page = row.page.number;
  found.label = row.page.label;
  found.score = hit.score;
  found.lang = row.version.lang;
  found.type = row.content.kind;
  found.state = row.content.state;
  found.source = row.version.source;
  found.quality = row.version.quality;
  found.width = row.page.width;
  found.height = row.page.height;
  const WordRange shown = add_matches(found, row.version.words, matches);
  // Found by filters alone: what is shown is what is cited.
  const WordRange range = best_cluster(matches).value_or(shown.last < shown.first ? WordRange{} : shown);
  found.citation = Citation{row.content.sha256, row.page.number, range.first, range.last, row.version.v()};
  return found;
}

}  // namespace

Result<Found> find(store::Database& db, Index& index, const Query& query, const SearchOptions& options) {
  const Query ready = TRY(look_up_fields(db, query));
  const SearchResult result = TRY(index.search(ready, options));
  Found found;
  found.total = result.total;
  found.generation = result.generation;
  std::unordered_map<ContentId, std::int64_t> pages;
  for (const Hit& hit : result.hits) {
    const auto row = evidence::hit_row(db, hit.version);
    if (!row && row.error().kind == ErrorKind::not_found) continue;
    if (!row) return Failure(row.error());
    const auto counted = pages.find(row->content.id);
    const std::int64_t count =
        counted != pages.end() ? counted->second : TRY(evidence::page_count(db, row->content.id));
    pages[row->content.id] = count;
    found.pages.push_back(describe(query, hit, *row, options.forms));
    found.pages.back().pages = count;
  }
  return found;
}

Result<ContentHits> find_in_content(store::Database& db, Index& index, const Query& query, ContentId content,
                                    const SearchOptions& options) {
  SearchOptions narrowed = options;
  auto only = std::make_shared<std::vector<bool>>(static_cast<std::size_t>(content.value()) + 1);
  only->back() = true;
  narrowed.narrowing.contents = std::move(only);
  const Query ready = TRY(look_up_fields(db, query));
  const std::vector<VersionId> versions = TRY(index.matching(ready, narrowed));
  const auto pages = TRY(evidence::pages_of_versions(db, content, versions));
  ContentHits found;
  found.total = pages.size();
  const std::size_t first = std::min(options.offset, pages.size());
  const std::size_t last = first + std::min(options.limit, pages.size() - first);
  for (std::size_t i = first; i < last; ++i) {
    const evidence::VersionRow version = TRY(evidence::version(db, pages[i].second));
    const auto count = match_words(query, version.words, options.forms).size();
    found.pages.emplace_back(pages[i].first, static_cast<std::uint32_t>(count));
  }
  return found;
}

}  // namespace dragoman::search
