// SPDX-License-Identifier: AGPL-3.0-or-later
// Folders and files of the machine on which the server runs, for choosing what to add. The page never names a path: it
// gets handles, random words that this server remembers, and walks from one to the next. A handle stands for a path and
// the device and inode that were seen there; whatever lies there later is not the same place.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/file.h"
#include "web/http.h"

namespace dragoman::web {

/// Home and mounted media.
std::vector<std::filesystem::path> default_places();

/// Any thread.
class Places {
 public:
  /// Where to begin; only what lies below can be reached.
  explicit Places(std::vector<std::filesystem::path> roots) : roots_(std::move(roots)) {}

  /// PlaceList of the API; `handle` empty: the roots. Entries behind the first `from`, at most kPage; `next` is the
  /// number to go on from, or null. not_found for a handle that is unknown or whose place has changed; denied; io.
  static constexpr std::size_t kPage = 500;
  Result<Json> list(const std::string& handle, std::int64_t from, const std::function<Json(std::int64_t)>& cursor);

  struct Chosen {
    std::filesystem::path path;
    std::string name;  // valid UTF-8
  };
  /// For adding: a folder or a file that is still what was seen.
  Result<Chosen> choose(const std::string& handle);

 private:
  struct Place {
    std::size_t root = 0;
    std::vector<std::string> parts;  // below the root, as bytes
    dev_t device = 0;
    ino_t inode = 0;
    bool operator<(const Place& other) const;
  };
  std::string handle_of(const Place& place);
  Result<Place> place_of(const std::string& handle);
  std::filesystem::path path_of(const Place& place) const;
  std::string name_of(const Place& place) const;
  Result<UniqueFd> open(const Place& place, int flags) const;
  Result<Json> list_roots();
  Result<Json> trail_of(const Place& place);
  std::optional<Json> entry(int folder, const Place& parent, const std::string& name);

  std::vector<std::filesystem::path> roots_;
  std::mutex mutex_;  // guards all below
  std::map<std::string, Place> by_handle_;
  std::map<Place, std::string> by_place_;
  std::deque<std::string> age_;  // oldest first
};

}  // namespace dragoman::web
