// SPDX-License-Identifier: AGPL-3.0-or-later
// A run: the list of stages that takes paths to a searchable case. Read this first.
#pragma once

#include <optional>

#include "ingest/options.h"
#include "ingest/workspace.h"

namespace dragoman::ingest {

/// Adds the paths to the case and finishes whatever an earlier run left unfinished. May be killed at any moment
/// and started again. Errors: a path that cannot be added (nothing was written then), conflict (another run has
/// the case), io (disk), denied (the workers cannot be locked in), cancelled.
Result<void> add(const store::CaseFolder& folder, const std::filesystem::path& key_folder, const AddOptions& options,
                 ProgressSink& sink);

/// What `retry` came to: contents that were tried again, and those of them that have fewer gaps or a better state now.
struct RetryReport {
  std::int64_t touched = 0;
  std::int64_t better = 0;
};

/// Reads again only what has gaps of that kind (none: those that may pass by themselves, and encrypted ones when there
/// are passwords), and what no run finished. options.paths are not looked at. Errors as add().
Result<RetryReport> retry(const store::CaseFolder& folder, const std::filesystem::path& key_folder,
                          const AddOptions& options, std::optional<GapKind> kind, ProgressSink& sink);

}  // namespace dragoman::ingest
