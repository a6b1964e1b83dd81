// SPDX-License-Identifier: AGPL-3.0-or-later
// Time as the program needs it: a stamp for records, a stopwatch for durations, CPU time for measurements.
#pragma once

#include <chrono>
#include <string>

namespace dragoman {

/// Now, UTC, ISO 8601 to the second: "2026-03-01T12:00:00Z".
std::string utc_now();

/// CPU seconds (user + system) of this process.
double process_cpu_seconds();

class Stopwatch {
 public:
  Stopwatch() : start_(std::chrono::steady_clock::now()) {}
  std::chrono::duration<double> elapsed() const { return std::chrono::steady_clock::now() - start_; }
  double milliseconds() const { return elapsed().count() * 1e3; }

 private:
  std::chrono::steady_clock::time_point start_;
};

}  // namespace dragoman
