// SPDX-License-Identifier: AGPL-3.0-or-later
// The outside of the workers: starts them, hands out jobs, reads what they say, kills those that misbehave.
//
//   auto pool = TRY(Pool::create({.workers = 2, .limits = limits}));
//   while (more() || pool->idle() < 2) {
//     while (more() && pool->idle() > 0) TRY_VOID(pool->start(next_spec(), next_listener()));
//     TRY_VOID(pool->wait(std::chrono::milliseconds(200)));
//   }
//
// A worker is not trusted: every length is checked before memory is taken for it, at most one frame of each
// worker is held, and a worker that breaks the protocol, its time or its memory is killed. That costs the
// job it worked on an error, and nothing else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/result.h"
#include "sandbox/policy.h"

namespace dragoman::sandbox {

/// Hears what one job says, in the order of each channel (records and children are not ordered against each
/// other). Views are valid during the call only. An error returned from any call kills the worker, and
/// finished() is called with that error.
class JobListener {
 public:
  virtual ~JobListener() = default;
  virtual Result<void> record(std::string_view bytes) = 0;
  /// A child begins; at most one is open at a time.
  virtual Result<void> child_begin(std::string_view header) = 0;
  virtual Result<void> child_bytes(std::string_view bytes) = 0;
  /// `how` is a ChildEnd (its range is checked).
  virtual Result<void> child_end(std::uint8_t how) = 0;
  /// Exactly once, last; may call Pool::start, not wait or stop. A child that is still open was cut off by the
  /// failure. Kinds from the pool itself: crashed (died, or a call that the lock forbids), timeout, malformed
  /// (broke the protocol), limit (frame, reply, children or memory), cancelled (the pool was stopped); any
  /// other is the job's own.
  virtual void finished(Result<void> outcome) = 0;
};

struct JobSpec {
  std::string name;                            // of the job in the worker's table
  std::string request;                         // at most Limits::max_frame_bytes less 4 KiB
  UniqueFd input;                              // opened read-only, or none
  std::chrono::milliseconds timeout{120'000};  // wall clock, from the moment a warm worker has it
};

struct PoolSettings {
  std::size_t workers = 1;
  Limits limits{};
  std::string warm_up_settings{};  // opaque to the sandbox; at most 64 KiB
  bool allow_weaker = false;       // start although a required layer of the lock is missing
  std::filesystem::path program = "/proc/self/exe";
  WorkerKind kind = WorkerKind::read;
  std::chrono::milliseconds start_timeout{60'000};
  // Workers' standard error is closed unless this is set: libraries' messages may quote documents.
  bool keep_stderr = false;
};

struct PoolStats {
  std::uint64_t jobs = 0;      // finished, whatever the outcome
  std::uint64_t workers = 0;   // processes started
  std::uint64_t killed = 0;    // by the pool: time, memory, protocol
  std::uint64_t crashed = 0;   // died in a job by themselves
  std::uint64_t recycled = 0;  // replaced after their share of jobs or for their memory
};

/// For one thread; the thread that starts workers must live as long as the pool (workers die with it).
class Pool {
 public:
  /// `denied` naming the layer when the machine does not offer a required one and allow_weaker is not set.
  /// Workers are started when jobs come.
  static Result<std::unique_ptr<Pool>> create(PoolSettings settings);
  /// Like stop().
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  std::size_t idle() const;
  std::size_t busy() const;
  /// Needs idle() > 0. An error means that nothing was started and the listener was not called: `limit` for a
  /// request too long, `denied` for an input that can be written, `not_found` for none, or why workers do not
  /// start (warm-up failed: the worker's own words; or died three times in a row).
  Result<void> start(JobSpec spec, std::unique_ptr<JobListener> listener);
  /// Serves the workers until a job has finished or `at_most` has passed; returns at once when none is busy.
  Result<void> wait(std::chrono::milliseconds at_most);
  /// Kills all workers; jobs that run finish as `cancelled`. Not from a listener.
  void stop();

  const Policy& policy() const;
  const PoolStats& stats() const;
  std::vector<pid_t> worker_pids() const;

 private:
  class Impl;
  explicit Pool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dragoman::sandbox
