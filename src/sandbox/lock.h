// SPDX-License-Identifier: AGPL-3.0-or-later
// The lock itself: turns a Policy into what the kernel enforces on this process, for good.
#pragma once

#include "base/result.h"
#include "sandbox/policy.h"

namespace dragoman::sandbox {

/// Locks the calling process. After success there is no way back. `denied` naming the layer that the kernel
/// refused: the process must then do no work. The process must have one thread (not checked in the sanitized
/// profile, whose runtimes have their own): Landlock binds only the thread that asks.
Result<void> lock(const Policy& policy);

}  // namespace dragoman::sandbox
