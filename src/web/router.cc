// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/router.h"

namespace dragoman::web {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(segment.size());
    segments.emplace_back(segment);
  }
  return segments;
}

bool is_capture(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{';
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_capture(pattern[i]) ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (Route& route : routes) {
    std::vector<std::string> segments = split(route.pattern);
    entries_.push_back({std::move(route), std::move(segments)});
  }
}

Router::Match Router::find(Method method, const std::vector<std::string>& segments) const {
  Match match;
  for (const Entry& entry : entries_) {
    if (!fits(entry.segments, segments)) continue;
    if (entry.route.method != method) {
      match.other_method = true;
      continue;
    }
    match.route = &entry.route;
    match.number = static_cast<std::size_t>(&entry - entries_.data());
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (is_capture(entry.segments[i])) match.captures.push_back(segments[i]);
    }
    return match;
  }
  return match;
}

}  // namespace dragoman::web
