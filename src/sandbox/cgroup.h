// SPDX-License-Identifier: AGPL-3.0-or-later
// Control groups (version 2): the kernel's own bound of a worker's memory and processes, where somebody has
// delegated a group to this process (systemd: Delegate=yes; `systemd-run --user --scope -p Delegate=yes`).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace dragoman::sandbox {

/// The folder of this process's control group, from the texts of /proc/self/mountinfo and /proc/self/cgroup; none
/// where version 2 is not mounted.
std::optional<std::filesystem::path> own_cgroup(std::string_view mountinfo, std::string_view membership);

/// The delegated group below which workers can have groups of their own; none when there is none, when it lacks the
/// controllers memory and pids, or when other processes live in it (they are not ours to move).
std::optional<std::filesystem::path> offered_cgroup();

/// One worker's group. Removed by the destructor, when the worker must have ended.
class WorkerGroup {
 public:
  WorkerGroup() = default;
  /// Puts `worker` into a new group that holds at most this memory (page cache included) and one process. Moves this
  /// process aside into a group "dragoman" first: a group with limits for its children holds no process itself.
  /// `denied` naming the step.
  static Result<WorkerGroup> create(const std::filesystem::path& delegated, pid_t worker, std::uint64_t memory);
  WorkerGroup(WorkerGroup&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkerGroup& operator=(WorkerGroup&& other) noexcept;
  ~WorkerGroup();

 private:
  explicit WorkerGroup(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace dragoman::sandbox
