// SPDX-License-Identifier: AGPL-3.0-or-later
// libarchive behind values: one open ZIP over a file descriptor, its entries, their bytes.
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
  bool link = false;  // a symbolic link: its bytes are only a path
  bool encrypted = false;
};

/// What came of one step. After `truncated` and `damaged` of next() nothing more can be had; after those of
/// read() the next entry may still be tried.
enum class ArchiveStep : std::uint8_t { ok, end, truncated, damaged, locked, unsupported };

class Archive {
 public:
  enum class Order : std::uint8_t {
    directory,  // by the central directory: needs an intact end
    stream,     // by the local headers: what is left of a cut archive
  };
  /// Reads by pread, so that several may be open on one descriptor, which must outlive them. `password` empty:
  /// none.
  static Result<Archive> open_zip(int fd, std::uint64_t size, Order order, const std::string& password);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) = delete;
  ~Archive();

  ArchiveStep next(ArchiveEntry& entry);
  /// Feeds the current entry's bytes to `eat`; when that answers false, stops with ok.
  ArchiveStep read(const std::function<bool(std::string_view)>& eat);

 private:
  struct Close {
    void operator()(archive* opened) const;
  };
  struct Source;
  Archive(std::unique_ptr<Source> source, std::unique_ptr<archive, Close> handle);
  ArchiveStep step_of(int code) const;
  std::unique_ptr<Source> source_;  // outlives the handle, whose callbacks use it
  std::unique_ptr<archive, Close> handle_;
};

/// Loads what libarchive opens lazily (a UTF-8 locale, converters).
void warm_up_archives();

}  // namespace dragoman::read
