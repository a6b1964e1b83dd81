// SPDX-License-Identifier: AGPL-3.0-or-later
// The disk as the vault sees it: few operations, each with its promise about power cuts, so that a test can put
// a disk under it that forgets what was not synced or is full at any moment (faulty_disk.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace dragoman::vault {

class Disk {
 public:
  enum class FileType : std::uint8_t { file, folder, other };
  struct Entry {
    std::string name;
    FileType type = FileType::other;
    std::uint64_t size = 0;
    unsigned mode = 0;  // permission bits
  };

  virtual ~Disk() = default;
  /// A new file for reading and writing, mode 0600; conflict when the name is taken. Not durable.
  virtual Result<UniqueFd> create(const std::filesystem::path& path) = 0;
  /// For appending; made (0644) when it is not there.
  virtual Result<UniqueFd> open_append(const std::filesystem::path& path) = 0;
  virtual Result<UniqueFd> open_read(const std::filesystem::path& path) = 0;
  /// Writes all of it at the file's offset.
  virtual Result<void> write(int fd, std::string_view bytes) = 0;
  /// Makes `to` (empty) share the blocks of `from`; false when the file system cannot.
  virtual bool clone(int to, int from) = 0;
  virtual Result<void> truncate(int fd, std::uint64_t size) = 0;
  virtual Result<void> set_mode(int fd, unsigned mode) = 0;
  /// Content and size of the file survive a power cut from here on; its name does not.
  virtual Result<void> sync_file(int fd) = 0;
  /// Names in the folder survive from here on.
  virtual Result<void> sync_folder(const std::filesystem::path& folder) = 0;
  /// All content and all names of the file system of `folder` survive from here on.
  virtual Result<void> sync_all(const std::filesystem::path& folder) = 0;
  /// Whether sync_all() keeps its promise there and is worth it.
  virtual bool can_sync_all(const std::filesystem::path& folder) = 0;
  /// Atomic; not durable.
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  /// False when it was there already.
  virtual Result<bool> make_folder(const std::filesystem::path& path) = 0;
  /// not_found when it is not there; symbolic links are not followed.
  virtual Result<Entry> stat(const std::filesystem::path& path) = 0;
  /// Sorted by name.
  virtual Result<std::vector<Entry>> list(const std::filesystem::path& folder) = 0;
};

/// The system's.
std::unique_ptr<Disk> real_disk();

}  // namespace dragoman::vault
