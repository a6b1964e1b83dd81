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

}  // namespace dragoman::ingest
