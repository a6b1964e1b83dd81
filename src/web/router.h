// SPDX-License-Identifier: AGPL-3.0-or-later
// Finds the route of a request.
#pragma once

#include <string>
#include <vector>

#include "web/routes.h"

namespace dragoman::web {

/// Constant after it was made: any thread.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route = nullptr;  // null: none
    std::size_t number = 0;        // of the route in the list, for the log
    std::vector<std::string> captures;
    bool other_method = false;  // no route, but another method has one
  };
  Match find(Method method, const std::vector<std::string>& segments) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;  // "{…}" captures
  };
  std::vector<Entry> entries_;
};

}  // namespace dragoman::web
