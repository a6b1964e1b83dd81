// SPDX-License-Identifier: AGPL-3.0-or-later
// File descriptors that close themselves, and the few file operations every room needs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace dragoman {

/// Owns a file descriptor; -1 is none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

/// An io (not_found for ENOENT, denied for EACCES/EPERM) error that names the path and the system's reason.
/// `remedy` is appended when not empty.
Error io_error(std::string_view what, const std::filesystem::path& path, int errno_value);

Result<UniqueFd> open_for_reading(const std::filesystem::path& path);
/// The whole file; `limit` when it is larger than `max_bytes`.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);
/// All of an open file from its start, whatever its offset is.
Result<std::string> read_all(int fd, std::uint64_t max_bytes);
/// Writes all, retrying short writes and EINTR.
Result<void> write_all(int fd, std::string_view bytes);
/// Temporary name beside `path`, fsync, rename, fsync of the folder: the file is there whole or not at all.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);
Result<void> sync_folder(const std::filesystem::path& folder);
/// Size from fstat.
Result<std::uint64_t> file_size(int fd);

}  // namespace dragoman
