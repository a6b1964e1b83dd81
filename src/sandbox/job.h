// SPDX-License-Identifier: AGPL-3.0-or-later
// The inside of a worker: what a job sees, and the table of jobs that main hands over.
//
// A worker is this program started again. It warms up, locks itself (lock.h) and then runs one job after
// another: bytes of a request and one read-only descriptor come in, records and children go out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::sandbox {

/// The worker's ends of the two channels and what may pass them. The parent checks again: these bounds only
/// let a job fail with an error that it can explain instead of being killed.
struct JobChannels {
  int record_fd = -1;
  int blob_fd = -1;
  std::uint64_t max_frame_bytes = 0;
  std::uint64_t max_reply_bytes = 0;
};

/// One job. Not thread-safe. An io error from any call means that the parent is gone: return it.
class JobContext {
 public:
  /// `input_fd` is borrowed; -1 when the job has no input.
  JobContext(JobChannels channels, int input_fd, std::string request);
  JobContext(const JobContext&) = delete;
  JobContext& operator=(const JobContext&) = delete;

  /// Read-only; its offset is wherever the parent left it; closed after the job.
  int input_fd() const { return input_fd_; }
  /// The bytes of JobSpec::request.
  const std::string& request() const { return request_; }

  /// One frame on the record channel. `limit` when it is larger than Limits::max_frame_bytes, or when this
  /// reply grows beyond Limits::max_reply_bytes; nothing is sent then.
  Result<void> record(std::string_view bytes);

  /// A child on the blob channel: begin, any number of bytes (cut into frames here), end. Children do not
  /// nest: a second begin without an end is a programmer's mistake. `header` at most kMaxChildHeader bytes,
  /// else `limit`. `how` is a ChildEnd.
  Result<void> begin_child(std::string_view header);
  Result<void> child_bytes(std::string_view bytes);
  Result<void> end_child(std::uint8_t how);
  bool child_open() const { return child_open_; }

 private:
  JobChannels channels_;
  int input_fd_;
  std::string request_;
  std::uint64_t sent_ = 0;
  bool child_open_ = false;
};

/// An error becomes the outcome of the job (JobListener::finished). Exceptions do not belong here; one that
/// escapes ends the job as `crashed`, or `limit` for std::bad_alloc, and the worker is replaced.
using JobFunction = Result<void> (*)(JobContext&);

struct Job {
  std::string_view name;
  JobFunction run;
};

struct JobTable {
  std::vector<Job> jobs;
  /// Runs once, before the lock: opens and loads whatever cannot be opened afterwards. `settings` are the
  /// bytes of PoolSettings::warm_up_settings. Its error becomes the error of starting the pool's workers.
  /// It must leave no thread behind: Landlock binds the thread that asks for it.
  Result<void> (*warm_up)(std::string_view settings) = nullptr;
};

/// True when this process was started by a Pool; main then returns worker_main(table) and does nothing else.
bool is_worker(int argc, const char* const* argv);

/// Serves jobs until the parent closes the channel. Ends the process by itself, without running destructors
/// of static objects; returns (exit status 2) only when the channels are not there.
int worker_main(const JobTable& table);

}  // namespace dragoman::sandbox
