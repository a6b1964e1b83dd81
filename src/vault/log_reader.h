// SPDX-License-Identifier: AGPL-3.0-or-later
// Reads custody.log line by line, whatever somebody may have written into it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "vault/disk.h"

namespace dragoman::vault {

struct LogLine {
  std::uint64_t number = 0;  // from 1
  std::uint64_t offset = 0;  // of its first byte in the file
  std::string text;          // without LF; cut at kMaxLine
  bool complete = true;      // an LF ends it
  bool too_long = false;
};

class LogReader {
 public:
  /// A log that is not there reads as an empty one.
  static Result<LogReader> open(const std::filesystem::path& path, Disk& disk);
  bool exists() const { return static_cast<bool>(fd_); }
  std::uint64_t size_at_start() const { return size_at_start_; }
  /// nullopt at the end.
  Result<std::optional<LogLine>> next();

 private:
  Result<bool> fill();
  UniqueFd fd_;
  std::uint64_t size_at_start_ = 0;
  std::uint64_t offset_ = 0;  // of the next byte of the file that is not in buffer_
  std::uint64_t lines_ = 0;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace dragoman::vault
