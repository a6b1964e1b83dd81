// SPDX-License-Identifier: AGPL-3.0-or-later
// An `add` that is started from the page: one at a time, on a thread of its own. Pausing ends the run cleanly and
// remembers what it was asked to do; going on runs the same again, which continues (ingest/pipeline.h).
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "ingest/options.h"
#include "store/case_folder.h"
#include "web/http.h"
#include "web/uploads.h"

namespace dragoman::web {

/// What is to be added. Empty: whatever an earlier run left unfinished.
struct AddOrder {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> names;  // of the paths, without their folders; valid UTF-8
  std::vector<std::string> langs;  // Tesseract's names; empty: ingest's own choice
  std::vector<std::string> passwords;
  std::string upload;  // whose folder goes when all is added; may be empty
};

/// Any thread.
class Adding {
 public:
  using Changed = std::function<void(const Json& status)>;

  /// `changed` hears of every change, a few times a second at most while it works, from any thread; it must not call
  /// back. `uploads` and whatever `changed` needs must outlive it.
  Adding(const store::CaseFolder& folder, Uploads& uploads, Changed changed, bool allow_weaker_sandbox = false);
  /// Ends a run cleanly; it takes as long as a worker takes to end.
  ~Adding();
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;

  /// conflict while a run of ours is at work or paused, or another process adds.
  Result<void> can_start() const;
  /// The same errors. One that failed before is forgotten.
  Result<void> start(AddOrder order);
  /// An order that an interrupted server left: paused until somebody goes on with it.
  void remember(AddOrder order);
  Result<void> pause();
  /// After pause, or after a failure.
  Result<void> resume();
  Result<void> cancel();
  /// AddStatus of the API.
  Json status() const;
  /// Tells `changed` when another process began or ended adding. For a thread that looks now and then.
  void look_elsewhere();
  /// Begins to end: the run stops at the next chance, and none can be started.
  void stop();

 private:
  enum class State : std::uint8_t { idle, running, pausing, paused, cancelling, cancelled, done, failed };
  static std::string_view to_word(State state);
  class Sink;

  bool works() const;
  Result<void> check_free(bool elsewhere) const;
  Result<void> run_order(AddOrder order);
  void run();
  void ended(const Result<void>& outcome);
  void note(const ingest::Progress& progress);
  bool should_end() const;
  Json status_locked() const;
  void tell() const;

  store::CaseFolder folder_;
  Uploads* uploads_;
  Changed changed_;
  const bool allow_weaker_sandbox_;

  mutable std::mutex mutex_;  // guards all below; `changed_` is called with it held
  State state_ = State::idle;
  AddOrder order_;
  ingest::Progress progress_;
  bool has_progress_ = false;
  double worked_before_ = 0;  // seconds of earlier stretches
  Stopwatch stretch_;
  Stopwatch since_told_;
  std::optional<Error> error_;
  bool elsewhere_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dragoman::web
