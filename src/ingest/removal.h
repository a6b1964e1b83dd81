// SPDX-License-Identifier: AGPL-3.0-or-later
// Taking a file out of a case for good. First the decision, signed, and in the same transaction all rows of what was
// read; then the bytes under blobs/, pictures, the index, and the free pages of case.db. Killed at any moment, the next
// run that writes to the case finishes it (Workspace::open); until then `verify` says that it is unfinished.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/removal.h"
#include "store/case_folder.h"
#include "vault/blobs.h"

namespace dragoman::ingest {

/// What is to be done about containers that stay and still hold the bytes.
enum class Containers : std::uint8_t {
  refuse,  // nothing is removed
  keep,    // they stay as they are
  remove,  // they go too; what else was found in them stays
};

struct RemovalRequest {
  /// Finds what is to go, once the case is held.
  std::function<Result<evidence::ContentRow>(store::Database&)> target;
  std::string reason;  // vault::is_statement, not empty
  std::string who;     // the same, may be empty
  Containers containers = Containers::refuse;
};

struct RemovedFile {
  Sha256 blob;
  std::uint64_t size = 0;
  std::string path;                 // as it was called until now
  std::vector<std::string> others;  // more paths to the same bytes, at most 100
};
struct RemovalReport {
  std::vector<RemovedFile> removed;     // empty: it was before
  std::vector<RemovedFile> containers;  // that still hold the bytes
  std::vector<std::string> outside;     // files outside of the case that were referred to; they were not touched
  std::uint64_t staying = 0;            // members that something else leads to
  std::uint64_t entry = 0;              // of the custody log; 0: none was written
};

/// Errors: malformed (reason or who cannot stand in the log), not_found, conflict (another run has the case; containers
/// hold the bytes and are to be asked about; or another program still reads the case: it is decided then, and the next
/// run finishes it), io, malformed (a container is not what it was: nothing was changed).
Result<RemovalReport> remove(const store::CaseFolder& folder, const std::filesystem::path& key_folder,
                             const RemovalRequest& request);

/// For the lock's holder, with no transaction and the index closed: what was decided and is not yet done. index.db is
/// deleted then, to be made anew.
Result<void> carry_out_removals(const store::CaseFolder& folder, store::Database& db, vault::BlobStore& blobs);

}  // namespace dragoman::ingest
