// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes an OLE compound file. Objects inside a document, and messages inside a message, are storages of their
// container: as a child they become a file of their own, which holds the same streams.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "read/ole.h"

namespace dragoman::read {

class OleWriter {
 public:
  /// A stream by its path below the root; storages on the way are made. A path given again replaces the stream.
  OleWriter& add(const std::string& path, std::string bytes);
  /// The 16 bytes of the root's class.
  OleWriter& root_class(std::string class_id);
  /// The file. Sectors of 512 bytes, of 4,096 when the streams are larger than 4 MiB. At most some 400 MiB.
  std::string build();

 private:
  struct Node {
    std::string name;
    bool storage = false;
    std::string bytes;
    std::uint32_t start = 0;
    std::vector<std::size_t> children;
  };
  friend Result<std::string> ole_file_of(OleFile& file, const OleEntry& storage, std::uint64_t most);
  std::size_t child(std::size_t parent, const std::string& name, bool storage);
  std::size_t add_node(std::size_t parent, const std::string& name, bool storage);
  std::uint32_t store(const std::string& bytes, char fill);
  std::uint32_t store_small(std::string& small_table);
  std::string directory() const;
  std::string header(std::uint32_t directory, std::uint32_t small_table, std::size_t small_tables);

  std::vector<Node> nodes_;
  std::string class_id_ = std::string(16, '\0');
  std::size_t sector_ = 512;
  std::string data_;
  std::vector<std::uint32_t> fat_;
};

/// A storage with all below it as a compound file: the same bytes for the same content, whatever holds it. limit: its
/// streams are larger than `most` (or than 400 MiB).
Result<std::string> ole_file_of(OleFile& file, const OleEntry& storage, std::uint64_t most);

}  // namespace dragoman::read
