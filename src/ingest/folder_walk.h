// SPDX-License-Identifier: AGPL-3.0-or-later
// Goes through a folder and all below it, one open folder at a time: no path is ever given to the system, so neither
// its length nor a name that turns into a link meanwhile matters.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace dragoman::ingest {

/// The names in one folder in the order of their bytes; 9 bytes each beside the name itself, so that a folder of
/// millions of files is no matter.
class NameList {
 public:
  /// All names but "." and "..". The folder's own offset is not moved.
  static Result<NameList> of(int folder);
  std::size_t size() const { return starts_.size(); }
  /// Valid as long as the list.
  const char* name(std::size_t index) const { return bytes_.data() + starts_[index]; }

 private:
  std::string bytes_;  // names, each ended by a zero
  std::vector<std::uint64_t> starts_;
};

/// Hears what a walk meets, in the order of the names' bytes, folder by folder. `parent` is open and without links on
/// the way to it; `relative` is the path from the folder where the walk began, in UTF-8 (path_from_bytes), `bytes` the
/// same as the system has it. An error ends the walk.
class WalkListener {
 public:
  struct Place {
    int parent;
    const char* name;
    const std::string& relative;
    const std::string& bytes;
  };
  virtual ~WalkListener() = default;
  /// Anything that is no folder, as it was when it was looked at; it may have turned into something else since.
  virtual Result<void> entry(const Place& place, const struct stat& status) = 0;
  /// False: nothing in it is wanted. `folder` is open.
  virtual Result<bool> enter(int folder, std::string_view relative, std::size_t names) = 0;
  /// What cannot be looked at or opened; one sentence.
  virtual Result<void> unreadable(const std::string& relative, const std::string& detail) = 0;
};

/// Walks what lies below the open folder `root`. Any depth: of the folders on the way at most 64 stay open, the others
/// are found again by "..", and given up (unreadable) if that is not the folder it was.
Result<void> walk_folder(UniqueFd root, WalkListener& listener);

}  // namespace dragoman::ingest
