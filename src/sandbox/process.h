// SPDX-License-Identifier: AGPL-3.0-or-later
// Starting this program again as a worker, and ending it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"

namespace dragoman::sandbox {

/// How a worker ended.
struct Ending {
  bool signalled = false;
  int number = 0;  // of the signal, or exit status
};

/// A child process with its two channels. Killed and reaped by the destructor.
class WorkerProcess {
 public:
  /// An own session and group, a scrubbed environment, no descriptor but the channels (and, with
  /// `keep_stderr`, standard error). The parent's ends do not block and are not inherited by anyone.
  static Result<WorkerProcess> spawn(const std::filesystem::path& program, bool keep_stderr);
  WorkerProcess() = default;
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  ~WorkerProcess();

  pid_t pid() const { return pid_; }
  int control() const { return control_.get(); }
  int blob() const { return blob_.get(); }
  /// SIGKILL unless it has ended; waits for the end; closes the channels. Once.
  Ending end();
  /// Waits for a process that has closed its channels by itself, at most a second, then kills it.
  Ending await_end();
  /// Resident bytes that no other process shares with it; 0 when that cannot be had.
  std::uint64_t resident_bytes() const;

 private:
  Ending reap();

  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd control_;
  UniqueFd blob_;
  UniqueFd statm_;
};

/// The environment of a worker: a short allow list, in the form of envp.
std::vector<std::string> worker_environment();

}  // namespace dragoman::sandbox
