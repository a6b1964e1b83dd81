// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures that were made: the last ones in memory, all of them under CASE/derived/pictures/ab/, where anybody may
// delete them at any time. A folder that cannot be written is no error: memory will do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "pages/page_key.h"

namespace dragoman::pages {

struct CacheLimits {
  std::size_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

/// find, holds and keep from any thread; sweep_step from one.
class PictureCache {
 public:
  /// `derived` is the case's folder of that name; it need not be there.
  PictureCache(const std::filesystem::path& derived, CacheLimits limits);

  struct Found {
    PagePicture picture;
    bool from_disk = false;
  };
  /// A file that is not a whole picture of that size does not count as one.
  std::optional<Found> find(const PageKey& key);
  /// Without reading it.
  bool holds(const PageKey& key) const;

  void keep_in_memory(const PageKey& key, const PagePicture& picture);
  /// Under a temporary name, then renamed; not synced, since find() sees what a power cut left. Failures are ignored.
  void keep_on_disk(const PageKey& key, const PagePicture& picture);

  /// Does a small part (one of 256 folders) of looking through the disk, and removes the oldest pictures when there
  /// are too many bytes. False when there is nothing to do for now.
  bool sweep_step();

 private:
  struct OnDisk {
    std::filesystem::file_time_type time;
    std::uint64_t size;
    std::filesystem::path path;
  };
  std::filesystem::path path_of(const PageKey& key, std::string_view extension) const;
  void look_through(const std::filesystem::path& folder);
  void remove_oldest();

  const std::filesystem::path folder_;
  const CacheLimits limits_;

  mutable std::mutex mutex_;
  std::list<std::pair<PageKey, PagePicture>> recent_;  // the newest first
  std::map<PageKey, decltype(recent_)::iterator> by_key_;
  std::size_t memory_ = 0;
  std::uint64_t written_ = 0;  // to disk since the last sweep began

  bool sweeping_ = true;
  unsigned next_folder_ = 0;
  std::vector<OnDisk> seen_;
};

}  // namespace dragoman::pages
