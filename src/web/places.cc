// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/places.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <tuple>

#include <sodium.h>

#include "base/digest.h"
#include "base/utf8.h"

namespace dragoman::web {
namespace {

namespace fs = std::filesystem;

// Handles that are remembered; somebody who looks at more folders than this begins again at the top.
constexpr std::size_t kMostHandles = 100'000;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Failure gone() {
  return fail(ErrorKind::not_found, "this place is not there any more; go back to the top and look again", "handle");
}

Result<struct stat> status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Failure(io_error("cannot look at the place", {}, errno));
  return status;
}

struct Name {
  std::string name;
  bool folder = false;
};

/// Folders first, then by bytes.
Result<std::vector<Name>> names_in(int folder) {
  const int copy = ::openat(folder, ".", kFolderFlags);
  DIR* stream = copy >= 0 ? ::fdopendir(copy) : nullptr;
  if (stream == nullptr) {
    const int reason = errno;
    UniqueFd closed(copy);
    return Failure(io_error("cannot list the folder", {}, reason));
  }
  std::vector<Name> names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_folder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat status {};
      is_folder = ::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
    }
    names.push_back({std::string(name), is_folder});
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end(),
            [](const Name& a, const Name& b) { return std::tie(b.folder, a.name) < std::tie(a.folder, b.name); });
  return names;
}

}  // namespace

std::vector<fs::path> default_places() {
  std::vector<fs::path> roots;
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') roots.emplace_back(home);
  // Debian's desktops mount at /media/USER/NAME, others at /run/media/USER/NAME; people mount by hand at /mnt.
  for (const char* folder : {"/media", "/run/media", "/mnt"}) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) roots.push_back(entry->path());
    }
  }
  return roots;
}

bool Places::Place::operator<(const Place& other) const {
  return std::tie(root, parts, device, inode) < std::tie(other.root, other.parts, other.device, other.inode);
}

std::string Places::handle_of(const Place& place) {
  const std::lock_guard lock(mutex_);
  const auto known = by_place_.find(place);
  if (known != by_place_.end()) return known->second;
  if (age_.size() >= kMostHandles) {
    const auto oldest = by_handle_.find(age_.front());
    by_place_.erase(oldest->second);
    by_handle_.erase(oldest);
    age_.pop_front();
  }
  std::array<std::uint8_t, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::string handle = to_hex(random);
  by_handle_.emplace(handle, place);
  by_place_.emplace(place, handle);
  age_.push_back(handle);
  return handle;
}

Result<Places::Place> Places::place_of(const std::string& handle) {
  const std::lock_guard lock(mutex_);
  const auto found = by_handle_.find(handle);
  if (found == by_handle_.end()) return gone();
  return found->second;
}

fs::path Places::path_of(const Place& place) const {
  fs::path path = roots_[place.root];
  for (const std::string& part : place.parts) path /= part;
  return path;
}

std::string Places::name_of(const Place& place) const {
  if (!place.parts.empty()) return path_from_bytes(place.parts.back());
  // Where to begin is shown as it was named on the command line, or as the system mounts it.
  return path_from_bytes(roots_[place.root].string());
}

/// Step by step from the root, following no link.
Result<UniqueFd> Places::open(const Place& place, int flags) const {
  // The root itself may be a link: whoever started the server named it.
  const bool only_root = place.parts.empty();
  UniqueFd fd(::open(roots_[place.root].c_str(), only_root ? flags | O_CLOEXEC : kFolderFlags));
  for (std::size_t i = 0; fd && i < place.parts.size(); ++i) {
    const bool last = i + 1 == place.parts.size();
    fd = UniqueFd(::openat(fd.get(), place.parts[i].c_str(), (last ? flags | O_CLOEXEC : kFolderFlags) | O_NOFOLLOW));
  }
  if (!fd && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return gone();
  if (!fd) return Failure(io_error("cannot open the place", path_from_bytes(path_of(place).string()), errno));
  const struct stat status = TRY(status_of(fd.get()));
  if (status.st_dev != place.device || status.st_ino != place.inode) return gone();
  return fd;
}

Result<Json> Places::list_roots() {
  Json entries = Json::array();
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    struct stat status {};
    if (::stat(roots_[i].c_str(), &status) != 0) continue;
    const Place place{i, {}, status.st_dev, status.st_ino};
    entries.push_back({{"handle", handle_of(place)},
                       {"name", name_of(place)},
                       {"kind", S_ISDIR(status.st_mode)   ? "folder"
                                : S_ISREG(status.st_mode) ? "file"
                                                          : "other"}});
  }
  return Json{{"handle", ""}, {"trail", Json::array()}, {"entries", std::move(entries)}, {"next", nullptr}};
}

Result<Json> Places::trail_of(const Place& place) {
  Json trail = Json::array();
  UniqueFd fd(::open(roots_[place.root].c_str(), kFolderFlags));
  Place step{place.root, {}, 0, 0};
  for (std::size_t i = 0;; ++i) {
    if (!fd) return gone();
    const struct stat status = TRY(status_of(fd.get()));
    step.device = status.st_dev;
    step.inode = status.st_ino;
    trail.push_back({{"handle", handle_of(step)}, {"name", name_of(step)}, {"kind", "folder"}});
    if (i == place.parts.size()) return trail;
    fd = UniqueFd(::openat(fd.get(), place.parts[i].c_str(), kFolderFlags | O_NOFOLLOW));
    step.parts.push_back(place.parts[i]);
  }
}

/// nullopt: it has gone meanwhile.
std::optional<Json> Places::entry(int folder, const Place& parent, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  Json json{{"handle", ""}, {"name", path_from_bytes(name)}, {"kind", "other"}};
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return json;
  Place place{parent.root, parent.parts, status.st_dev, status.st_ino};
  place.parts.push_back(name);
  json["handle"] = handle_of(place);
  json["kind"] = S_ISDIR(status.st_mode) ? "folder" : "file";
  if (S_ISREG(status.st_mode)) json["size"] = static_cast<std::int64_t>(status.st_size);
  return json;
}

Result<Json> Places::list(const std::string& handle, std::int64_t from,
                          const std::function<Json(std::int64_t)>& cursor) {
  if (handle.empty()) return list_roots();
  const Place place = TRY(place_of(handle));
  const UniqueFd fd = TRY(open(place, kFolderFlags));
  Json trail = TRY(trail_of(place));
  const std::vector<Name> names = TRY(names_in(fd.get()));
  const auto first = std::min(names.size(), static_cast<std::size_t>(from));
  const std::size_t last = std::min(names.size(), first + kPage);
  Json entries = Json::array();
  for (std::size_t i = first; i < last; ++i) {
    if (auto shown = entry(fd.get(), place, names[i].name)) entries.push_back(std::move(*shown));
  }
  Json next = last < names.size() ? cursor(static_cast<std::int64_t>(last)) : Json(nullptr);
  return Json{{"handle", handle}, {"trail", std::move(trail)}, {"entries", std::move(entries)}, {"next", next}};
}

Result<Places::Chosen> Places::choose(const std::string& handle) {
  const Place place = TRY(place_of(handle));
  TRY(open(place, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  const fs::path path = fs::absolute(path_of(place));
  return Chosen{path, path_from_bytes(path.filename().string())};
}

}  // namespace dragoman::web
