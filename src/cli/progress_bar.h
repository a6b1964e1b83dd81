// SPDX-License-Identifier: AGPL-3.0-or-later
// The line that moves while an `add` works: on a terminal a bar that is drawn over, elsewhere nothing.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "ingest/options.h"

namespace dragoman::cli {

/// One line, without control characters: phase, files, pages, pages a second and time left.
/// `page_seconds` is how long pages have been read for; 0 leaves rate and time out.
std::string progress_line(const ingest::Progress& progress, double page_seconds, std::uint64_t pages_before);

class ProgressBar final : public ingest::ProgressSink {
 public:
  /// Draws on standard error when that is a terminal, or `always`.
  explicit ProgressBar(bool always = false);
  ~ProgressBar() override;
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(const ingest::Progress& progress) override;
  /// After SIGINT or SIGTERM (once: a second one ends the process at once).
  bool cancelled() override;
  /// What was not kept because it was removed from the case earlier.
  std::uint64_t left_out() const { return left_out_; }

 private:
  bool shown_;
  bool drawn_ = false;
  Stopwatch since_drawn_;
  ingest::Phase phase_ = ingest::Phase::receiving;
  Stopwatch in_phase_;
  std::uint64_t pages_before_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace dragoman::cli
