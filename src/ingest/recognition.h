// SPDX-License-Identifier: AGPL-3.0-or-later
// The third stage: pages whose text layer is missing or not to be believed are recognised, one page a job.
#pragma once

#include "ingest/options.h"
#include "ingest/workspace.h"
#include "sandbox/pool.h"

namespace dragoman::ingest {

/// Recognises every waiting page. The first page of each file goes before the others and tells them what
/// language to expect, so that the outcome does not depend on which worker is faster. A page that fails costs a
/// gap. not_found (a language is not installed) is turned into a gap missing_dependency on every waiting page.
Result<void> recognise_pages(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options, Progress& progress,
                             ProgressSink& sink);

}  // namespace dragoman::ingest
