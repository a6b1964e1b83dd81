// SPDX-License-Identifier: AGPL-3.0-or-later
// From an index's hits to what a reader wants to see: which page of which item, the words as printed, where they
// stand, and the citation that names them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/citation.h"
#include "record/item.h"
#include "record/page.h"
#include "search/index.h"
#include "search/match.h"
#include "search/query.h"
#include "store/database.h"

namespace dragoman::search {

struct FoundPage {
  ItemId item{0};
  std::string title;
  std::string path;
  PageIndex page{1};
  std::string label;  // what the page is called beside its number; mostly empty
  double score = 0;
  std::string lang;
  std::string snippet;          // as printed
  std::vector<TextMark> marks;  // of the snippet
  Citation citation;            // of the best run of matching words
  std::vector<Box> boxes;       // of every matching word of the page; none on reflowable pages
  std::size_t matches = 0;      // matching words of the page
  bool right_to_left = false;   // by most letters of the snippet
  std::string type;             // short name
  ItemState state = ItemState::read;
  TextSource source = TextSource::none;
  double quality = 0;
  std::int64_t pages = 0;  // of the item
  double width = 0;        // points; 0 on reflowable pages
  double height = 0;
};

struct Found {
  std::uint64_t total = 0;
  std::uint64_t generation = 0;
  std::vector<FoundPage> pages;
};

/// Hits whose version the case does not have (an index that is one commit ahead) are left out.
Result<Found> find(store::Database& db, Index& index, const Query& query, const SearchOptions& options);

/// The matching pages of one content, in page order.
struct ContentHits {
  std::uint64_t total = 0;                                 // matching pages
  std::vector<std::pair<PageIndex, std::uint32_t>> pages;  // number, matching words
};
/// `limit` pages from position `offset` on; only their words are looked at.
Result<ContentHits> find_in_content(store::Database& db, Index& index, const Query& query, ContentId content,
                                    const SearchOptions& options);

}  // namespace dragoman::search
