// SPDX-License-Identifier: AGPL-3.0-or-later
// Every blob hashed again: files under blobs/, ranges of other blobs, files that stayed where they were.
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "vault/verifier.h"

namespace dragoman::vault {
namespace {

constexpr std::size_t kMaxNotes = 100;
constexpr std::size_t kHashBuffer = std::size_t{1} << 20;
constexpr unsigned kBlobMode = 0444;

}  // namespace

// ----- the blobs

// Both the folders and the rows come in the order of hashes and are merged.
Result<void> Verifier::check_blobs() {
  all_bytes_ = static_cast<std::uint64_t>(
      TRY(db_.number("SELECT CAST(total(size) AS INTEGER) FROM (SELECT max(size) AS size FROM custody_items "
                     "GROUP BY blob)")));
  const BlobStore blobs = BlobStore::open(folder_.blobs(), disk_);
  auto query = TRY(db_.statement("SELECT blob, max(size) FROM custody_items GROUP BY blob ORDER BY blob"));
  std::optional<Sha256> wanted;
  std::uint64_t size = 0;
  const auto advance = [&]() -> Result<void> {
    wanted.reset();
    while (TRY(query->step())) {
      const auto digest = query->digest(0);
      if (!digest) continue;  // said by check_root
      wanted = *digest;
      size = static_cast<std::uint64_t>(query->int64(1));
      break;
    }
    return {};
  };

  TRY_VOID(advance());
  const auto listed = blobs.for_each([&](const BlobStore::Found& found) -> Result<void> {
    if (!found.blob) return check_unlisted(found);
    while (wanted && *wanted < *found.blob) {
      TRY_VOID(check_absent(blobs, *wanted, size));
      TRY_VOID(advance());
    }
    if (!wanted || *wanted != *found.blob) return check_unlisted(found);
    if (removals_.contains(*wanted)) {
      check_removed(blobs, *wanted);
    } else {
      TRY_VOID(check_listed(found, size));
    }
    return advance();
  });
  if (!listed) fault("blob_missing", shown(folder_.blobs()), listed.error().message);
  while (wanted) {
    TRY_VOID(check_absent(blobs, *wanted, size));
    TRY_VOID(advance());
  }
  return check_ranges(blobs);
}

// ----- bytes without a file under blobs/

void Verifier::check_removed(const BlobStore& blobs, const Sha256& blob) {
  ++report_.removed;
  if (!blobs.exists(blob)) return;
  fault("removal_unfinished", shown(blobs.path_of(blob)),
        "its removal was decided and signed, and its bytes are still there; the next 'dragoman remove' or 'add' "
        "finishes it");
}

Result<void> Verifier::check_absent(const BlobStore& blobs, const Sha256& blob, std::uint64_t size) {
  if (removals_.contains(blob)) {
    check_removed(blobs, blob);
    return {};
  }
  const auto range = TRY(range_of(db_, blob));
  if (range && range->length == size) return {};  // hashed by check_ranges, container by container
  if (range) {
    fault("item", shown(blobs.path_of(blob)), "case.db says another size of it");
    return {};
  }
  const auto references = TRY(references_of(db_, blob));
  if (!references.empty()) return check_reference(blob, size, references);
  fault("blob_missing", shown(blobs.path_of(blob)), "the file is gone");
  return {};
}

// One of its places must still have the bytes; of the others it is noted when they do not.
Result<void> Verifier::check_reference(const Sha256& blob, std::uint64_t size,
                                       const std::vector<Reference>& references) {
  ++report_.blobs;
  std::vector<Fault> faults;
  for (const Reference& reference : references) {
    const std::string where = path_from_bytes(reference.path);
    const auto fd = open_reference(reference);
    if (!fd) {
      const bool gone = fd.error().kind == ErrorKind::not_found;
      faults.push_back({gone ? "reference_missing" : "reference_changed", where, fd.error().message});
      continue;
    }
    const auto hash = hash_range(*fd, 0, reference.size);
    if (!hash && hash.error().kind == ErrorKind::cancelled) return Failure(hash.error());
    if (!hash) {
      faults.push_back({"reference_changed", where, hash.error().message});
    } else if (*hash != blob) {
      faults.push_back({"reference_changed", where, "its bytes are not those that were received"});
    } else if (reference.size != size) {
      faults.push_back({"item", where, "case.db says another size of it"});
    }
  }
  const bool somewhere = faults.size() < references.size();
  for (Fault& one : faults) {
    if (!somewhere) {
      fault(std::move(one.what), std::move(one.where), std::move(one.detail));
    } else if (report_.notes.size() < kMaxNotes) {
      report_.notes.push_back(fmt::format("{}: {} (the same bytes are still had elsewhere)", one.where, one.detail));
    }
  }
  return {};
}

// In the order of containers and of places in them, so that a disk is read forwards and each container is opened once.
Result<void> Verifier::check_ranges(const BlobStore& blobs) {
  auto rows =
      TRY(db_.statement("SELECT blob, container, start, length FROM blob_ranges "
                        "WHERE blob IN (SELECT blob FROM custody_items) ORDER BY container, start"));
  while (TRY(rows->step())) {
    const auto blob = rows->digest(0);
    const auto container = rows->digest(1);
    if (!blob || !container || rows->int64(2) < 0 || rows->int64(3) < 0) {
      fault("item", "case.db", "a row of its table of ranges was altered");
      continue;
    }
    if (blobs.exists(*blob) || removals_.contains(*blob)) continue;
    ++report_.blobs;
    const Range range{*container, static_cast<std::uint64_t>(rows->int64(2)),
                      static_cast<std::uint64_t>(rows->int64(3))};
    TRY_VOID(check_range(blobs, *blob, range));
  }
  return {};
}

Result<void> Verifier::check_range(const BlobStore& blobs, const Sha256& blob, const Range& range) {
  const std::string where =
      fmt::format("{} ({} bytes from {})", shown(blobs.path_of(range.container)), range.length, range.offset);
  if (container_ != range.container) {
    container_ = range.container;
    located_.reset();
    auto located = locate(db_, blobs, range.container);
    if (located) located_.emplace(std::move(*located));
  }
  if (!located_) {
    fault("blob_missing", where, "the container that it stands in cannot be had");
    return {};
  }
  if (range.offset > located_->length || range.length > located_->length - range.offset) {
    fault("item", where, "case.db places it outside of its container");
    return {};
  }
  const auto hash = hash_range(located_->fd, located_->offset + range.offset, range.length);
  if (!hash && hash.error().kind == ErrorKind::cancelled) return Failure(hash.error());
  if (!hash) {
    fault("blob_altered", where, hash.error().message);
  } else if (*hash != blob) {
    fault("blob_altered", where, "its bytes are not those that were received");
  }
  return {};
}

Result<Sha256> Verifier::hash_range(const UniqueFd& fd, std::uint64_t offset, std::uint64_t length) {
  Sha256Hasher hasher;
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(length, kHashBuffer)), '\0');
  for (std::uint64_t done = 0; done < length;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length - done, buffer.size()));
    const ssize_t got = ::pread(fd.get(), buffer.data(), wanted, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) return fail(ErrorKind::io, "the file is shorter than it was");
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    done += static_cast<std::uint64_t>(got);
    TRY_VOID(progressed(static_cast<std::uint64_t>(got)));
  }
  return hasher.finish();
}

Result<void> Verifier::progressed(std::uint64_t bytes) {
  done_bytes_ += bytes;
  if (options_.progress) options_.progress(done_bytes_, all_bytes_);
  if (options_.cancelled && options_.cancelled()) return fail(ErrorKind::cancelled, "stopped");
  return {};
}

// nullopt: it cannot be read, which is a fault already.
Result<std::optional<Sha256>> Verifier::hash_of(const std::filesystem::path& path) {
  auto fd = disk_.open_read(path);
  if (!fd) {
    fault("blob_altered", shown(path), fd.error().message);
    return std::optional<Sha256>();
  }
  Sha256Hasher hasher;
  std::string buffer(kHashBuffer, '\0');
  for (;;) {
    const ssize_t got = ::read(fd->get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      fault("blob_altered", shown(path), io_error("cannot read", path, errno).message);
      return std::optional<Sha256>();
    }
    if (got == 0) return std::optional<Sha256>(hasher.finish());
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    TRY_VOID(progressed(static_cast<std::uint64_t>(got)));
  }
}

Result<void> Verifier::check_listed(const BlobStore::Found& found, std::uint64_t size) {
  const std::optional<Sha256> hash = TRY(hash_of(found.path));
  ++report_.blobs;
  if (found.mode != kBlobMode) ++loose_permissions_;
  if (hash && *hash != *found.blob) {
    fault("blob_altered", shown(found.path), "its bytes are not those that were received");
  } else if (hash && found.size != size) {
    fault("item", shown(found.path), "case.db says another size of it");
  }
  return {};
}

Result<void> Verifier::check_unlisted(const BlobStore::Found& found) {
  if (!found.blob) {
    fault("blob_unknown", shown(found.path), "the case did not put this here");
    return {};
  }
  const std::optional<Sha256> hash = TRY(hash_of(found.path));
  if (hash && *hash == *found.blob) {
    ++unlisted_blobs_;
  } else if (hash) {
    fault("blob_unknown", shown(found.path), "no entry has it, and its bytes are not what its name says");
  }
  return {};
}

}  // namespace dragoman::vault
