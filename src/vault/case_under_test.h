// SPDX-License-Identifier: AGPL-3.0-or-later
// A small case for the tests of this room: made, filled, copied, opened again, with keys of its own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/case_folder.h"
#include "store/database.h"
#include "store/migration.h"
#include "vault/blobs.h"
#include "vault/custody.h"
#include "vault/disk.h"
#include "vault/verify.h"

namespace dragoman::vault {

/// A folder that is removed at the end; in memory where that can be had, so that thousands of syncs cost nothing.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = "/dev/shm/dragoman-vault.XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      name = (std::filesystem::temp_directory_path() / "dragoman-vault.XXXXXX").string();
      CHECK(::mkdtemp(name.data()) != nullptr);
    }
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The case's writing side, as `add` holds it.
struct OpenCase {
  store::CaseFolder folder;
  store::Database db;
  store::ExclusiveLock lock;
  BlobStore blobs;
  Custody custody;
};

inline Result<OpenCase> open_case(const std::filesystem::path& path, const std::filesystem::path& keys, Disk& disk) {
  store::CaseFolder folder = TRY(store::CaseFolder::open(path));
  store::ExclusiveLock lock = TRY(store::ExclusiveLock::acquire(folder));
  store::Database db = TRY(folder.open_database(store::Mode::read_write));
  TRY_VOID(store::migrate(db, store::joined({store::migrations(), migrations()})));
  BlobStore blobs = TRY(BlobStore::open_for_writing(folder.blobs(), disk, lock));
  Custody custody = TRY(Custody::open(folder, db, lock, keys, "dragoman 0.1.0", disk));
  return OpenCase{std::move(folder), std::move(db), std::move(lock), std::move(blobs), std::move(custody)};
}

/// Keeps `contents` and signs for them in one batch, as ingest does.
inline Result<void> add_batch(OpenCase& open, const std::vector<std::string>& contents, std::int64_t first_item) {
  EntryContent batch;
  for (const std::string& content : contents) {
    BlobStore::Writer writer = TRY(open.blobs.begin());
    TRY_VOID(writer.append(content));
    const Kept kept = TRY(writer.finish());
    batch.items.push_back(CustodyItem{kept.blob, kept.size, ItemId(first_item++)});
  }
  TRY_VOID(open.blobs.sync());
  store::Transaction work = TRY(store::Transaction::begin(open.db));
  TRY_VOID(open.custody.append(open.db, batch));
  TRY_VOID(work.commit());
  return open.custody.flush(open.db);
}

/// Verifies with a read-only handle of its own.
inline Result<VerifyReport> verify_case(const std::filesystem::path& path, const VerifyOptions& options = {}) {
  const store::CaseFolder folder = TRY(store::CaseFolder::open(path));
  store::Database db = TRY(folder.open_database(store::Mode::read_only));
  const std::unique_ptr<Disk> disk = real_disk();
  return verify(folder, db, *disk, options);
}

/// The word of the first fault; "ok" when there is none, "error: …" when the case could not be read.
inline std::string first_fault(const std::filesystem::path& path, const VerifyOptions& options = {}) {
  const auto report = verify_case(path, options);
  if (!report) return "error: " + report.error().message;
  return report->ok ? "ok" : report->faults.front().what;
}

}  // namespace dragoman::vault
