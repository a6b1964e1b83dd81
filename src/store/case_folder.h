// SPDX-License-Identifier: AGPL-3.0-or-later
// A case is a folder. Here: what is where in it, how it is made, and the lock that lets one writer in.
//
//   case.db       SQLite: evidence and decisions          index.db   full text; can be rebuilt
//   blobs/        files as received, named by SHA-256     derived/   page pictures; can be deleted
//   custody.log   the signed chain (docs/custody.md)      log/       ids, sizes, durations
//   lock          who is adding to the case just now
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "store/database.h"
#include "store/migration.h"

namespace dragoman::store {

class CaseFolder {
 public:
  /// Makes a case in `path`, which must not exist or be an empty folder (what an interrupted create left there
  /// does not count); else `conflict`. Missing parents are not made (not_found). The case is there whole or not
  /// at all: case.db gets its name last. Keys of case_info: title, id (32 random hex digits), created.
  static Result<CaseFolder> create(const std::filesystem::path& path, std::string_view title);
  /// not_found, with the remedy, when `path` is no case.
  static Result<CaseFolder> open(const std::filesystem::path& path);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path case_db() const { return root_ / "case.db"; }
  std::filesystem::path index_db() const { return root_ / "index.db"; }
  std::filesystem::path blobs() const { return root_ / "blobs"; }
  std::filesystem::path custody_log() const { return root_ / "custody.log"; }
  std::filesystem::path derived() const { return root_ / "derived"; }
  std::filesystem::path log() const { return root_ / "log"; }
  std::filesystem::path lock_file() const { return root_ / "lock"; }

  /// case.db with full durability. It still needs migrate() (writers) or check_migrations() (readers).
  Result<Database> open_database(Mode mode) const;

 private:
  explicit CaseFolder(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;
};

/// The table case_info. create() takes these steps; they belong first into the program's list.
std::span<const Migration> migrations();

/// A line of the table case_info; nullopt when the key is not there.
Result<std::optional<std::string>> case_info(Database& db, std::string_view key);
/// Inserts or replaces.
Result<void> set_case_info(Database& db, std::string_view key, std::string_view value);

/// Who holds the lock.
struct LockHolder {
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat: tells a new process with an old pid
  std::string since;              // ISO 8601, UTC
};

/// The right to add to a case; held until destroyed. The kernel drops it when the process dies, however it dies,
/// so a dead holder never blocks. Readers do not ask for it.
class ExclusiveLock {
 public:
  /// conflict, naming pid and since when, while another live process holds it; unsupported on a file system
  /// that cannot lock; denied where the folder cannot be written.
  static Result<ExclusiveLock> acquire(const CaseFolder& folder);
  ExclusiveLock(ExclusiveLock&&) = default;
  ExclusiveLock& operator=(ExclusiveLock&&) = delete;
  ~ExclusiveLock();

 private:
  explicit ExclusiveLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// The live holder of the lock just now, if any.
std::optional<LockHolder> lock_holder(const CaseFolder& folder);

}  // namespace dragoman::store
