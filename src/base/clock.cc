// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/clock.h"

#include <ctime>

namespace dragoman {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char buffer[32];
  const std::size_t size = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {buffer, size};
}

double process_cpu_seconds() {
  std::timespec spec{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spec);
  return static_cast<double>(spec.tv_sec) + static_cast<double>(spec.tv_nsec) * 1e-9;
}

}  // namespace dragoman
