// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/removal.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "vault/whereabouts.h"

namespace dragoman::vault {
namespace {

constexpr std::size_t kCopyBuffer = std::size_t{1} << 20;
// Files that wait for their sync.
constexpr std::size_t kBatchBlobs = 512;
constexpr std::uint64_t kBatchBytes = std::uint64_t{256} << 20;

/// Blobs with a range in one of `leaving`. One walk over the table, which has no index by container.
Result<std::vector<Sha256>> standing_in(store::Database& db, const BlobSet& leaving) {
  auto rows = TRY(db.statement("SELECT blob, container FROM blob_ranges ORDER BY container, start"));
  std::vector<Sha256> blobs;
  while (TRY(rows->step())) {
    const Sha256 blob = TRY(rows->digest(0));
    const Sha256 container = TRY(rows->digest(1));
    if (leaving.contains(container)) blobs.push_back(blob);
  }
  return blobs;
}

Result<void> copy_out(store::Database& db, BlobStore& blobs, const Sha256& blob) {
  const Location location = TRY(locate(db, blobs, blob));
  BlobStore::Writer writer = TRY(blobs.begin());
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(location.length, kCopyBuffer)), '\0');
  for (std::uint64_t done = 0; done < location.length;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(location.length - done, buffer.size());
    const ssize_t got = ::pread(location.fd.get(), buffer.data(), wanted, static_cast<off_t>(location.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failure(io_error("cannot read", {}, errno));
    if (got == 0) return fail(ErrorKind::io, "the container is shorter than the case says");
    TRY_VOID(writer.append(std::string_view(buffer).substr(0, static_cast<std::size_t>(got))));
    done += static_cast<std::uint64_t>(got);
  }
  const Kept kept = TRY(writer.finish());
  if (kept.blob == blob) return {};
  return fail(ErrorKind::malformed, "a file that would stay was altered in its container; run 'dragoman verify'");
}

Result<void> forget(store::Database& db, const char* sql, const std::vector<Sha256>& blobs) {
  auto statement = TRY(db.statement(sql));
  for (const Sha256& blob : blobs) TRY_VOID(statement->bind_all(blob).run());
  return {};
}

}  // namespace

Result<void> keep_ranges_of(store::Database& db, BlobStore& blobs, const BlobSet& leaving) {
  for (const Sha256& blob : TRY(standing_in(db, leaving))) {
    if (leaving.contains(blob) || blobs.exists(blob)) continue;
    TRY_VOID(copy_out(db, blobs, blob));
    if (blobs.waiting() > kBatchBlobs || blobs.waiting_bytes() > kBatchBytes) TRY_VOID(blobs.sync());
  }
  return blobs.sync();
}

Result<void> forget_places(store::Database& db, const BlobSet& leaving) {
  const std::vector<Sha256> ranges = TRY(standing_in(db, leaving));
  const std::vector<Sha256> own(leaving.begin(), leaving.end());
  TRY_VOID(forget(db, "DELETE FROM blob_ranges WHERE blob = ?", ranges));
  TRY_VOID(forget(db, "DELETE FROM blob_ranges WHERE blob = ?", own));
  return forget(db, "DELETE FROM blob_references WHERE blob = ?", own);
}

}  // namespace dragoman::vault
