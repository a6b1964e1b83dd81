// SPDX-License-Identifier: AGPL-3.0-or-later
// Opens the bytes behind any blob of a case, for those who hold no handle on case.db.
#pragma once

#include <optional>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "vault/blobs.h"
#include "vault/disk.h"

namespace dragoman::vault {

/// For one thread. Reads only.
class Originals {
 public:
  /// `disk` must outlive it.
  Originals(const store::CaseFolder& folder, Disk& disk)
      : folder_(folder), blobs_(BlobStore::open(folder.blobs(), disk)) {}

  /// As open_bytes (whereabouts.h). case.db is opened when first a blob is no file under blobs/.
  Result<UniqueFd> open(const Sha256& blob);

 private:
  store::CaseFolder folder_;
  BlobStore blobs_;
  std::optional<store::Database> db_;
};

}  // namespace dragoman::vault
