// SPDX-License-Identifier: AGPL-3.0-or-later
// libarchive behind values: one open archive over a file descriptor, its entries, their bytes. Only what libarchive
// does itself is enabled: a filter that starts a program would be the end of a locked worker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct archive;

namespace dragoman::read {

struct ArchiveEntry {
  std::string raw_name;  // the bytes as they stand in the archive
  bool folder = false;
  bool link = false;     // symbolic or hard: it points elsewhere
  bool special = false;  // a device, a pipe, a socket
  bool alone = false;    // the one file of compressed data: it has no name of its own
  bool encrypted = false;
};

/// What came of one step. After `truncated` and `damaged` of next() nothing more can be had; after those of
/// read() the next entry may still be tried.
enum class ArchiveStep : std::uint8_t { ok, end, truncated, damaged, locked, unsupported };

class Archive {
 public:
  enum class Form : std::uint8_t {
    zip_directory,  // by the central directory: needs an intact end
    zip_stream,     // by the local headers: what is left of a cut archive
    other,          // tar, 7z, RAR, Cabinet, ISO 9660, ar, cpio, LHA; tar and cpio also compressed as a whole
    compressed,     // the same, or one file without a name
  };
  /// Reads by pread, so that several may be open on one descriptor, which must outlive them. `password` empty:
  /// none; forms that are not ZIP know no passwords.
  static Result<Archive> open(int fd, std::uint64_t size, Form form, const std::string& password);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) = delete;
  ~Archive();

  ArchiveStep next(ArchiveEntry& entry);
  /// Feeds the current entry's bytes to `eat`, holes of sparse files as zeros; when that answers false, stops with ok.
  ArchiveStep read(const std::function<bool(std::string_view)>& eat);
  /// Where in the file the archive's reader stands: what it consumed of the packed bytes, seeks included.
  std::uint64_t position() const;

 private:
  struct Close {
    void operator()(archive* opened) const;
  };
  struct Source;
  Archive(std::unique_ptr<Source> source, std::unique_ptr<archive, Close> handle);
  ArchiveStep step_of(int code) const;
  std::unique_ptr<Source> source_;  // outlives the handle, whose callbacks use it
  std::unique_ptr<archive, Close> handle_;
  std::int64_t sparse_end_ = 0;  // where the current entry ends if it may end with a hole
};

/// Loads what libarchive opens lazily (a UTF-8 locale, converters).
void warm_up_archives();

}  // namespace dragoman::read
