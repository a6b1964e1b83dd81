// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace dragoman::vault {
namespace {

constexpr std::size_t kCopyBuffer = std::size_t{1} << 20;
constexpr unsigned kBlobMode = 0444;
// Below this many waiting blobs, syncing each file is cheaper than the whole file system (docs/custody.md).
constexpr std::size_t kFewBlobs = 4;
constexpr const char* kTemporaryFolder = "tmp";

bool same_moment(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

Result<struct stat> status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Failure(io_error("cannot look at the file", {}, errno));
  return status;
}

// Calls `take` with the file's bytes from its start; returns their number, which is more than `size` as soon as the
// file turns out to be longer: one that grows as fast as it is read would never end.
template <class Take>
Result<std::uint64_t> read_through(int fd, std::uint64_t size, const Take& take) {
  std::string buffer(kCopyBuffer, '\0');
  std::uint64_t done = 0;
  while (done <= size) {
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) break;
    TRY_VOID(take(std::string_view(buffer).substr(0, static_cast<std::size_t>(got))));
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

}  // namespace

struct BlobStore::State {
  struct Waiting {
    std::filesystem::path temporary;
    std::uint64_t size = 0;
  };
  std::filesystem::path folder;
  Disk* disk = nullptr;
  bool writable = false;
  std::uint64_t next_temporary = 0;
  std::unordered_map<Sha256, Waiting> waiting;
  std::uint64_t waiting_bytes = 0;
  std::unordered_set<Sha256> refused;

  std::filesystem::path temporary_folder() const { return folder / kTemporaryFolder; }
  Result<void> remove_leftovers();
  Result<void> sync_what_a_killed_run_named();
  Result<void> sync_bytes(const Waiting& one, const std::filesystem::path& final_path);
  Result<void> sync_names(const std::set<std::filesystem::path>& shelves);
};

// ----- opening

BlobStore::BlobStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
BlobStore::BlobStore(BlobStore&&) noexcept = default;
BlobStore& BlobStore::operator=(BlobStore&&) noexcept = default;
BlobStore::~BlobStore() = default;

BlobStore BlobStore::open(const std::filesystem::path& folder, Disk& disk) {
  auto state = std::make_unique<State>();
  state->folder = folder;
  state->disk = &disk;
  return BlobStore(std::move(state));
}

Result<BlobStore> BlobStore::open_for_writing(const std::filesystem::path& folder, Disk& disk,
                                              const store::ExclusiveLock& /*proof*/) {
  BlobStore store = open(folder, disk);
  store.state_->writable = true;
  static_cast<void>(TRY(disk.make_folder(store.state_->temporary_folder())));
  TRY_VOID(store.state_->remove_leftovers());
  TRY_VOID(store.state_->sync_what_a_killed_run_named());
  return store;
}

Result<void> BlobStore::State::remove_leftovers() {
  const std::vector<Disk::Entry> leftovers = TRY(disk->list(temporary_folder()));
  for (const Disk::Entry& leftover : leftovers) {
    if (leftover.type == Disk::FileType::file) TRY_VOID(disk->remove(temporary_folder() / leftover.name));
  }
  return {};
}

// A run that was killed in the middle of sync() may have given names that are not durable yet. This run would
// take those blobs for present and commit rows about them.
Result<void> BlobStore::State::sync_what_a_killed_run_named() {
  if (disk->can_sync_all(folder)) return disk->sync_all(folder);
  std::set<std::filesystem::path> shelves;
  const std::vector<Disk::Entry> entries = TRY(disk->list(folder));
  for (const Disk::Entry& entry : entries) {
    if (entry.type == Disk::FileType::folder) shelves.insert(folder / entry.name);
  }
  return sync_names(shelves);
}

Result<void> BlobStore::State::sync_bytes(const Waiting& one, const std::filesystem::path& final_path) {
  auto fd = disk->open_read(one.temporary);
  // Named already, by a sync() that failed later on.
  if (!fd && fd.error().kind == ErrorKind::not_found) fd = disk->open_read(final_path);
  if (!fd) return Failure(std::move(fd).error());
  return disk->sync_file(fd->get());
}

Result<void> BlobStore::State::sync_names(const std::set<std::filesystem::path>& shelves) {
  for (const std::filesystem::path& shelf : shelves) TRY_VOID(disk->sync_folder(shelf));
  return disk->sync_folder(folder);
}

// ----- writing

BlobStore::Writer::Writer(BlobStore* store, std::filesystem::path path, UniqueFd fd)
    : store_(store), path_(std::move(path)), fd_(std::move(fd)) {}

BlobStore::Writer::Writer(Writer&& other) noexcept
    : store_(other.store_),
      path_(std::exchange(other.path_, {})),
      fd_(std::move(other.fd_)),
      hasher_(other.hasher_),
      size_(other.size_) {}

BlobStore::Writer::~Writer() {
  // A temporary file that cannot be removed now is removed by the next writer that opens the store.
  if (!path_.empty()) static_cast<void>(store_->state_->disk->remove(path_));
}

Result<void> BlobStore::Writer::append(std::string_view bytes) {
  CHECK(fd_);
  TRY_VOID(store_->state_->disk->write(fd_.get(), bytes));
  hasher_.update(bytes);
  size_ += bytes.size();
  return {};
}

Result<Kept> BlobStore::Writer::finish() {
  CHECK(fd_);
  const Sha256 blob = hasher_.finish();
  auto kept = store_->adopt(path_, fd_, blob, size_);
  fd_.reset();
  if (kept && !kept->was_present && !kept->refused) path_.clear();
  return kept;
}

Result<BlobStore::Writer> BlobStore::begin() {
  CHECK(state_->writable);
  std::filesystem::path path = state_->temporary_folder() / std::to_string(state_->next_temporary++);
  UniqueFd fd = TRY(state_->disk->create(path));
  return Writer(this, std::move(path), std::move(fd));
}

// Takes the finished temporary file among those that wait for sync(), unless the blob is there already or refused:
// then it stays the writer's, which removes it.
Result<Kept> BlobStore::adopt(const std::filesystem::path& temporary, const UniqueFd& fd, const Sha256& blob,
                              std::uint64_t size) {
  if (state_->refused.contains(blob)) return Kept{blob, size, false, true};
  if (state_->waiting.contains(blob)) return Kept{blob, size, true};
  const auto there = state_->disk->stat(path_of(blob));
  if (there) {
    if (there->type != Disk::FileType::file || there->size != size) {
      return fail(ErrorKind::malformed, "the case's copy of this file was altered; run 'dragoman verify'",
                  path_of(blob).string());
    }
    return Kept{blob, size, true};
  }
  if (there.error().kind != ErrorKind::not_found) return Failure(there.error());
  TRY_VOID(state_->disk->set_mode(fd.get(), kBlobMode));
  state_->waiting.emplace(blob, State::Waiting{temporary, size});
  state_->waiting_bytes += size;
  return Kept{blob, size, false};
}

Result<Kept> BlobStore::keep_file(int fd) {
  const struct stat before = TRY(status_of(fd));
  if (!S_ISREG(before.st_mode)) return fail(ErrorKind::unsupported, "not a regular file");
  Writer writer = TRY(begin());
  const auto size = static_cast<std::uint64_t>(before.st_size);
  std::uint64_t got = 0;
  if (state_->disk->clone(writer.fd_.get(), fd)) {
    // The clone is hashed, not the source, so that what is kept is what was hashed.
    got = TRY(read_through(writer.fd_.get(), size, [&](std::string_view bytes) {
      writer.hasher_.update(bytes);
      return Result<void>();
    }));
    writer.size_ = got;
  } else {
    got = TRY(read_through(fd, size, [&](std::string_view bytes) { return writer.append(bytes); }));
  }
  const struct stat after = TRY(status_of(fd));
  if (got != size || after.st_size != before.st_size || !same_moment(before.st_mtim, after.st_mtim) ||
      !same_moment(before.st_ctim, after.st_ctim)) {
    return fail(ErrorKind::io, "changed while it was read");
  }
  return writer.finish();
}

void BlobStore::refuse(std::span<const Sha256> blobs) {
  state_->refused.insert(blobs.begin(), blobs.end());
}

Result<void> BlobStore::remove(std::span<const Sha256> blobs) {
  CHECK(state_->writable);
  std::set<std::filesystem::path> shelves;
  for (const Sha256& blob : blobs) {
    CHECK(!state_->waiting.contains(blob));
    const std::filesystem::path path = path_of(blob);
    const auto removed = state_->disk->remove(path);
    if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
    // Also of one that is gone: a killed run may have removed it without this.
    if (state_->disk->stat(path.parent_path())) shelves.insert(path.parent_path());
  }
  return state_->sync_names(shelves);
}

Result<void> BlobStore::sync() {
  State& state = *state_;
  if (state.waiting.empty()) return {};
  const bool all_at_once = state.waiting.size() > kFewBlobs && state.disk->can_sync_all(state.folder);

  // 1. The bytes.
  if (all_at_once) {
    TRY_VOID(state.disk->sync_all(state.folder));
  } else {
    for (const auto& [blob, waiting] : state.waiting) TRY_VOID(state.sync_bytes(waiting, path_of(blob)));
  }

  // 2. The names.
  std::set<std::filesystem::path> shelves;
  for (const auto& [blob, waiting] : state.waiting) {
    const std::filesystem::path path = path_of(blob);
    if (shelves.insert(path.parent_path()).second) static_cast<void>(TRY(state.disk->make_folder(path.parent_path())));
    auto renamed = state.disk->rename(waiting.temporary, path);
    const bool done_before = !renamed && renamed.error().kind == ErrorKind::not_found && state.disk->stat(path);
    if (!renamed && !done_before) return renamed;
  }

  // 3. The names, durable.
  if (all_at_once) {
    TRY_VOID(state.disk->sync_all(state.folder));
  } else {
    TRY_VOID(state.sync_names(shelves));
  }
  state.waiting.clear();
  state.waiting_bytes = 0;
  return {};
}

std::size_t BlobStore::waiting() const {
  return state_->waiting.size();
}
std::uint64_t BlobStore::waiting_bytes() const {
  return state_->waiting_bytes;
}

// ----- reading

std::filesystem::path BlobStore::path_of(const Sha256& blob) const {
  const std::string hex = blob.hex();
  return state_->folder / hex.substr(0, 2) / hex.substr(2);
}

std::filesystem::path BlobStore::temporary_folder() const {
  return state_->temporary_folder();
}

Result<UniqueFd> BlobStore::open(const Sha256& blob) const {
  const auto waiting = state_->waiting.find(blob);
  auto fd = state_->disk->open_read(path_of(blob));
  if (!fd && waiting != state_->waiting.end()) fd = state_->disk->open_read(waiting->second.temporary);
  if (!fd && fd.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "the case has no file " + blob.hex(), path_of(blob).string());
  }
  return fd;
}

bool BlobStore::exists(const Sha256& blob) const {
  if (state_->waiting.contains(blob)) return true;
  const auto entry = state_->disk->stat(path_of(blob));
  return entry && entry->type == Disk::FileType::file;
}

Result<std::uint64_t> BlobStore::size(const Sha256& blob) const {
  const auto waiting = state_->waiting.find(blob);
  if (waiting != state_->waiting.end()) return waiting->second.size;
  const Disk::Entry entry = TRY(state_->disk->stat(path_of(blob)));
  return entry.size;
}

Result<void> BlobStore::for_each(const std::function<Result<void>(const Found&)>& visit) const {
  const std::vector<Disk::Entry> shelves = TRY(state_->disk->list(state_->folder));
  for (const Disk::Entry& shelf : shelves) {
    const std::filesystem::path folder = state_->folder / shelf.name;
    if (shelf.type != Disk::FileType::folder) {
      TRY_VOID(visit(Found{folder, std::nullopt, shelf.size, shelf.mode}));
      continue;
    }
    if (shelf.name == kTemporaryFolder) continue;
    const std::vector<Disk::Entry> files = TRY(state_->disk->list(folder));
    for (const Disk::Entry& file : files) {
      Found found{folder / file.name, std::nullopt, file.size, file.mode};
      const auto blob = Sha256::from_hex(shelf.name + file.name);
      // Upper-case digits would be another name for the same blob.
      if (blob && file.type == Disk::FileType::file && path_of(*blob) == found.path) found.blob = *blob;
      TRY_VOID(visit(found));
    }
  }
  return {};
}

}  // namespace dragoman::vault
