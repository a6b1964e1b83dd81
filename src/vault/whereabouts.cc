// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/whereabouts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace dragoman::vault {
namespace {

constexpr std::uint64_t kInMemory = std::uint64_t{16} << 20;
constexpr std::size_t kCopyBuffer = std::size_t{1} << 20;
constexpr int kMostReferences = 100;
// Containers in containers. Ranges get shorter with each step, so this only bounds a damaged database.
constexpr int kMostSteps = 256;

std::int64_t nanoseconds(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

Failure changed() {
  return fail(ErrorKind::io, "the file has changed where it lies since it was received; add it again");
}

/// The descriptor of a nameless file is for writing; workers take only what cannot be written.
Result<UniqueFd> read_only(const UniqueFd& fd) {
  UniqueFd again(::open(fmt::format("/proc/self/fd/{}", fd.get()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!again) return Failure(io_error("cannot open a temporary file again", {}, errno));
  return again;
}

UniqueFd nameless_in(const std::filesystem::path& folder) {
  return UniqueFd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

Result<UniqueFd> nameless(const BlobStore& blobs, std::uint64_t size) {
  if (size <= kInMemory) {
    UniqueFd memory(::memfd_create("dragoman-blob", MFD_CLOEXEC));
    if (memory) return memory;
  }
  UniqueFd fd = nameless_in(blobs.temporary_folder());
  if (fd) return fd;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (!error) fd = nameless_in(folder);
  if (!fd) return Failure(io_error("cannot make a temporary file", folder, errno));
  return fd;
}

/// In the kernel where it can, which shares blocks on some file systems; else through a buffer.
Result<void> copy_range(int to, const Location& from) {
  auto in = static_cast<off_t>(from.offset);
  std::uint64_t left = from.length;
  while (left > 0) {
    const ssize_t got =
        ::copy_file_range(from.fd.get(), &in, to, nullptr, std::min<std::uint64_t>(left, std::uint64_t{1} << 30), 0);
    if (got <= 0) break;
    left -= static_cast<std::uint64_t>(got);
  }
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(left, kCopyBuffer)), '\0');
  while (left > 0) {
    const ssize_t got = ::pread(from.fd.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()), in);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) return fail(ErrorKind::io, "the container is shorter than the case says");
    TRY_VOID(write_all(to, std::string_view(buffer).substr(0, static_cast<std::size_t>(got))));
    left -= static_cast<std::uint64_t>(got);
    in += got;
  }
  return {};
}

/// One that is as it was, or none; `error` is why the last one was not.
Result<UniqueFd> open_any(const std::vector<Reference>& references) {
  Result<UniqueFd> fd = fail(ErrorKind::not_found, "no reference");
  for (const Reference& reference : references) {
    fd = open_reference(reference);
    if (fd) break;
  }
  return fd;
}

Failure nowhere(const BlobStore& blobs, const Sha256& blob) {
  return fail(ErrorKind::not_found, "the case has no file " + blob.hex(), blobs.path_of(blob).string());
}

}  // namespace

// ----- the tables

Result<void> add_range(store::Database& db, const Sha256& blob, const Range& range) {
  CHECK(blob != range.container);
  auto insert = TRY(db.statement("INSERT OR IGNORE INTO blob_ranges(blob, container, start, length) VALUES(?,?,?,?)"));
  return insert->bind_all(blob, range.container, range.offset, range.length).run();
}

Result<std::optional<Range>> range_of(store::Database& db, const Sha256& blob) {
  auto find = TRY(db.statement("SELECT container, start, length FROM blob_ranges WHERE blob = ?"));
  find->bind(1, blob);
  if (!TRY(find->step())) return std::nullopt;
  const Sha256 container = TRY(find->digest(0));
  if (find->int64(1) < 0 || find->int64(2) < 0) return fail(ErrorKind::malformed, "a range of the case was altered");
  return Range{container, static_cast<std::uint64_t>(find->int64(1)), static_cast<std::uint64_t>(find->int64(2))};
}

Result<void> add_reference(store::Database& db, const Sha256& blob, const Reference& reference) {
  auto insert = TRY(db.statement(
      "INSERT OR REPLACE INTO blob_references(blob, path, size, mtime_ns, ctime_ns) VALUES(?, ?, ?, ?, ?)"));
  insert->bind_all(blob, std::string_view(), reference.size, reference.mtime_ns, reference.ctime_ns);
  insert->bind_blob(2, reference.path);
  return insert->run();
}

Result<bool> has_references(store::Database& db) {
  return TRY(db.number("SELECT EXISTS(SELECT 1 FROM blob_references)")) != 0;
}

Result<bool> is_reference(store::Database& db, std::string_view path) {
  auto find = TRY(db.statement("SELECT 1 FROM blob_references WHERE path = ?"));
  find->bind_blob(1, path);
  return find->step();
}

Result<std::vector<Reference>> references_of(store::Database& db, const Sha256& blob) {
  auto rows = TRY(
      db.statement("SELECT path, size, mtime_ns, ctime_ns FROM blob_references WHERE blob = ? ORDER BY path LIMIT ?"));
  rows->bind_all(blob, kMostReferences);
  std::vector<Reference> references;
  while (TRY(rows->step())) {
    references.push_back({std::string(rows->blob(0)),
                          static_cast<std::uint64_t>(std::max<std::int64_t>(rows->int64(1), 0)), rows->int64(2),
                          rows->int64(3)});
  }
  return references;
}

// ----- opening

Result<Kept> hash_file(int fd) {
  struct stat before {};
  if (::fstat(fd, &before) != 0) return Failure(io_error("cannot look at the file", {}, errno));
  if (!S_ISREG(before.st_mode)) return fail(ErrorKind::unsupported, "not a regular file");
  Sha256Hasher hasher;
  std::string buffer(kCopyBuffer, '\0');
  off_t done = 0;
  // One that grows as fast as it is read would never end.
  while (done <= before.st_size) {
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) break;
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    done += got;
  }
  struct stat after {};
  if (::fstat(fd, &after) != 0) return Failure(io_error("cannot look at the file", {}, errno));
  const bool same = done == before.st_size && after.st_size == before.st_size &&
                    nanoseconds(after.st_mtim) == nanoseconds(before.st_mtim) &&
                    nanoseconds(after.st_ctim) == nanoseconds(before.st_ctim);
  if (!same) return fail(ErrorKind::io, "changed while it was read");
  return Kept{hasher.finish(), static_cast<std::uint64_t>(done), false};
}

// Step by step, so that neither a link nor the length of the path (4096 bytes for one call) matters.
Result<UniqueFd> open_reference(const Reference& reference) {
  std::string_view rest = reference.path;
  if (!rest.starts_with('/')) return fail(ErrorKind::malformed, "a reference of the case was altered");
  UniqueFd at(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    const std::string name(rest.substr(0, rest.find('/')));
    rest.remove_prefix(name.size());
    if (name.empty()) break;
    if (name == "." || name == "..") return fail(ErrorKind::malformed, "a reference of the case was altered");
    const int flags = rest.empty() ? O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
                                   : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    at = UniqueFd(::openat(at.get(), name.c_str(), flags));
    if (!at && errno == ENOENT) return fail(ErrorKind::not_found, "the file is gone from where it was received");
    if (!at) return Failure(io_error("the file cannot be opened where it was received", {}, errno));
  }
  struct stat status {};
  if (::fstat(at.get(), &status) != 0) return Failure(io_error("cannot look at the file", {}, errno));
  const bool same = S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == reference.size &&
                    nanoseconds(status.st_mtim) == reference.mtime_ns &&
                    nanoseconds(status.st_ctim) == reference.ctime_ns;
  if (!same) return changed();
  return at;
}

Result<Location> locate(store::Database& db, const BlobStore& blobs, const Sha256& blob) {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
  Sha256 at = blob;
  for (int step = 0; step < kMostSteps; ++step) {
    auto fd = blobs.open(at);
    if (!fd && fd.error().kind != ErrorKind::not_found) return Failure(std::move(fd).error());
    std::optional<Range> range;
    if (!fd) range = TRY(range_of(db, at));
    if (!fd && !range) {
      const auto references = TRY(references_of(db, at));
      if (references.empty()) return nowhere(blobs, at);
      fd = open_any(references);
      if (!fd) return Failure(std::move(fd).error());
    }
    if (fd) {
      const std::uint64_t size = TRY(file_size(fd->get()));
      const std::uint64_t wanted = length.value_or(size);
      if (offset > size || wanted > size - offset) return fail(ErrorKind::malformed, "a range of the case was altered");
      return Location{std::move(*fd), offset, wanted, offset == 0 && wanted == size};
    }
    const std::uint64_t inner = length.value_or(range->length);
    if (offset > range->length || inner > range->length - offset || range->offset > UINT64_MAX / 2) {
      return fail(ErrorKind::malformed, "a range of the case was altered");
    }
    length = inner;
    offset += range->offset;
    at = range->container;
  }
  return fail(ErrorKind::malformed, "the ranges of the case form a ring");
}

Result<bool> lies_outside(store::Database& db, const BlobStore& blobs, const Sha256& blob) {
  Sha256 at = blob;
  for (int step = 0; step < kMostSteps && !blobs.exists(at); ++step) {
    const auto range = TRY(range_of(db, at));
    if (!range) {
      const auto references = TRY(references_of(db, at));
      return !references.empty();
    }
    at = range->container;
  }
  return false;
}

Result<UniqueFd> open_bytes(store::Database& db, const BlobStore& blobs, const Sha256& blob) {
  Location location = TRY(locate(db, blobs, blob));
  return open_located(blobs, std::move(location));
}

Result<UniqueFd> open_located(const BlobStore& blobs, Location location) {
  if (location.whole) return std::move(location.fd);
  const UniqueFd copy = TRY(nameless(blobs, location.length));
  TRY_VOID(copy_range(copy.get(), location));
  return read_only(copy);
}

}  // namespace dragoman::vault
