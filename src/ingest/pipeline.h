// SPDX-License-Identifier: AGPL-3.0-or-later
// A run: the list of stages that takes paths to a searchable case. Read this first.
#pragma once

#include "ingest/options.h"
#include "ingest/workspace.h"

namespace dragoman::ingest {

/// Adds the paths to the case and finishes whatever an earlier run left unfinished. May be killed at any moment
/// and started again. Errors: a path that cannot be added (nothing was written then), conflict (another run has
/// the case), io (disk), denied (the workers cannot be locked in), cancelled.
Result<void> add(const store::CaseFolder& folder, const std::filesystem::path& key_folder, const AddOptions& options,
                 ProgressSink& sink);

}  // namespace dragoman::ingest
