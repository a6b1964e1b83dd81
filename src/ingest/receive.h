// SPDX-License-Identifier: AGPL-3.0-or-later
// The first stage: walks what was given, keeps every byte, and gives every path an item or a gap.
#pragma once

#include "ingest/options.h"
#include "ingest/workspace.h"

namespace dragoman::ingest {

/// not_found or denied, naming the path, when one of them does not exist or cannot be read. Writes nothing.
Result<void> check_paths(const std::vector<std::filesystem::path>& paths);

/// Walks all paths in the order of their bytes. Files as received before (FileStamp) are not read again unless
/// options.rehash. Links, special files and folders that cannot be opened become gaps; files that cannot be
/// read become failed items. Ends with `cancelled` when the sink says so; whatever was committed stays.
Result<void> receive(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink);

}  // namespace dragoman::ingest
