// SPDX-License-Identifier: AGPL-3.0-or-later
// OLE compound files ([MS-CFB]) behind values: a file system inside a file, the outer form of DOC, XLS, PPT and MSG.
// Our own reader: it works on mapped bytes, every chain of sectors is bounded by the size of the file, and the sum of
// all that is read is bounded too (streams of a hostile file may share their sectors).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/item.h"

namespace dragoman::read {

struct OleEntry {
  std::string name;          // UTF-8; may begin with a control character ("\5SummaryInformation")
  bool storage = false;      // a folder
  std::uint64_t size = 0;    // bytes of a stream, as stated
  std::string class_id;      // 16 bytes as they stand; meaningful for storages
  std::uint32_t start = 0;   // first sector
  std::uint32_t parent = 0;  // index in entries(); the root's is its own
  std::uint32_t first_child = 0;
  std::uint32_t child_count = 0;
};

struct OleBytes {
  std::string bytes;
  bool whole = true;  // all that the directory promises
};

class OleFile {
 public:
  /// `bytes` is the whole file and outlives this. malformed: no compound file, or nothing of its directory can be read.
  static Result<OleFile> open(std::string_view bytes);

  /// Streams and storages, the root first, the children of a storage side by side, storages before what they hold.
  std::span<const OleEntry> entries() const { return entries_; }
  const OleEntry& root() const { return entries_.front(); }
  std::span<const OleEntry> children(const OleEntry& storage) const;
  /// By path below `storage` ("ObjectPool/_1/\1Ole"), ASCII case ignored. Null when there is none.
  const OleEntry* find(std::string_view path, const OleEntry& storage) const;
  const OleEntry* find(std::string_view path) const { return find(path, root()); }
  /// From the root, joined by '/'; control characters left out. For people, not for find().
  std::string path_of(const OleEntry& entry) const;
  /// The directory or a table of sectors is damaged: entries may be missing.
  bool damaged() const { return damaged_; }

  /// The bytes of a stream, at most `most` of them.
  OleBytes read(const OleEntry& stream, std::uint64_t most);
  /// The same piece by piece, without a copy. Stops early when `eat` answers false. Returns whether all that the
  /// directory promises was given.
  bool read(const OleEntry& stream, const std::function<bool(std::string_view)>& eat);

 private:
  explicit OleFile(std::string_view bytes) : bytes_(bytes) {}
  Result<void> read_header();
  void read_difat();
  void read_directory();
  void add_children(std::uint32_t parent, std::uint32_t tree, std::string_view directory, std::vector<bool>& seen);
  std::uint32_t next_sector(std::uint32_t sector) const;
  std::string_view sector(std::uint32_t number) const;
  std::vector<std::uint32_t> chain(std::uint32_t start);
  bool read_small(const OleEntry& stream, const std::function<bool(std::string_view)>& eat);
  bool read_large(const OleEntry& stream, const std::function<bool(std::string_view)>& eat);

  std::string_view bytes_;
  unsigned shift_ = 9;
  unsigned small_shift_ = 6;
  std::uint32_t cutoff_ = 4096;
  std::vector<std::uint32_t> fat_;         // sectors that hold the table of sectors
  std::vector<std::uint32_t> small_fat_;   // sectors that hold the table of small sectors
  std::vector<std::uint32_t> small_data_;  // sectors that hold the small sectors
  std::vector<std::uint32_t> tree_roots_;  // by entry: where the tree of its children begins in the directory
  std::vector<OleEntry> entries_;
  std::uint64_t budget_ = 0;  // bytes that may still be read
  bool damaged_ = false;
};

/// What the property sets directly below `storage` declare (\5SummaryInformation, \5DocumentSummaryInformation with its
/// custom properties). Keys: the names of [MS-OLEPS] without prefix ("Title", "LastAuthor", "Created"), custom ones as
/// "custom:NAME". Times are ISO 8601 in UTC. A damaged set gives what could be read.
std::vector<Field> ole_properties(OleFile& file, const OleEntry& storage);

/// 100 ns since 1601 as ISO 8601 in UTC with "Z"; empty for 0 and what is beyond the year 9999.
std::string iso_of_filetime(std::uint64_t filetime);

}  // namespace dragoman::read
