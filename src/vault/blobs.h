// SPDX-License-Identifier: AGPL-3.0-or-later
// Files as they were received, kept under the SHA-256 of their bytes: blobs/ab/cdef…, mode 0444.
//
// A blob gets its name only after its bytes are safe on the disk, so a name never stands for half a file. To
// spare thousands of small files three syncs each, finished blobs wait under a temporary name until sync();
// what a caller commits about a blob it must commit after sync(). Blobs that wait can be read already.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"
#include "store/case_folder.h"
#include "vault/disk.h"

namespace dragoman::vault {

/// A blob that is kept (durable after the next sync()).
struct Kept {
  Sha256 blob;
  std::uint64_t size = 0;
  bool was_present = false;
  bool refused = false;  // removed from the case earlier: nothing of it is kept (refuse())
};

class BlobStore {
 public:
  /// For readers. `disk` must outlive the store.
  static BlobStore open(const std::filesystem::path& folder, Disk& disk);
  /// For the lock's holder: what a killed run left half-written is removed.
  static Result<BlobStore> open_for_writing(const std::filesystem::path& folder, Disk& disk,
                                            const store::ExclusiveLock& lock);
  BlobStore(BlobStore&&) noexcept;
  BlobStore& operator=(BlobStore&&) noexcept;
  ~BlobStore();

  /// Hashes what is appended and keeps it under that hash. Dropped unfinished, it leaves nothing. Several may be
  /// open at once; none may outlive the store or be open while it is moved.
  class Writer {
   public:
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) = delete;
    ~Writer();
    Result<void> append(std::string_view bytes);
    std::uint64_t size() const { return size_; }
    /// Once. `malformed` when a blob of that name is there with another size (somebody altered it).
    Result<Kept> finish();

   private:
    friend class BlobStore;
    Writer(BlobStore* store, std::filesystem::path path, UniqueFd fd);
    BlobStore* store_;
    std::filesystem::path path_;  // empty: nothing to clean up
    UniqueFd fd_;
    Sha256Hasher hasher_;
    std::uint64_t size_ = 0;
  };
  Result<Writer> begin();

  /// Keeps a regular file of any size, by reflink where the file system can; what is hashed is what is kept.
  /// Reads from the file's start, whatever the offset. Errors: io "changed while it was read" when size, mtime
  /// or ctime moved meanwhile; unsupported for anything but a regular file.
  Result<Kept> keep_file(int fd);

  /// From here on none of these is kept again, wherever its bytes come from.
  void refuse(std::span<const Sha256> blobs);
  /// Their files are gone for good when it returns; one that is not there is no error. None of them may wait for
  /// sync() (CHECK).
  Result<void> remove(std::span<const Sha256> blobs);

  /// After it, every blob finished so far is durable under its name.
  Result<void> sync();
  /// Blobs that wait for sync().
  std::size_t waiting() const;
  std::uint64_t waiting_bytes() const;

  /// For reading; also blobs that wait. not_found names the blob.
  Result<UniqueFd> open(const Sha256& blob) const;
  bool exists(const Sha256& blob) const;
  Result<std::uint64_t> size(const Sha256& blob) const;
  std::filesystem::path path_of(const Sha256& blob) const;
  /// Where files without a place lie; a reader's may not be there.
  std::filesystem::path temporary_folder() const;

  /// One thing that lies under blobs/ (temporary files excluded), in the order of names.
  struct Found {
    std::filesystem::path path;
    std::optional<Sha256> blob;  // none: not the name of a blob, or not a regular file
    std::uint64_t size = 0;
    unsigned mode = 0;
  };
  Result<void> for_each(const std::function<Result<void>(const Found&)>& visit) const;

 private:
  struct State;
  explicit BlobStore(std::unique_ptr<State> state);
  Result<Kept> adopt(const std::filesystem::path& temporary, const UniqueFd& fd, const Sha256& blob,
                     std::uint64_t size);
  std::unique_ptr<State> state_;
};

}  // namespace dragoman::vault
