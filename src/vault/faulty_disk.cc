// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/faulty_disk.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <system_error>

namespace dragoman::vault {
namespace {

std::uint64_t inode_of(int fd) {
  struct stat status {};
  CHECK(::fstat(fd, &status) == 0);
  return status.st_ino;
}

std::uint64_t inode_of(const std::filesystem::path& path) {
  struct stat status {};
  CHECK(::lstat(path.c_str(), &status) == 0);
  return status.st_ino;
}

}  // namespace

FaultyDisk::FaultyDisk(std::filesystem::path grave) : real_(real_disk()), grave_(std::move(grave)) {}

void FaultyDisk::fail_at(std::uint64_t operation, Failure failure) {
  fail_at_ = operations_ + operation;
  failure_ = failure;
}

// Before every change.
Result<void> FaultyDisk::next() {
  if (dead_) return fail(ErrorKind::io, "the disk is gone");
  if (++operations_ != fail_at_) return {};
  if (failure_ == Failure::no_space) return dragoman::Failure(io_error("cannot write", {}, ENOSPC));
  dead_ = true;
  return fail(ErrorKind::io, "the disk is gone");
}

// ----- changes

Result<UniqueFd> FaultyDisk::create(const std::filesystem::path& path) {
  TRY_VOID(next());
  UniqueFd fd = TRY(real_->create(path));
  names_.push_back(Name{Change::made_file, {}, path});
  synced_sizes_[inode_of(fd.get())] = 0;
  files_.insert(path);
  return fd;
}

Result<UniqueFd> FaultyDisk::open_append(const std::filesystem::path& path) {
  const bool there = real_->stat(path).has_value();
  if (!there) TRY_VOID(next());
  if (dead_) return fail(ErrorKind::io, "the disk is gone");
  UniqueFd fd = TRY(real_->open_append(path));
  if (!there) names_.push_back(Name{Change::made_file, {}, path});
  const std::uint64_t size = TRY(file_size(fd.get()));
  if (files_.insert(path).second) synced_sizes_[inode_of(fd.get())] = there ? size : 0;
  return fd;
}

Result<void> FaultyDisk::write(int fd, std::string_view bytes) {
  auto allowed = next();
  // The last write before the end arrives in part.
  if (!allowed && (!dead_ || operations_ == fail_at_)) {
    static_cast<void>(real_->write(fd, bytes.substr(0, bytes.size() / 2)));
    operations_ += dead_ ? 1 : 0;
  }
  if (!allowed) return allowed;
  return real_->write(fd, bytes);
}

bool FaultyDisk::clone(int to, int from) {
  return !dead_ && real_->clone(to, from);
}

Result<void> FaultyDisk::truncate(int fd, std::uint64_t size) {
  TRY_VOID(next());
  std::uint64_t& synced = synced_sizes_[inode_of(fd)];
  synced = std::min(synced, size);
  return real_->truncate(fd, size);
}

Result<void> FaultyDisk::set_mode(int fd, unsigned mode) {
  TRY_VOID(next());
  return real_->set_mode(fd, mode);
}

Result<void> FaultyDisk::sync_file(int fd) {
  TRY_VOID(next());
  synced_sizes_[inode_of(fd)] = TRY(file_size(fd));
  return {};
}

Result<void> FaultyDisk::sync_folder(const std::filesystem::path& folder) {
  TRY_VOID(next());
  std::erase_if(names_, [&](const Name& name) {
    return (name.change == Change::removed ? name.from : name.to).parent_path() == folder;
  });
  return {};
}

Result<void> FaultyDisk::sync_all(const std::filesystem::path& /*folder*/) {
  TRY_VOID(next());
  names_.clear();
  for (const std::filesystem::path& file : files_) {
    synced_sizes_[inode_of(file)] = std::filesystem::file_size(file);
  }
  return {};
}

bool FaultyDisk::can_sync_all(const std::filesystem::path& /*folder*/) {
  return offer_sync_all_;
}

Result<void> FaultyDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  TRY_VOID(next());
  TRY_VOID(real_->rename(from, to));
  names_.push_back(Name{Change::renamed, from, to});
  files_.erase(from);
  files_.insert(to);
  return {};
}

Result<void> FaultyDisk::remove(const std::filesystem::path& path) {
  TRY_VOID(next());
  if (files_.erase(path) > 0) synced_sizes_.erase(inode_of(path));
  const std::filesystem::path place = grave_ / std::to_string(operations_);
  TRY_VOID(real_->rename(path, place));
  names_.push_back(Name{Change::removed, path, place});
  return {};
}

Result<bool> FaultyDisk::make_folder(const std::filesystem::path& path) {
  TRY_VOID(next());
  const bool made = TRY(real_->make_folder(path));
  if (made) names_.push_back(Name{Change::made_folder, {}, path});
  return made;
}

// ----- reading

Result<UniqueFd> FaultyDisk::open_read(const std::filesystem::path& path) {
  if (dead_) return fail(ErrorKind::io, "the disk is gone");
  return real_->open_read(path);
}

Result<Disk::Entry> FaultyDisk::stat(const std::filesystem::path& path) {
  if (dead_) return fail(ErrorKind::io, "the disk is gone");
  return real_->stat(path);
}

Result<std::vector<Disk::Entry>> FaultyDisk::list(const std::filesystem::path& folder) {
  if (dead_) return fail(ErrorKind::io, "the disk is gone");
  return real_->list(folder);
}

// ----- the power cut

void FaultyDisk::power_cut(std::uint64_t seed) {
  dead_ = true;
  std::mt19937_64 random(seed);
  lose_bytes(random);
  for (auto name = names_.rbegin(); name != names_.rend(); ++name) {
    if (random() % 2 == 0) undo(*name);
  }
  names_.clear();
}

void FaultyDisk::undo(const Name& name) {
  std::error_code ignored;  // a name whose undoing makes no sense any more stays as it is
  switch (name.change) {
    case Change::made_file:
    case Change::made_folder: std::filesystem::remove_all(name.to, ignored); break;
    case Change::renamed:
    case Change::removed:
      if (!std::filesystem::exists(name.from)) std::filesystem::rename(name.to, name.from, ignored);
      break;
  }
}

// What was written after the last sync is gone, has become zeros, or has arrived.
void FaultyDisk::lose_bytes(std::mt19937_64& random) {
  for (const std::filesystem::path& file : files_) {
    const std::uint64_t synced = synced_sizes_[inode_of(file)];
    const std::uint64_t size = std::filesystem::file_size(file);
    if (synced >= size) continue;
    const std::uint64_t arrived = synced + random() % (size - synced + 1);
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    std::filesystem::resize_file(file, arrived);
    if (random() % 3 == 0) std::filesystem::resize_file(file, size);  // zeros
  }
}

}  // namespace dragoman::vault
