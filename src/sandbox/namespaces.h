// SPDX-License-Identifier: AGPL-3.0-or-later
// Namespaces of a worker's own: no network, no other users, and a file tree of a few folders that are read only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "sandbox/layers.h"

namespace dragoman::sandbox {

/// What the private root holds: these folders, read only, without devices and set-user-id programs.
struct RootFolder {
  std::string_view path;    // absolute; left out when it does not exist
  bool executable = false;  // libraries in it can be mapped for execution
};

/// Enters the namespaces of `wanted` (bits of Namespace; `user` must be among them unless it is 0). With `ns_mount`
/// the root becomes an empty folder in memory that holds `folders`. For a process of one thread; /proc is needed.
/// `denied` naming the step that the kernel refused: the process is then half way and must do no work.
Result<void> enter_namespaces(std::uint8_t wanted, std::span<const RootFolder> folders);

/// Which of them this process could enter: tried in a child. 0 in builds with a sanitizer, whose runtimes need
/// /proc and threads.
std::uint8_t offered_namespaces();

}  // namespace dragoman::sandbox
