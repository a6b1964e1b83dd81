// SPDX-License-Identifier: AGPL-3.0-or-later
// The second stage: each distinct blob is read once, in a worker; what the worker says becomes documents, pages,
// gaps and members, and members are read in turn.
#pragma once

#include "ingest/options.h"
#include "ingest/workspace.h"
#include "sandbox/pool.h"

namespace dragoman::ingest {

/// Contents whose reader's version has risen, or whose type another reader reads now, are to be read again. How many.
Result<std::uint64_t> forget_outdated(Workspace& workspace);

/// Reads everything that was not read yet. Errors are of this machine (disk, cancelled), never of a file.
Result<void> read_contents(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options, Progress& progress,
                           ProgressSink& sink);

}  // namespace dragoman::ingest
