// SPDX-License-Identifier: AGPL-3.0-or-later
// Runs the probes of probes.h from outside, each in a worker of its own, and says whether each was blocked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/pool.h"

namespace dragoman::sandbox {

struct ProbeOutcome {
  WorkerKind kind = WorkerKind::read;
  std::string_view name;
  bool blocked = false;
  std::string how;  // "refused: EACCES", "killed by the filter", "stopped: …", or what happened instead
};

/// Starts a worker of the pool and waits until it is locked: the error of its start, which tells of a kernel that
/// refuses what it said it has. The pool must be idle.
Result<void> try_start(Pool& pool);

/// One probe. `settings` are those of the workers' pool; its limits are made small, so that floods end soon. An error
/// means that no worker could be started.
Result<ProbeOutcome> run_probe(const PoolSettings& settings, std::size_t number);

/// All of them, `hear` for each as it ends. True when every one was blocked.
Result<bool> run_probes(const PoolSettings& settings, const std::function<void(const ProbeOutcome&)>& hear);

}  // namespace dragoman::sandbox
