// SPDX-License-Identifier: AGPL-3.0-or-later
// What the listeners of one stage share.
#pragma once

#include <optional>

#include "ingest/options.h"
#include "ingest/workspace.h"
#include "sandbox/pool.h"

namespace dragoman::ingest {

struct StageState {
  Workspace& workspace;
  const AddOptions& options;
  Progress& progress;
  // The first error of our own (a full disk) ends the stage; errors of a file or worker never stand here.
  std::optional<Error> error;

  /// Remembers an error of this side, so that it is not taken for one of the file.
  Result<void> own(Result<void> result) {
    if (!result && !error) error = result.error();
    return result;
  }
};

/// Stops the workers, keeps what is done, and says so.
inline Result<void> stop_stage(Workspace& workspace, sandbox::Pool& pool) {
  pool.stop();
  TRY_VOID(workspace.commit());
  return fail(ErrorKind::cancelled, "stopped; the same command continues");
}

/// Serves the pool until `fill`, which starts jobs while workers are idle, finds no more and nobody works.
template <class Fill>
Result<void> serve(StageState& stage, sandbox::Pool& pool, ProgressSink& sink, Fill&& fill) {
  for (;;) {
    TRY_VOID(fill());
    if (pool.busy() == 0) break;
    TRY_VOID(pool.wait(std::chrono::milliseconds(100)));
    if (stage.error) return Failure(*stage.error);
    sink.update(stage.progress);
    if (sink.cancelled()) return stop_stage(stage.workspace, pool);
    TRY_VOID(stage.workspace.commit_if_due());
  }
  return stage.workspace.commit();
}

}  // namespace dragoman::ingest
