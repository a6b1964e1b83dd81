// SPDX-License-Identifier: AGPL-3.0-or-later
// Acts that a worker which was taken over would try. They are compiled into the worker; probing.h runs each in a
// worker of its own and judges how it ended.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sandbox/job.h"

namespace dragoman::sandbox {

/// Who has to stop an act.
enum class Barrier : std::uint8_t {
  lock,      // it comes back refused, or the filter kills the worker
  death,     // the worker dies of it, whoever kills it
  clock,     // the parent's wall clock
  protocol,  // the parent ends a worker that says what it must not: limit or malformed
};

struct Probe {
  std::string_view name;
  Barrier barrier = Barrier::lock;
  /// Below zero with errno: it was refused. Anything else: it was possible.
  long (*act)(JobContext& job) = nullptr;
  // An error besides EACCES, EPERM, ENOSYS and EAGAIN that means: the lock refused.
  int also = 0;
  // Not stopped in builds with a sanitizer, whose profile is weaker on purpose.
  bool full_profile_only = false;
};

/// All of them, in the order in which they are shown; their numbers are their places.
std::vector<Probe> probes();

/// The parts of it, each in a file of its own.
std::span<const Probe> file_probes();      // the file tree, the input, descriptors
std::span<const Probe> network_probes();   // sockets of every kind
std::span<const Probe> process_probes();   // new processes, other processes, resources
std::span<const Probe> kernel_probes();    // corners of the kernel that nobody here needs
std::span<const Probe> protocol_probes();  // lies on the channels

/// Job "escape": its request is the number of a probe. Says "trying", then "done" or the name of the error.
const std::vector<Job>& probe_jobs();

}  // namespace dragoman::sandbox
