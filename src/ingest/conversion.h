// SPDX-License-Identifier: AGPL-3.0-or-later
// The stage behind reading: what our readers could not read and LibreOffice opens is converted by it, in bubblewrap
// and in batches, and the result is read by the ordinary locked workers. Its pages are the content's own; their engine
// says that they come from a conversion ("libreoffice 7.4 > …").
#pragma once

#include "ingest/options.h"
#include "ingest/workspace.h"
#include "sandbox/pool.h"

namespace dragoman::ingest {

/// Converts all there is to convert; how many were tried. A file that cannot be converted keeps the gap of its reader
/// and gets one that says so; where the program is missing, a gap with the remedy. Members found in conversions are
/// unread contents afterwards. `pool` has workers of the kind that reads.
Result<std::uint64_t> convert_contents(Workspace& workspace, sandbox::Pool& pool, const AddOptions& options,
                                       Progress& progress, ProgressSink& sink);

}  // namespace dragoman::ingest
