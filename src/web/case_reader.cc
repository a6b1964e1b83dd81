// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/case_reader.h"

#include <sys/stat.h>

#include "ingest/indexing.h"
#include "ingest/workspace.h"

namespace dragoman::web {
namespace {

/// 0: not there.
std::uint64_t inode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

}  // namespace

CaseReader::CaseReader(store::CaseFolder folder, store::Database db, std::unique_ptr<vault::Disk> disk,
                       vault::BlobStore blobs)
    : folder_(std::move(folder)), db_(std::move(db)), disk_(std::move(disk)), blobs_(std::move(blobs)) {}

Result<std::unique_ptr<CaseReader>> CaseReader::open(const store::CaseFolder& folder) {
  store::Database db = TRY(ingest::open_for_reading(folder));
  auto disk = vault::real_disk();
  vault::BlobStore blobs = vault::BlobStore::open(folder.blobs(), *disk);
  return std::unique_ptr<CaseReader>(new CaseReader(folder, std::move(db), std::move(disk), std::move(blobs)));
}

Result<search::SqliteIndex*> CaseReader::index() {
  const std::uint64_t inode = inode_of(folder_.index_db());
  if (index_ && inode == index_inode_) return index_.get();
  auto index = TRY(ingest::open_index_for_reading(folder_, db_));
  // Asked again: opening may have rebuilt it. Replaced in between, it is opened once more at the next call.
  index_inode_ = inode_of(folder_.index_db());
  index_ = std::move(index);
  return index_.get();
}

}  // namespace dragoman::web
