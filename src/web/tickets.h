// SPDX-License-Identifier: AGPL-3.0-or-later
// The original of an item leaves the case only by a link that was asked for: it works once, for a minute.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace dragoman::web {

struct Original {
  Sha256 blob;
  std::string name;  // as received; any letters
  std::uint64_t size = 0;
};

/// Any thread.
class Tickets {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kLife{60};

  /// The ticket: 32 letters that may stand in an address.
  std::string issue(Original original, Clock::time_point now = Clock::now());
  /// not_found when it was never issued, was used, or is too old.
  Result<Original> redeem(const std::string& ticket, Clock::time_point now = Clock::now());

 private:
  struct Entry {
    Original original;
    Clock::time_point until;
  };
  std::mutex mutex_;  // guards entries_
  std::map<std::string, Entry> entries_;
};

/// Content-Disposition for a download under that name: letters that could mislead or break the header are replaced.
std::string disposition_of(std::string_view name);

}  // namespace dragoman::web
