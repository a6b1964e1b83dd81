// SPDX-License-Identifier: AGPL-3.0-or-later
// The log of a case holds ids, sizes, kinds and durations: never text, names or paths from evidence.
// The event type makes that hard to get wrong: it takes numbers and words known at compile time only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string_view>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"

namespace dragoman {

/// A word of the program, not of the evidence: constructible from string literals only.
class LogWord {
 public:
  template <std::size_t N>
  consteval LogWord(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT(google-explicit-constructor)
  constexpr LogWord(ErrorKind kind) : text_(to_string(kind)) {}           // NOLINT(google-explicit-constructor)
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct LogField {
  constexpr LogField(LogWord name, std::int64_t value) : key(name), number(value) {}
  constexpr LogField(LogWord name, LogWord value) : key(name), word(value.text()) {}
  LogWord key;
  std::int64_t number = 0;
  std::string_view word;
};

/// Appends one JSON line per event to a file; a null log (default constructed) drops them.
/// Not thread-safe: one process, one log. A failed write is ignored: the log is not evidence.
class Log {
 public:
  Log() = default;
  static Result<Log> open(const std::filesystem::path& path);
  void event(LogWord name, std::initializer_list<LogField> fields);

 private:
  UniqueFd fd_;
};

}  // namespace dragoman
