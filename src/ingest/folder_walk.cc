// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/folder_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/utf8.h"

namespace dragoman::ingest {
namespace {

constexpr std::size_t kMostOpen = 64;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

/// A folder on the way from the root to where the walk is.
struct Level {
  UniqueFd fd;  // none: closed for the time being
  dev_t device = 0;
  ino_t inode = 0;
  NameList names;
  std::size_t next = 0;
  std::size_t relative = 0;  // bytes of the paths that lead to it
  std::size_t bytes = 0;
};

class Walk {
 public:
  explicit Walk(WalkListener& listener) : listener_(listener) {}

  Result<void> run(UniqueFd root) {
    TRY_VOID(enter(std::move(root)));
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.next == level.names.size()) {
        TRY_VOID(leave());
        continue;
      }
      const char* name = level.names.name(level.next++);
      relative_.resize(level.relative);
      bytes_.resize(level.bytes);
      if (!bytes_.empty()) relative_ += '/', bytes_ += '/';
      relative_ += path_from_bytes(name);
      bytes_ += name;
      TRY_VOID(step(level.fd.get(), name));
    }
    return {};
  }

 private:
  Result<void> step(int parent, const char* name) {
    struct stat status {};
    if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return listener_.unreadable(relative_, io_error("cannot be looked at", {}, errno).message);
    }
    if (!S_ISDIR(status.st_mode)) return listener_.entry({parent, name, relative_, bytes_}, status);
    UniqueFd fd(::openat(parent, name, kFolderFlags));
    if (!fd) return listener_.unreadable(relative_, io_error("the folder cannot be opened", {}, errno).message);
    return enter(std::move(fd));
  }

  Result<void> enter(UniqueFd fd) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) {
      return listener_.unreadable(relative_, io_error("cannot be looked at", {}, errno).message);
    }
    auto names = NameList::of(fd.get());
    if (!names) return listener_.unreadable(relative_, names.error().message);
    if (!TRY(listener_.enter(fd.get(), relative_, names->size()))) return {};
    if (levels_.size() >= kMostOpen) levels_[levels_.size() - kMostOpen].fd.reset();
    levels_.push_back(
        {std::move(fd), status.st_dev, status.st_ino, std::move(*names), 0, relative_.size(), bytes_.size()});
    return {};
  }

  /// Up from a folder that is done. One further up that was closed is opened again from below.
  Result<void> leave() {
    const UniqueFd below = std::move(levels_.back().fd);
    levels_.pop_back();
    if (levels_.empty() || levels_.back().fd) return {};
    Level& level = levels_.back();
    level.fd = UniqueFd(::openat(below.get(), "..", kFolderFlags));
    struct stat status {};
    const bool same = level.fd && ::fstat(level.fd.get(), &status) == 0 && status.st_dev == level.device &&
                      status.st_ino == level.inode;
    if (same) return {};
    // There is no safe way back to it, nor to those above it that are closed.
    while (!levels_.empty() && (!levels_.back().fd || &levels_.back() == &level)) {
      relative_.resize(levels_.back().relative);
      TRY_VOID(listener_.unreadable(relative_, "the folder was moved while it was being read; add it again"));
      levels_.pop_back();
    }
    return {};
  }

  WalkListener& listener_;
  std::vector<Level> levels_;
  std::string relative_;
  std::string bytes_;
};

}  // namespace

Result<NameList> NameList::of(int folder) {
  // A second descriptor: closedir closes its own. Opened anew so that it starts at the first entry.
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy >= 0 ? ::fdopendir(copy) : nullptr;
  if (stream == nullptr) {
    const int reason = errno;
    if (copy >= 0) ::close(copy);
    return Failure(io_error("cannot list the folder", {}, reason));
  }
  NameList list;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      list.starts_.push_back(list.bytes_.size());
      list.bytes_.append(name).push_back('\0');
    }
    errno = 0;
  }
  const int reason = errno;
  ::closedir(stream);
  if (reason != 0) return Failure(io_error("cannot list the folder", {}, reason));
  const char* bytes = list.bytes_.data();
  std::sort(list.starts_.begin(), list.starts_.end(),
            [bytes](std::uint64_t a, std::uint64_t b) { return std::strcmp(bytes + a, bytes + b) < 0; });
  return list;
}

Result<void> walk_folder(UniqueFd root, WalkListener& listener) {
  Walk walk(listener);
  return walk.run(std::move(root));
}

}  // namespace dragoman::ingest
