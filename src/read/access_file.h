// SPDX-License-Identifier: AGPL-3.0-or-later
// libmdb behind values: an Access database in memory, its tables, their rows as text and bytes. The library trusts what
// it reads further than it should: it runs in a worker, and what it says of lengths is checked here again.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::read {

struct AccessTable {
  std::string name;
  bool attachments = false;  // the hidden table behind a column of attachments
  std::size_t entry = 0;     // within the catalog
};

/// One cell, borrowed until the next row.
struct AccessCell {
  std::string text;   // of every type but bytes
  std::string bytes;  // of OLE and binary columns
  bool is_bytes = false;
  bool cut = false;  // longer than kMostText
};

class AccessFile {
 public:
  /// `bytes` outlives this. `malformed`: no database, or its catalog cannot be read.
  static Result<AccessFile> open(std::string_view bytes);
  AccessFile(AccessFile&&) noexcept;
  AccessFile& operator=(AccessFile&&) = delete;
  ~AccessFile();

  /// People's tables in the order of the catalog; the program's own are left out.
  const std::vector<AccessTable>& tables() const;
  /// "JET 4", "ACE 2010"
  std::string format() const;

  /// Opens a table and tells its columns. `malformed` when it cannot be read.
  Result<std::vector<std::string>> begin(const AccessTable& table);
  /// The next row of the table that was opened; false at its end.
  bool next(std::vector<AccessCell>& cells);

  static constexpr std::size_t kMostText = std::size_t{1} << 20;

 private:
  struct State;
  explicit AccessFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Opens the converters of the library; before the lock.
void warm_up_access();

}  // namespace dragoman::read
