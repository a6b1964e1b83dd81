// SPDX-License-Identifier: AGPL-3.0-or-later
// Collects the one member that a picture job sends.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "sandbox/pool.h"

namespace dragoman::pages {

/// Calls `done` once, with the bytes, at most `max_bytes` of them, or why there are none.
class PictureListener final : public sandbox::JobListener {
 public:
  using Done = std::function<void(Result<std::string>)>;
  PictureListener(std::size_t max_bytes, Done done) : max_bytes_(max_bytes), done_(std::move(done)) {}

  Result<void> record(std::string_view bytes) override;
  Result<void> child_begin(std::string_view header) override;
  Result<void> child_bytes(std::string_view bytes) override;
  Result<void> child_end(std::uint8_t how) override;
  void finished(Result<void> outcome) override;

 private:
  std::size_t max_bytes_;
  Done done_;
  std::string bytes_;
  int members_ = 0;
};

}  // namespace dragoman::pages
