// SPDX-License-Identifier: AGPL-3.0-or-later
// Errors as values. Every failure that input, disk, a peer or a limit can cause is a Result;
// a programmer's mistake is a CHECK. The kinds are closed: a new one is a change of the contract.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace dragoman {

enum class ErrorKind : std::uint8_t {
  malformed,
  encrypted,
  unsupported,
  limit,
  timeout,
  crashed,
  io,
  not_found,
  denied,
  conflict,
  cancelled,
};

/// The word used in messages and logs, e.g. "not_found".
constexpr std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::encrypted: return "encrypted";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::limit: return "limit";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::crashed: return "crashed";
    case ErrorKind::io: return "io";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::denied: return "denied";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::cancelled: return "cancelled";
  }
  return "unknown";
}

/// What went wrong and where. `message` is one line for the person who gave the command and names the
/// remedy where there is one; `where` is a path, blob id, inner path, offset or page (may be empty).
/// Both may hold names from evidence: they go to the terminal (escaped), never to a log file.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;
  std::string where;
};

/// tl::expected (libexpected) under one name, and not to be ignored.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Failure = tl::unexpected<Error>;

inline Failure fail(ErrorKind kind, std::string message, std::string where = {}) {
  return Failure(Error{kind, std::move(message), std::move(where)});
}

namespace detail {
[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "dragoman: internal error: CHECK(%s) failed at %s:%d\n", condition, file, line);
  std::abort();
}
}  // namespace detail

}  // namespace dragoman

/// The value of a Result, or return its error from the enclosing function. One per line, not nested.
#define TRY(expression)                                                      \
  __extension__({                                                            \
    auto&& try_result = (expression);                                        \
    if (!try_result) return ::tl::unexpected(std::move(try_result).error()); \
    std::move(try_result).value();                                           \
  })

/// The same for Result<void>.
#define TRY_VOID(expression)                                                 \
  do {                                                                       \
    auto&& try_result = (expression);                                        \
    if (!try_result) return ::tl::unexpected(std::move(try_result).error()); \
  } while (false)

/// Programmer error; on in release; never reachable by input.
#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::dragoman::detail::check_failed(#condition, __FILE__, __LINE__))
