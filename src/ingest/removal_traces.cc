// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/removal_traces.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHexDigits = 64;

Result<void> sync_where_it_is(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder, ignored) ? sync_folder(folder) : Result<void>();
}

/// In pictures/ab/, named by the blob first (pages/page_key.h); under a temporary name too.
Result<void> remove_pictures_in(const fs::path& folder, const std::set<std::string>& blobs) {
  std::error_code error;
  if (fs::is_symlink(folder, error)) return {};
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (blobs.contains(entry->path().filename().string().substr(0, kHexDigits))) found.push_back(entry->path());
  }
  for (const fs::path& path : found) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failure(io_error("cannot remove", path, errno));
  }
  return found.empty() ? Result<void>() : sync_folder(folder);
}

}  // namespace

Result<void> remove_stray_blobs(store::Database& db, vault::BlobStore& blobs) {
  std::vector<Sha256> strays;
  auto find = TRY(db.statement("SELECT 1 FROM contents WHERE sha256 = ?"));
  const auto look = [&](const vault::BlobStore::Found& found) -> Result<void> {
    if (!found.blob) return {};
    find->bind(1, *found.blob);
    const bool known = TRY(find->step());
    find->reset();
    if (!known) strays.push_back(*found.blob);
    return {};
  };
  TRY_VOID(blobs.for_each(look));
  return strays.empty() ? Result<void>() : blobs.remove(strays);
}

Result<void> remove_pictures(const fs::path& derived, std::span<const Sha256> blobs) {
  std::set<std::string> names;
  std::set<fs::path> folders;
  for (const Sha256& blob : blobs) {
    const auto [name, added] = names.insert(blob.hex());
    folders.insert(derived / "pictures" / name->substr(0, 2));
  }
  for (const fs::path& folder : folders) TRY_VOID(remove_pictures_in(folder, names));
  std::vector<fs::path> conversions;
  std::error_code error;
  for (fs::directory_iterator entry(derived, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with("office-")) conversions.push_back(entry->path());
  }
  for (const fs::path& path : conversions) {
    fs::remove_all(path, error);
    if (error) return Failure(io_error("cannot remove", path, error.value()));
  }
  return sync_where_it_is(derived);
}

Result<void> remove_index(const store::CaseFolder& folder) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const std::string path = folder.index_db().string() + suffix;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failure(io_error("cannot remove", path, errno));
  }
  return sync_folder(folder.root());
}

}  // namespace dragoman::ingest
