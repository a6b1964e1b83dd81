// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/workspace.h"

#include <filesystem>
#include <utility>

#include "evidence/removal.h"
#include "evidence/schema.h"
#include "ingest/indexing.h"
#include "ingest/removal.h"

namespace dragoman::ingest {
namespace {

// Two commits a second: small enough that a kill loses little, large enough that thousands of small files do not
// pay for a sync each.
constexpr double kBatchMilliseconds = 500;
// Blobs that wait for their sync, in files and bytes; items of one custody entry.
constexpr std::size_t kBatchBlobs = 512;
constexpr std::uint64_t kBatchBytes = std::uint64_t{256} << 20;

}  // namespace

std::string tool_name() {
  return "dragoman " DRAGOMAN_VERSION;
}

std::vector<store::Migration> case_migrations() {
  std::vector<store::Migration> all;
  for (const auto& room : {store::migrations(), vault::migrations(), evidence::migrations()})
    all.insert(all.end(), room.begin(), room.end());
  return all;
}

Result<store::Database> open_for_reading(const store::CaseFolder& folder) {
  store::Database db = TRY(folder.open_database(store::Mode::read_only));
  const auto migrations = case_migrations();
  TRY_VOID(store::check_migrations(db, migrations));
  return db;
}

Result<std::unique_ptr<Workspace>> Workspace::open(const store::CaseFolder& folder,
                                                   const std::filesystem::path& key_folder) {
  std::unique_ptr<Workspace> workspace(new Workspace(folder));
  TRY_VOID(workspace->open_parts(key_folder));
  return workspace;
}

Result<void> Workspace::open_parts(const std::filesystem::path& key_folder) {
  disk_ = vault::real_disk();
  lock_.emplace(TRY(store::ExclusiveLock::acquire(folder_)));
  db_.emplace(TRY(folder_.open_database(store::Mode::read_write)));
  const auto migrations = case_migrations();
  TRY_VOID(store::migrate(*db_, migrations));
  blobs_.emplace(TRY(vault::BlobStore::open_for_writing(folder_.blobs(), *disk_, *lock_)));
  custody_.emplace(TRY(vault::Custody::open(folder_, *db_, *lock_, key_folder, tool_name(), *disk_)));
  std::error_code ignored;
  std::filesystem::create_directories(folder_.log(), ignored);
  if (auto log = Log::open(folder_.log() / "dragoman.log")) log_ = std::move(*log);
  epoch_ = TRY(evidence::progress_value(*db_, "epoch"));
  generation_ = TRY(evidence::progress_value(*db_, "generation"));
  const std::vector<Sha256> removed = TRY(evidence::removed_blobs(*db_));
  blobs_->refuse(removed);
  const auto finished = carry_out_removals(folder_, *db_, *blobs_);
  // Somebody reads the case just now: no reason to read nothing in. The next run tries again, and verify says it.
  if (!finished && finished.error().kind != ErrorKind::conflict) return finished;
  index_ = TRY(open_index_for_writing(folder_, *db_));
  return {};
}

Result<void> Workspace::finish_removals() {
  CHECK(!batch_);
  const std::vector<Sha256> removed = TRY(evidence::removed_blobs(*db_));
  blobs_->refuse(removed);
  index_.reset();
  const auto finished = carry_out_removals(folder_, *db_, *blobs_);
  index_ = TRY(open_index_for_writing(folder_, *db_));
  index_outdated_ = false;
  return finished;
}

Result<void> Workspace::begin() {
  if (failed_) return Failure(*failed_);
  if (batch_ && !db_->in_transaction()) {
    // SQLite rolls back by itself on a full disk: what came next would be written without its batch.
    failed_ = Error{ErrorKind::io, "the batch was rolled back; the next 'dragoman add' continues", {}};
    return Failure(*failed_);
  }
  if (batch_) return {};
  batch_.emplace(TRY(store::Transaction::begin(*db_)));
  batch_age_ = Stopwatch();
  return {};
}

void Workspace::note(ItemId item, const Sha256& blob, std::uint64_t size) {
  items_.push_back({blob, size, item});
}

void Workspace::note_in_place(ItemId item, const Sha256& blob, std::uint64_t size) {
  in_place_.push_back({blob, size, item});
}

void Workspace::note_left_out(ItemId item, const Sha256& blob, std::uint64_t size) {
  left_out_.push_back({blob, size, item});
}

Result<void> Workspace::reindex(ContentId content, VersionId newest, const Page& reading, VersionId former) {
  if (former == newest) return {};
  index_changed_ = true;
  if (former != VersionId(0)) {
    const evidence::VersionRow old = TRY(evidence::version(*db_, former));
    TRY_VOID(index_->remove(former, old.words));
  }
  const auto row = TRY(evidence::content(*db_, content));
  CHECK(row);
  return index_->add(index_row(newest, reading.words, reading.lang, *row));
}

Result<void> Workspace::withdraw(VersionId version) {
  index_changed_ = true;
  const evidence::VersionRow old = TRY(evidence::version(*db_, version));
  return index_->remove(version, old.words);
}

Result<void> Workspace::index_path(ContentId content, const std::string& path) {
  index_changed_ = true;
  return index_->add_path(content, path);
}

Result<void> Workspace::commit_if_due() {
  if (!batch_) return {};
  const bool due = batch_age_.milliseconds() > kBatchMilliseconds || blobs_->waiting() > kBatchBlobs ||
                   blobs_->waiting_bytes() > kBatchBytes;
  return due ? commit() : Result<void>();
}

Result<void> Workspace::sign(const vault::EntryContent& entry) {
  TRY_VOID(begin());
  return custody_->append(*db_, entry);
}

Result<void> Workspace::write_note(const std::string& detail) {
  TRY_VOID(begin());
  vault::EntryContent entry;
  entry.kind = vault::EntryKind::note;
  entry.detail = detail;
  return custody_->append(*db_, entry);
}

Result<void> Workspace::note_policy() {
  TRY_VOID(begin());
  policy_noted_ = true;
  vault::EntryContent entry;
  entry.kind = vault::EntryKind::note;
  entry.policy = policy_;
  entry.detail = policy_words_;
  TRY_VOID(custody_->append(*db_, entry));
  return commit();
}

Result<void> Workspace::commit() {
  if (batch_ || failed_) TRY_VOID(begin());
  if (!batch_) return {};
  auto done = commit_batch();
  if (!done) {
    failed_ = done.error();
    batch_.reset();
  }
  return done;
}

/// An entry of their own for those, if there are any.
Result<void> Workspace::sign_items(std::vector<vault::CustodyItem>& items, vault::EntryKind kind, const char* detail) {
  if (items.empty()) return {};
  vault::EntryContent entry;
  entry.kind = kind;
  entry.items = std::exchange(items, {});
  entry.detail = detail;
  return custody_->append(*db_, entry);
}

Result<void> Workspace::commit_batch() {
  TRY_VOID(blobs_->sync());
  // Text alone is derived too: each policy under which something was read stands in the log at least once.
  const bool read_something = index_changed_ && !policy_.empty() && !policy_noted_;
  if (!items_.empty() || read_something) {
    policy_noted_ = !policy_.empty();
    vault::EntryContent entry;
    entry.kind = policy_.empty() ? vault::EntryKind::batch : vault::EntryKind::derive;
    entry.items = std::move(items_);
    entry.policy = policy_;
    entry.detail = policy_words_;
    items_.clear();
    TRY_VOID(custody_->append(*db_, entry));
  }
  TRY_VOID(sign_items(in_place_, vault::EntryKind::batch,
                      "in place: the files stay where they are, the case refers to them"));
  TRY_VOID(sign_items(left_out_, vault::EntryKind::note, "came again and was left out: removed earlier by decision"));
  if (index_changed_ || index_outdated_) TRY_VOID(evidence::set_progress_value(*db_, "generation", ++generation_));
  TRY_VOID(batch_->commit());
  batch_.reset();
  TRY_VOID(custody_->flush(*db_));
  if (index_changed_ && !index_outdated_) TRY_VOID(index_->commit(static_cast<std::uint64_t>(generation_)));
  index_changed_ = false;
  return {};
}

Result<void> Workspace::finish() {
  TRY_VOID(commit());
  return index_->finish();
}

}  // namespace dragoman::ingest
