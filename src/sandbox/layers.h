// SPDX-License-Identifier: AGPL-3.0-or-later
// Which layers of the lock this machine offers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dragoman::sandbox {

/// Namespaces of its own that a worker can enter, as bits of Layers::namespaces. With `mount` goes a root of its
/// own that holds nothing but the folders of the policy.
enum Namespace : std::uint8_t {
  ns_user = 1,
  ns_mount = 2,
  ns_net = 4,
  ns_ipc = 8,
  ns_uts = 16,
  ns_cgroup = 32,
  ns_pid = 64,  // of processes that a worker would start: it stays in its parent's, which must be able to kill it
};
inline constexpr Namespace kNamespaces[] = {ns_user, ns_mount, ns_net, ns_ipc, ns_uts, ns_cgroup, ns_pid};
/// "user", "mount", "net", "ipc", "uts", "cgroup", "pid".
std::string_view to_string(Namespace one);

struct Layers {
  bool no_new_privs = false;
  bool seccomp = false;         // filters that can kill a process
  int landlock = 0;             // ABI version; 0: not offered
  std::uint8_t namespaces = 0;  // bits of Namespace; none without `user`
  bool cgroup = false;          // a delegated control group (version 2) with limits of memory and processes

  bool has(Namespace one) const { return (namespaces & one) != 0; }
  /// Something other than the filter decides which files can be opened.
  bool guards_files() const { return landlock > 0 || has(ns_mount); }
  bool operator==(const Layers&) const = default;
};

/// Asks the kernel, the namespaces by trying them in a child process; changes nothing in this process.
Layers probe();

/// The required layers that are missing, by name; empty when the full lock can be had. Required are no_new_privs,
/// seccomp, and one of Landlock and a mount namespace.
std::vector<std::string> missing(const Layers& layers);
/// The other layers that are missing: the lock is whole without them, but has less behind it.
std::vector<std::string> absent(const Layers& layers);

}  // namespace dragoman::sandbox
