// SPDX-License-Identifier: AGPL-3.0-or-later
// What a handler sees of HTTP: a request that was checked already, and the answer it gives. Nothing of Boost is in
// here; server.cc alone speaks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace dragoman::web {

using Json = nlohmann::ordered_json;

enum class Method : std::uint8_t { get, post, put, remove };

/// A request whose cookie, Host and Origin were found right. All text is valid UTF-8 (else it was refused).
struct Request {
  Method method = Method::get;
  std::string path;                                        // decoded, without the query: "/api/items/7"
  std::vector<std::string> captures;                       // what the route's {…} stood for, decoded, in order
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::string body;                                        // of JSON requests; at most 1 MiB

  /// The first value; nullopt when the parameter is not there.
  std::optional<std::string> parameter(std::string_view name) const;
  std::vector<std::string> parameters(std::string_view name) const;
  /// `fallback` when it is not there; malformed, naming the parameter, when it is no whole number in low…high.
  Result<std::int64_t> number(std::string_view name, std::int64_t fallback, std::int64_t low, std::int64_t high) const;
  /// The capture as a positive number; not_found when it is none.
  Result<std::int64_t> id(std::size_t capture) const;
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// 200 with that JSON; invalid UTF-8 is replaced.
Answer answer_json(const Json& json, int status = 200);
/// The error as application/problem+json (RFC 9457): malformed 400, not_found 404, denied 403, conflict 409,
/// limit 413, unsupported 415, encrypted 422, timeout and cancelled 503, crashed and io 500.
Answer answer_problem(const Error& error);
/// A problem of HTTP itself, which no ErrorKind stands for: 401, 405, 421 … `kind` is the last part of its type.
Answer problem(int status, std::string_view kind, std::string_view title, std::string_view detail);

/// A place in a list, handed out and taken back as one opaque word (base64url). `kind` says what list it belongs to:
/// a cursor of another list, of another query (`about`), or a broken one is malformed, "where" = "cursor".
struct Cursor {
  std::string kind;
  std::string about;  // what the list was asked for, e.g. the canonical query and its filters
  std::int64_t at = 0;
};
std::string to_text(const Cursor& cursor);
/// The `at` of the request's parameter "cursor"; 0 when there is none.
Result<std::int64_t> cursor_of(const Request& request, std::string_view kind, std::string_view about);

}  // namespace dragoman::web
