// From an index's hits to what a reader wants to see: which page of which item, the words as printed, where they
// stand, and the citation that names them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/citation.h"
#include "record/page.h"
#include "search/index.h"
#include "search/query.h"
#include "store/database.h"

namespace dragoman::search {

struct FoundPage {
  ItemId item{0};
  std::string title;
  std::string path;
  PageIndex page{1};
  double score = 0;
  std::string lang;
  std::string snippet;     // as printed
  Citation citation;       // of the best run of matching words
  std::vector<Box> boxes;  // of every matching word of the page; none on reflowable pages
};

struct Found {
  std::uint64_t total = 0;
  std::vector<FoundPage> pages;
};

/// Hits whose version the case does not have (an index that is one commit ahead) are left out.
Result<Found> find(store::Database& db, Index& index, const Query& query, const SearchOptions& options);

}  // namespace dragoman::search
