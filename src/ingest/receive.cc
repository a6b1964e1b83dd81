// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/receive.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/utf8.h"

namespace dragoman::ingest {
namespace {

namespace fs = std::filesystem;

evidence::FileStamp stamp_of(const struct stat& status) {
  constexpr std::int64_t kNano = 1'000'000'000;
  return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
          static_cast<std::int64_t>(status.st_size), status.st_mtim.tv_sec * kNano + status.st_mtim.tv_nsec,
          status.st_ctim.tv_sec * kNano + status.st_ctim.tv_nsec};
}

std::string_view special_name(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link; links are not followed, add its target itself if it is wanted";
  if (S_ISFIFO(mode)) return "a pipe, not a file";
  if (S_ISSOCK(mode)) return "a socket, not a file";
  return "a device, not a file";
}

/// The names in a folder, sorted by their bytes.
Result<std::vector<std::string>> names_in(int folder) {
  // A second descriptor: closedir closes its own. Opened anew so that it starts at the first entry.
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy >= 0 ? ::fdopendir(copy) : nullptr;
  if (stream == nullptr) {
    const int reason = errno;
    if (copy >= 0) ::close(copy);
    return Failure(io_error("cannot list the folder", {}, reason));
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int reason = errno;
  ::closedir(stream);
  if (reason != 0) return Failure(io_error("cannot list the folder", {}, reason));
  std::sort(names.begin(), names.end());
  return names;
}

class Walk {
 public:
  Walk(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink)
      : workspace_(workspace), options_(options), progress_(progress), sink_(sink) {}

  Result<void> path(const fs::path& given) {
    const fs::path absolute = fs::absolute(given).lexically_normal();
    const fs::path root = absolute.has_filename() ? absolute : absolute.parent_path();
    const std::string name = root.filename().empty() ? "root" : path_from_bytes(root.filename().string());
    TRY_VOID(workspace_.begin());
    source_ = TRY(evidence::source_of(workspace_.db(), root.string(), name));
    struct stat own {};
    if (::stat(workspace_.folder().root().c_str(), &own) == 0) case_ = {own.st_dev, own.st_ino};
    return entry(AT_FDCWD, root.string(), {});
  }

 private:
  std::string display(const std::string& relative) const {
    return relative.empty() ? source_.label : source_.label + "/" + relative;
  }

  Result<void> gap(const std::string& relative, GapKind kind, std::string detail) {
    TRY_VOID(workspace_.begin());
    return evidence::add_path_gap(workspace_.db(), display(relative), Gap{kind, {}, std::move(detail), PageIndex(0)});
  }

  /// One name in an open folder: a file, a folder, or something that is neither.
  Result<void> entry(int parent, const std::string& name, const std::string& relative) {
    struct stat status {};
    const int flags = parent == AT_FDCWD ? 0 : AT_SYMLINK_NOFOLLOW;  // a path given by hand may be a link
    if (::fstatat(parent, name.c_str(), &status, flags) != 0) {
      return gap(relative, GapKind::io, io_error("cannot be looked at", {}, errno).message);
    }
    if (S_ISDIR(status.st_mode)) return folder(parent, name, relative);
    if (S_ISREG(status.st_mode)) return file(parent, name, relative);
    return gap(relative, GapKind::unsupported, std::string(special_name(status.st_mode)));
  }

  Result<void> folder(int parent, const std::string& name, const std::string& relative) {
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (parent == AT_FDCWD ? 0 : O_NOFOLLOW);
    const UniqueFd fd(::openat(parent, name.c_str(), flags));
    if (!fd) return gap(relative, GapKind::io, io_error("the folder cannot be opened", {}, errno).message);
    struct stat status {};
    if (::fstat(fd.get(), &status) == 0 && std::pair(status.st_dev, status.st_ino) == case_) {
      return gap(relative, GapKind::unsupported, "this is the case itself; it is not added to itself");
    }
    auto names = names_in(fd.get());
    if (!names) return gap(relative, GapKind::io, names.error().message);
    progress_.files_total += names->size();
    for (const std::string& child : *names) {
      const std::string shown = path_from_bytes(child);
      TRY_VOID(entry(fd.get(), child, relative.empty() ? shown : relative + "/" + shown));
      ++progress_.files_done;
      sink_.update(progress_);
      if (sink_.cancelled()) return fail(ErrorKind::cancelled, "stopped; the same command continues");
    }
    return {};
  }

  Result<void> file(int parent, const std::string& name, const std::string& relative) {
    TRY_VOID(workspace_.begin());
    const UniqueFd fd(::openat(parent, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
      const Error error = io_error("cannot be opened", {}, errno);
      if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) status = {};
      return unreadable(relative, stamp_of(status), error);
    }
    const evidence::FileStamp stamp = stamp_of(status);
    if (!options_.rehash && TRY(evidence::is_unchanged(workspace_.db(), source_, relative, stamp))) return {};
    auto kept = workspace_.blobs().keep_file(fd.get());
    if (!kept) {
      // The file's fault is a failed item; the disk's own (full, gone) ends the run and loses nothing.
      if (is_the_files_fault(fd.get(), stamp)) return unreadable(relative, stamp, kept.error());
      return Failure(std::move(kept).error());
    }
    const evidence::Received received{source_, relative, stamp, workspace_.epoch()};
    const evidence::Added item = TRY(evidence::add_received(workspace_.db(), received, kept->blob, kept->size));
    if (item.fresh) workspace_.note(item.id, kept->blob, kept->size);
    const auto content = TRY(evidence::content_of_blob(workspace_.db(), kept->blob));
    TRY_VOID(workspace_.index_path(content->id, display(relative)));
    return workspace_.commit_if_due();
  }

  /// Whether the file has changed since it was opened, or cannot be read to its end just now.
  static bool is_the_files_fault(int fd, const evidence::FileStamp& opened) {
    char buffer[1 << 16];
    for (off_t offset = 0;;) {
      const ssize_t got = ::pread(fd, buffer, sizeof buffer, offset);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return true;
      if (got == 0) break;
      offset += got;
    }
    struct stat now {};
    return ::fstat(fd, &now) != 0 || stamp_of(now) != opened;
  }

  Result<void> unreadable(const std::string& relative, const evidence::FileStamp& stamp, const Error& error) {
    const evidence::Received received{source_, relative, stamp, workspace_.epoch()};
    TRY(evidence::add_unreadable(workspace_.db(), received, Gap{GapKind::io, {}, error.message, PageIndex(0)}));
    return workspace_.commit_if_due();
  }

  Workspace& workspace_;
  const AddOptions& options_;
  Progress& progress_;
  ProgressSink& sink_;
  evidence::Source source_;
  std::pair<dev_t, ino_t> case_{};
};

}  // namespace

Result<void> check_paths(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd) return Failure(io_error("cannot be added", path, errno));
  }
  return {};
}

Result<void> receive(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink) {
  progress.phase = Phase::receiving;
  std::vector<fs::path> paths = options.paths;
  std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  for (const fs::path& path : paths) {
    Walk walk(workspace, options, progress, sink);
    TRY_VOID(walk.path(path));
  }
  return workspace.commit();
}

}  // namespace dragoman::ingest
