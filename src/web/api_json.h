// SPDX-License-Identifier: AGPL-3.0-or-later
// Shapes that several answers share, as docs/openapi.json describes them, and what the handlers of the reading routes
// have in common.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evidence/items.h"
#include "evidence/listing.h"
#include "evidence/tree.h"
#include "record/page.h"
#include "web/http.h"
#include "web/routes.h"

namespace dragoman::web {

/// [x0, y0, x1, y1] in points, two decimals.
Json box_json(const Box& box);
Json gap_json(const evidence::GapListed& gap);
/// Points and shares are shown with two and four decimals.
double two_decimals(double value);
double four_decimals(double value);
std::string_view direction(bool right_to_left);
/// Whether most letters are of a right-to-left script.
bool right_to_left(std::span<const Word> words);

/// What stands behind the last slash of an item's path.
std::string last_name(const std::string& path);

/// The request's {id}: not_found when the case has no such item.
Result<evidence::ItemRow> item_of(const Request& request, store::Database& db);
/// The {page} of an item: not_found when it has no such page.
Result<evidence::PageRow> page_of(const Request& request, store::Database& db, const evidence::ItemRow& item);

/// What could not be understood was in the case, not in the request: an error of the server's side.
template <class T>
Result<T> from_case(Result<T> result) {
  if (!result && result.error().kind == ErrorKind::malformed) result.error().kind = ErrorKind::io;
  return result;
}

using Trees = std::shared_ptr<evidence::TreeCache>;
std::vector<Route> search_routes(const Trees& trees);  // api_search.cc
std::vector<Route> item_routes(const Trees& trees);    // api_items.cc
std::vector<Route> page_routes();                      // api_pages.cc
std::vector<Route> citation_routes();                  // api_citations.cc
std::vector<Route> gap_routes();                       // api_gaps.cc
std::vector<Route> custody_routes();                   // api_custody.cc

}  // namespace dragoman::web
