// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/progress_bar.h"

#include <unistd.h>
#include <csignal>
#include <cstdio>

#include <fmt/format.h>

namespace dragoman::cli {
namespace {

constexpr double kRedrawMilliseconds = 200;

volatile std::sig_atomic_t g_interrupted = 0;  // a signal handler can reach nothing else

extern "C" void note_interrupt(int signal_number) {
  g_interrupted = 1;
  std::signal(signal_number, SIG_DFL);
}

std::string duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

std::string bar(std::uint64_t done, std::uint64_t total) {
  constexpr std::uint64_t kWidth = 20;
  const std::uint64_t filled = total == 0 ? 0 : std::min(kWidth, done * kWidth / total);
  return fmt::format("[{:.<{}}]", std::string(filled, '#'), kWidth);
}

}  // namespace

std::string progress_line(const ingest::Progress& progress, double page_seconds, std::uint64_t pages_before) {
  std::string line =
      fmt::format("{}  files {}/{}", ingest::to_string(progress.phase), progress.files_done, progress.files_total);
  if (progress.phase == ingest::Phase::receiving) return line;
  line += fmt::format("  pages {}/{}", progress.pages_done, progress.pages_total);
  if (progress.phase != ingest::Phase::recognising) return line;
  line += fmt::format(" {}", bar(progress.pages_done, progress.pages_total));
  const std::uint64_t done = progress.pages_done - std::min(progress.pages_done, pages_before);
  if (page_seconds <= 0 || done == 0) return line;
  const double rate = static_cast<double>(done) / page_seconds;
  const double left = static_cast<double>(progress.pages_total - std::min(progress.pages_total, progress.pages_done));
  return fmt::format("{}  {:.1f} pages/s  {} left", line, rate, duration(left / rate));
}

ProgressBar::ProgressBar(bool always) : shown_(always || ::isatty(STDERR_FILENO) == 1) {
  std::signal(SIGINT, note_interrupt);
  std::signal(SIGTERM, note_interrupt);
}

ProgressBar::~ProgressBar() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::update(const ingest::Progress& progress) {
  left_out_ = progress.left_out;
  if (progress.phase != phase_) {
    phase_ = progress.phase;
    in_phase_ = Stopwatch();
    pages_before_ = progress.pages_done;
  }
  if (!shown_ || (drawn_ && since_drawn_.milliseconds() < kRedrawMilliseconds)) return;
  fmt::print(stderr, "\r\x1b[K{}", progress_line(progress, in_phase_.elapsed().count(), pages_before_));
  std::fflush(stderr);
  drawn_ = true;
  since_drawn_ = Stopwatch();
}

bool ProgressBar::cancelled() {
  return g_interrupted != 0;
}

}  // namespace dragoman::cli
