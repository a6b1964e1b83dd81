// SPDX-License-Identifier: AGPL-3.0-or-later
// Forbidden acts, tried from inside a locked worker by `doctor --probe`.
#pragma once

#include <span>
#include <string_view>

#include "sandbox/job.h"

namespace dragoman::ingest {

/// The acts, as words for a request and for people.
std::span<const std::string_view> forbidden_acts();

/// Job "probe": tries the act that the request names. Success of the job means that the act was possible;
/// `denied` that it was refused; a worker that dies in it was killed by its lock.
Result<void> probe_job(sandbox::JobContext& job);

}  // namespace dragoman::ingest
