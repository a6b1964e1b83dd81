#include "search/found.h"

#include "evidence/items.h"
#include "evidence/pages.h"
#include "search/match.h"

namespace dragoman::search {
namespace {

std::string title_of(const std::vector<Document>& documents, PageIndex page, const std::string& name) {
  for (const Document& document : documents) {
    if (page >= document.first_page && page <= document.last_page && !document.title.empty()) return document.title;
  }
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

Result<FoundPage> describe(store::Database& db, const Query& query, const Hit& hit, const Forms* forms) {
  const evidence::VersionRow version = TRY(evidence::version(db, hit.version));
  const evidence::PageRow page = TRY(evidence::page_of_version(db, hit.version));
  const auto content = TRY(evidence::content(db, page.content));
  CHECK(content);
  const auto item = TRY(evidence::item(db, content->primary));
  CHECK(item);
  const auto documents = TRY(evidence::documents_of(db, page.content));
  const std::vector<Match> matches = find_matches(query, version.words, forms);
  FoundPage found;
  found.item = item->id;
  found.path = item->path;
  found.title = title_of(documents, page.number, item->name.empty() ? item->path : item->name);
  found.page = page.number;
  found.score = hit.score;
  found.lang = version.lang;
  found.snippet = snippet(version.words, matches).text.utf8;
  const WordRange range = best_cluster(matches).value_or(WordRange{});
  found.citation = Citation{content->sha256, page.number, range.first, range.last, version.v()};
  for (const WordIndex word : match_words(query, version.words, forms)) {
    const auto& box = version.words.at(word.value() - 1).box;
    if (box) found.boxes.push_back(*box);
  }
  return found;
}

}  // namespace

Result<Found> find(store::Database& db, Index& index, const Query& query, const SearchOptions& options) {
  const SearchResult result = TRY(index.search(query, options));
  Found found;
  found.total = result.total;
  for (const Hit& hit : result.hits) {
    auto page = describe(db, query, hit, options.forms);
    if (!page && page.error().kind == ErrorKind::not_found) continue;
    found.pages.push_back(TRY(std::move(page)));
  }
  return found;
}

}  // namespace dragoman::search
