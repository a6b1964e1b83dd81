// SPDX-License-Identifier: AGPL-3.0-or-later
#include "pages/picture_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "base/file.h"

namespace dragoman::pages {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kFolders = 256;
constexpr std::string_view kExtensions[] = {"png", "jpg"};
// After so much of the bound was written, the disk is looked through again; and so far below it the trimming goes.
constexpr std::uint64_t kSweepShare = 32;
constexpr std::size_t kHexDigits = 64;

// Nothing but a file that this cache could have named, or was about to, is ever removed: derived/ may lead anywhere.
bool is_own_name(std::string_view name) {
  if (name.size() <= kHexDigits || name[kHexDigits] != '-') return false;
  const std::string_view hex = name.substr(0, kHexDigits);
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::all_of(hex.begin(), hex.end(), is_hex);
}

Result<std::string> read_picture(const fs::path& path, std::size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorKind::not_found, "no such picture");
  }
  return read_all(fd.get(), max_bytes);
}

}  // namespace

PictureCache::PictureCache(const fs::path& derived, CacheLimits limits)
    : folder_(derived / "pictures"), limits_(limits) {}

fs::path PictureCache::path_of(const PageKey& key, std::string_view extension) const {
  const std::string name = name_of(key);
  return folder_ / name.substr(0, 2) / fmt::format("{}.{}", name, extension);
}

std::optional<PictureCache::Found> PictureCache::find(const PageKey& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = by_key_.find(key);
    if (known != by_key_.end()) {
      recent_.splice(recent_.begin(), recent_, known->second);
      return Found{known->second->second, false};
    }
  }
  for (const std::string_view extension : kExtensions) {
    auto bytes = read_picture(path_of(key, extension), rule_of(key.size).max_bytes);
    if (!bytes) continue;
    auto picture = picture_from(std::move(*bytes), key.size);
    if (!picture) continue;
    keep_in_memory(key, *picture);
    return Found{*picture, true};
  }
  return std::nullopt;
}

bool PictureCache::holds(const PageKey& key) const {
  {
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return true;
  }
  return std::any_of(std::begin(kExtensions), std::end(kExtensions), [&](std::string_view extension) {
    struct stat status {};
    return ::lstat(path_of(key, extension).c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
  });
}

void PictureCache::keep_in_memory(const PageKey& key, const PagePicture& picture) {
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key) || picture.bytes->size() > limits_.memory_bytes) return;
  recent_.emplace_front(key, picture);
  by_key_[key] = recent_.begin();
  memory_ += picture.bytes->size();
  while (memory_ > limits_.memory_bytes) {
    memory_ -= recent_.back().second.bytes->size();
    by_key_.erase(recent_.back().first);
    recent_.pop_back();
  }
}

void PictureCache::keep_on_disk(const PageKey& key, const PagePicture& picture) {
  const fs::path path = path_of(key, picture.mime == "image/png" ? "png" : "jpg");
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return;
  if (!write_all(fd.get(), *picture.bytes) || ::rename(temporary.c_str(), path.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return;
  }
  const std::lock_guard lock(mutex_);
  written_ += picture.bytes->size();
}

bool PictureCache::sweep_step() {
  if (!sweeping_) {
    const std::lock_guard lock(mutex_);
    sweeping_ = written_ > limits_.disk_bytes / kSweepShare;
    if (!sweeping_) return false;
    written_ = 0;
  }
  if (next_folder_ < kFolders) {
    look_through(folder_ / fmt::format("{:02x}", next_folder_++));
    return true;
  }
  remove_oldest();
  seen_ = {};
  next_folder_ = 0;
  sweeping_ = false;
  return true;
}

void PictureCache::look_through(const fs::path& folder) {
  std::error_code error;
  if (fs::symlink_status(folder, error).type() != fs::file_type::directory) return;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    struct stat status {};
    if (::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (!is_own_name(it->path().filename().string())) continue;
    std::error_code ignored;
    seen_.push_back({it->last_write_time(ignored), static_cast<std::uint64_t>(status.st_size), it->path()});
  }
}

void PictureCache::remove_oldest() {
  std::uint64_t total = 0;
  for (const OnDisk& file : seen_) total += file.size;
  if (total <= limits_.disk_bytes) return;
  const std::uint64_t goal = limits_.disk_bytes - limits_.disk_bytes / kSweepShare;
  std::sort(seen_.begin(), seen_.end(), [](const OnDisk& a, const OnDisk& b) { return a.time < b.time; });
  for (const OnDisk& file : seen_) {
    if (total <= goal) break;
    std::error_code error;
    if (fs::remove(file.path, error)) total -= file.size;
  }
}

}  // namespace dragoman::pages
