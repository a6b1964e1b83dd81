// SPDX-License-Identifier: AGPL-3.0-or-later
// The parent's half of one worker: its process, what was said so far, and the job it works on.
//
// A job is over when the worker's last word (F) came on the record channel and Z on the blob pipe, or when
// anything went wrong; the listener hears finished() exactly once either way.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sandbox/cgroup.h"
#include "sandbox/channel.h"
#include "sandbox/pool.h"
#include "sandbox/process.h"

namespace dragoman::sandbox {

using Clock = std::chrono::steady_clock;

class Conversation {
 public:
  enum class State : std::uint8_t {
    starting,  // warming up, perhaps with a job that waits for it
    idle,
    busy,
    gone,  // the process is reaped; nothing more will happen
  };

  /// Starts a worker that must lock itself by this policy, whose hash is given. All are borrowed and must outlive it.
  static Result<std::unique_ptr<Conversation>> open(const PoolSettings& settings, const Policy& policy,
                                                    const std::string& policy_hash, PoolStats& stats);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Needs can_take().
  void give(JobSpec spec, std::unique_ptr<JobListener> listener);
  bool can_take() const { return listener_ == nullptr && (state_ == State::idle || state_ == State::starting); }
  bool has_job() const { return listener_ != nullptr; }
  State state() const { return state_; }
  pid_t pid() const { return process_.pid(); }
  /// Why it never became ready; set once the state is gone.
  const std::optional<Error>& start_error() const { return start_error_; }

  /// For poll: -1 when that channel is at its end.
  int control_fd() const { return control_ended_ ? -1 : process_.control(); }
  int blob_fd() const { return blob_ended_ ? -1 : process_.blob(); }
  bool wants_to_send() const { return sent_ < outgoing_.size(); }
  Clock::time_point deadline() const { return deadline_; }
  /// The job had to wait for this side: that is not its own time.
  void grant(Clock::duration time) {
    if (state_ == State::busy) deadline_ += time;
  }

  /// Reads and hands on what is there, at most a few buffers of it; the listener may be called.
  void serve_control(std::span<char> buffer);
  void serve_blob(std::span<char> buffer);
  void send();
  /// Kills the worker when its time or its memory is used up.
  void check_time(Clock::time_point now);
  void check_memory();
  /// True when an idle worker has died or spoken out of turn; it is then gone.
  bool retire_if_broken();
  /// Kills the worker; its job ends with this error.
  void stop(Error error);

 private:
  class ControlSink;
  class BlobSink;
  Conversation(const PoolSettings& settings, const std::string& policy_hash, PoolStats& stats);

  Result<void> hear_control(char tag, std::string_view payload);
  Result<void> hear_blob(char tag, std::string_view payload);
  Result<void> check_control(char tag, std::uint32_t length);
  Result<void> check_blob(char tag, std::uint32_t length);
  Result<void> child_piece(std::string_view bytes);
  Result<void> count_reply(std::uint64_t bytes);
  Result<void> count_child_bytes(std::uint64_t bytes);
  void become_ready();
  void send_job();
  void both_ended();
  void settle();
  void finish(Result<void> outcome);

  const PoolSettings& settings_;
  const std::string& policy_hash_;
  PoolStats& stats_;
  State state_ = State::starting;
  WorkerGroup group_;  // before the process: removed after its end
  WorkerProcess process_;
  FrameParser control_parser_;
  FrameParser blob_parser_{'D'};
  bool control_ended_ = false;
  bool blob_ended_ = false;
  std::string outgoing_;
  std::size_t sent_ = 0;
  std::uint32_t jobs_done_ = 0;
  std::optional<Error> start_error_;
  Clock::time_point deadline_;

  // The job at hand.
  JobSpec spec_;
  std::unique_ptr<JobListener> listener_;
  std::optional<Outcome> outcome_;
  bool blob_done_ = false;
  bool child_open_ = false;
  std::uint64_t reply_bytes_ = 0;
  std::uint64_t child_bytes_ = 0;
  std::uint64_t children_ = 0;
};

/// One sentence about how a process ended: "killed by signal 11 (Segmentation fault)".
std::string describe(const Ending& ending);

}  // namespace dragoman::sandbox
