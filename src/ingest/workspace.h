// SPDX-License-Identifier: AGPL-3.0-or-later
// Everything a run that writes to a case holds open, and the one way in which it commits: blobs first, then the
// database with the custody entry, then the log, then the index. Killed between any two, the next run continues.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "evidence/items.h"
#include "evidence/pages.h"
#include "search/sqlite_index.h"
#include "store/case_folder.h"
#include "vault/blobs.h"
#include "vault/custody.h"

namespace dragoman::ingest {

/// "dragoman 0.1.0": written into custody entries.
std::string tool_name();

/// All migrations of case.db, in the order of the rooms.
std::vector<store::Migration> case_migrations();
/// case.db opened for reading, checked to be of this version.
Result<store::Database> open_for_reading(const store::CaseFolder& folder);

class Workspace {
 public:
  /// Takes the case's lock, brings its tables up to date and repairs what a killed run left. `key_folder` is
  /// where the signing key lies. conflict while another run holds the lock; unsupported for a newer case.
  static Result<std::unique_ptr<Workspace>> open(const store::CaseFolder& folder,
                                                 const std::filesystem::path& key_folder);

  store::Database& db() { return *db_; }
  vault::BlobStore& blobs() { return *blobs_; }
  Log& log() { return log_; }
  const store::CaseFolder& folder() const { return folder_; }
  std::int64_t epoch() const { return epoch_; }

  /// Begins the batch's transaction if none is open.
  Result<void> begin();
  /// An item whose bytes are kept goes into the batch's custody entry.
  void note(ItemId item, const Sha256& blob, std::uint64_t size);
  /// The same for one that stays where it was received from; its entry says so.
  void note_in_place(ItemId item, const Sha256& blob, std::uint64_t size);
  /// `newest`, which holds the words of `reading`, replaces `former` (0: none) as what is searched of its page.
  Result<void> reindex(ContentId content, VersionId newest, const Page& reading, VersionId former);
  /// The same for one that was removed earlier and is not kept: the log says that it came again.
  void note_left_out(ItemId item, const Sha256& blob, std::uint64_t size);
  /// The version is not searched any more.
  Result<void> withdraw(VersionId version);
  Result<void> index_path(ContentId content, const std::string& path);
  /// Puts an entry without items into the batch: what a person should know of this run. Plain text (vault/custody.h).
  Result<void> write_note(const std::string& detail);
  /// Puts that entry into the batch.
  Result<void> sign(const vault::EntryContent& entry);
  /// The index does not match the case from the next commit on: it is made anew when it is opened.
  void outdate_index() { index_outdated_ = true; }
  /// Whatever was decided and is not yet done (ingest/removal.h). No batch is open (CHECK).
  Result<void> finish_removals();
  /// Commits when the batch has grown old or large.
  Result<void> commit_if_due();
  Result<void> commit();
  /// After the last commit: the index is marked complete.
  Result<void> finish();

  /// The policy named in custody entries from here on, and what their detail says of it; empty while no hostile bytes
  /// are opened.
  void set_policy(std::string hash, std::string words) {
    policy_ = std::move(hash);
    policy_words_ = std::move(words);
    policy_noted_ = false;
  }
  /// An entry of its own that names the policy.
  Result<void> note_policy();

 private:
  explicit Workspace(store::CaseFolder folder) : folder_(std::move(folder)) {}
  Result<void> commit_batch();
  Result<void> sign_items(std::vector<vault::CustodyItem>& items, vault::EntryKind kind, const char* detail);
  Result<void> open_parts(const std::filesystem::path& key_folder);

  store::CaseFolder folder_;
  std::unique_ptr<vault::Disk> disk_;
  std::optional<store::ExclusiveLock> lock_;
  std::optional<store::Database> db_;
  std::optional<vault::BlobStore> blobs_;
  std::optional<vault::Custody> custody_;
  std::unique_ptr<search::SqliteIndex> index_;
  Log log_;
  std::int64_t epoch_ = 0;
  std::int64_t generation_ = 0;
  std::string policy_;
  std::string policy_words_;
  bool policy_noted_ = false;

  std::optional<store::Transaction> batch_;  // declared after db_: rolled back before it closes
  Stopwatch batch_age_;
  std::optional<Error> failed_;  // of a batch: nothing is written after it
  bool index_changed_ = false;
  bool index_outdated_ = false;
  std::vector<vault::CustodyItem> items_;
  std::vector<vault::CustodyItem> in_place_;
  std::vector<vault::CustodyItem> left_out_;
};

}  // namespace dragoman::ingest
