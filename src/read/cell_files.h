// SPDX-License-Identifier: AGPL-3.0-or-later
// What a cell of bytes in a database is: text, a short key, a file (which becomes a child), or nothing we know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "read/reader.h"

namespace dragoman::read {

class CellFiles {
 public:
  /// Both outlive this. Children get ordinals from 0.
  CellFiles(const Limits& limits, ReadSink& sink) : limits_(limits), sink_(sink) {}

  /// What the cell says in words: text that is kept as bytes, up to kKeyBytes of anything else in hex (keys, hashes);
  /// "" for the rest. Bytes with the signature of a file, from kFileBytes on, are sent as a child called `name` and its
  /// type's ending. What is none of this is counted.
  Result<std::string> cell(std::string_view bytes, const std::string& name);
  /// A cell that is known to hold a file: sent as a child, whatever its type; its type's ending is added to a name that
  /// has none. Gives "".
  Result<std::string> file(std::string_view bytes, const std::string& name);
  /// The gaps of all cells: those of no known kind, and those beyond limits.max_members. Whether there were any.
  Result<bool> finish();

  static constexpr std::size_t kKeyBytes = 64;
  static constexpr std::size_t kFileBytes = 1024;

 private:
  Result<void> send(std::string_view bytes, const std::string& name);
  const Limits& limits_;
  ReadSink& sink_;
  std::uint32_t children_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t left_out_ = 0;
};

/// A name from a database as one part of a path.
std::string path_part(std::string_view name);

}  // namespace dragoman::read
