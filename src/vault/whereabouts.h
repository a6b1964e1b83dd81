// SPDX-License-Identifier: AGPL-3.0-or-later
// Bytes that the case speaks of without a copy under blobs/: a member that stands in its container as it is (a
// range of another blob), and a file that stays where it was received from (a reference).
//
// A blob that has a file under blobs/ may have rows here too: the file wins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"
#include "store/database.h"
#include "vault/blobs.h"

namespace dragoman::vault {

/// Some bytes of another blob.
struct Range {
  Sha256 container;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A file outside of the case, and what it looked like when its bytes were hashed.
struct Reference {
  std::string path;  // bytes; absolute, without links in it
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
};

/// Inside the caller's transaction, after the container is kept. A blob that has a range keeps the one it has.
/// `range` must be shorter than its container (CHECK by the caller's bounds): so no chain of ranges can be a ring.
Result<void> add_range(store::Database& db, const Sha256& blob, const Range& range);
Result<std::optional<Range>> range_of(store::Database& db, const Sha256& blob);

/// Inside the caller's transaction. The same path with the same bytes gets the new stamp; a path that now has other
/// bytes keeps the row of those it had, so that verify can say what is gone and where it was.
Result<void> add_reference(store::Database& db, const Sha256& blob, const Reference& reference);
/// Whether anything is referred to at all; and that path.
Result<bool> has_references(store::Database& db);
Result<bool> is_reference(store::Database& db, std::string_view path);
/// In the order of their paths, at most 100.
Result<std::vector<Reference>> references_of(store::Database& db, const Sha256& blob);

/// The hash and size of an open file, read from its start. io "changed while it was read" when it was, and when it
/// cannot be read; unsupported for anything but a regular file.
Result<Kept> hash_file(int fd);

/// Opens the file of a reference: no symbolic link anywhere in its path is followed. not_found when it is gone; io
/// when size, mtime or ctime are not those of the reference.
Result<UniqueFd> open_reference(const Reference& reference);

/// Where the bytes of a blob can be read.
struct Location {
  UniqueFd fd;  // read-only
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool whole = false;  // they are all that fd has
};
/// not_found, naming the blob, when it is nowhere; malformed when case.db's rows cannot be right; io when the only
/// place it has is a file that changed.
Result<Location> locate(store::Database& db, const BlobStore& blobs, const Sha256& blob);

/// Whether its bytes depend on a file outside of the case: then that they cannot be had is no fault of the case.
Result<bool> lies_outside(store::Database& db, const BlobStore& blobs, const Sha256& blob);

/// The blob alone from its first byte to its last, for those who need a file: the file itself, or a copy of the
/// range without a name, which is gone when it is closed (in memory up to 16 MiB, else in blobs/tmp or, where that
/// cannot be written, in the folder for temporary files). io when there is no room.
Result<UniqueFd> open_located(const BlobStore& blobs, Location location);
/// Both in one.
Result<UniqueFd> open_bytes(store::Database& db, const BlobStore& blobs, const Sha256& blob);

}  // namespace dragoman::vault
