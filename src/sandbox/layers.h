// SPDX-License-Identifier: AGPL-3.0-or-later
// Which layers of the lock this machine offers.
#pragma once

#include <string>
#include <vector>

namespace dragoman::sandbox {

struct Layers {
  bool no_new_privs = false;
  bool seccomp = false;          // filters that can kill a process
  int landlock = 0;              // ABI version; 0: not offered
  bool user_namespaces = false;  // allowed by the system's settings; reported, not used yet

  bool operator==(const Layers&) const = default;
};

/// Asks the kernel; changes nothing in this process.
Layers probe();

/// The required layers that are missing, by name; empty when the full lock can be had.
std::vector<std::string> missing(const Layers& layers);

}  // namespace dragoman::sandbox
