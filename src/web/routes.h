// SPDX-License-Identifier: AGPL-3.0-or-later
// The table of what the API answers. A route is a method, a pattern and a function; lanes keep slow work (pictures)
// from standing before quick work (searches).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "web/case_reader.h"
#include "web/http.h"

namespace dragoman::web {

enum class Lane : std::uint8_t {
  quick,    // database and index: a few threads, each with its own CaseReader
  picture,  // may wait for a worker: more threads
};

/// Runs on a thread of its lane, with that thread's reader. An error becomes a problem.
using Handler = std::function<Result<Answer>(const Request&, CaseReader&)>;

struct Route {
  Method method = Method::get;
  std::string_view pattern;  // "/api/items/{id}/pages/{page}"; a {…} is one segment
  Lane lane = Lane::quick;
  Handler handler;
};

/// Searching, items, pages, citations, gaps, custody: all that only reads the case (api_*.cc).
std::vector<Route> reading_routes();

}  // namespace dragoman::web
