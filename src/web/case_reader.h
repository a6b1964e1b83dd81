// SPDX-License-Identifier: AGPL-3.0-or-later
// What one thread holds open of the case to answer requests: its own read-only handles on case.db and index.db.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "search/sqlite_index.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "vault/blobs.h"

namespace dragoman::web {

/// For one thread. While another thread or process adds to the case, each request sees the newest commit.
class CaseReader {
 public:
  static Result<std::unique_ptr<CaseReader>> open(const store::CaseFolder& folder);

  const store::CaseFolder& folder() const { return folder_; }
  store::Database& db() { return db_; }
  const vault::BlobStore& blobs() const { return blobs_; }
  /// Opened when first asked for; opened anew when index.db was replaced by another file (a rebuild).
  Result<search::SqliteIndex*> index();

 private:
  CaseReader(store::CaseFolder folder, store::Database db, std::unique_ptr<vault::Disk> disk, vault::BlobStore blobs);
  store::CaseFolder folder_;
  store::Database db_;
  std::unique_ptr<vault::Disk> disk_;
  vault::BlobStore blobs_;
  std::unique_ptr<search::SqliteIndex> index_;
  std::uint64_t index_inode_ = 0;
};

}  // namespace dragoman::web
