// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/receive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/utf8.h"
#include "ingest/folder_walk.h"
#include "vault/whereabouts.h"

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

class Receiver final : public WalkListener {
 public:
  Receiver(Workspace& workspace, const AddOptions& options, Progress& progress, ProgressSink& sink)
      : workspace_(workspace), options_(options), progress_(progress), sink_(sink) {}

  Result<void> path(const fs::path& given) {
    const fs::path absolute = fs::absolute(given).lexically_normal();
    const fs::path root = absolute.has_filename() ? absolute : absolute.parent_path();
    const std::string name = root.filename().empty() ? "root" : path_from_bytes(root.filename().string());
    TRY_VOID(workspace_.begin());
    source_ = TRY(evidence::source_of(workspace_.db(), root.string(), name));
    struct stat own {};
    if (::stat(workspace_.folder().root().c_str(), &own) == 0) case_ = {own.st_dev, own.st_ino};
    if (options_.in_place || TRY(vault::has_references(workspace_.db()))) root_ = TRY(without_links(root));
    // A path given by hand may be a link; none below it is followed.
    struct stat status {};
    if (::stat(given.c_str(), &status) != 0) {
      return unreadable({}, io_error("cannot be looked at", {}, errno).message);
    }
    const std::string itself;
    if (!S_ISDIR(status.st_mode)) return take({AT_FDCWD, given.c_str(), itself, itself}, status, 0);
    UniqueFd fd(::open(given.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return unreadable({}, io_error("the folder cannot be opened", {}, errno).message);
    return walk_folder(std::move(fd), *this);
  }

  Result<void> entry(const Place& place, const struct stat& status) override {
    TRY_VOID(take(place, status, O_NOFOLLOW));
    ++progress_.files_done;
    sink_.update(progress_);
    if (sink_.cancelled()) return fail(ErrorKind::cancelled, "stopped; the same command continues");
    return {};
  }

  Result<bool> enter(int folder, std::string_view relative, std::size_t names) override {
    struct stat status {};
    if (::fstat(folder, &status) == 0 && std::pair(status.st_dev, status.st_ino) == case_) {
      TRY_VOID(gap(std::string(relative), GapKind::unsupported, "this is the case itself; it is not added to itself"));
      return false;
    }
    progress_.files_total += names;
    return true;
  }

  Result<void> unreadable(const std::string& relative, const std::string& detail) override {
    return gap(relative, GapKind::io, detail);
  }

 private:
  std::string display(const std::string& relative) const {
    return relative.empty() ? source_.label : source_.label + "/" + relative;
  }

  static Result<std::string> without_links(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    if (error) return Failure(io_error("cannot be found without links", path, error.value()));
    return canonical.string();
  }

  Result<void> gap(const std::string& relative, GapKind kind, std::string detail) {
    TRY_VOID(workspace_.begin());
    return evidence::add_path_gap(workspace_.db(), display(relative), Gap{kind, {}, std::move(detail), PageIndex(0)});
  }

  Result<void> take(const Place& place, const struct stat& status, int flags) {
    if (!S_ISREG(status.st_mode)) {
      return gap(place.relative, GapKind::unsupported, std::string(special_name(status.st_mode)));
    }
    TRY_VOID(workspace_.begin());
    const UniqueFd fd(::openat(place.parent, place.name, flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat opened {};
    if (!fd || ::fstat(fd.get(), &opened) != 0) {
      return failed(place.relative, stamp_of(status), io_error("cannot be opened", {}, errno).message);
    }
    if (!S_ISREG(opened.st_mode)) {
      return failed(place.relative, stamp_of(status), "it turned into something else while it was looked at");
    }
    const evidence::FileStamp stamp = stamp_of(opened);
    const auto known = options_.rehash ? evidence::Known::no
                                       : TRY(evidence::known_as(workspace_.db(), source_, place.relative, stamp));
    if (known == evidence::Known::removed) {
      ++progress_.left_out;
      return {};
    }
    if (known == evidence::Known::unchanged && !TRY(is_to_be_copied(place))) return {};
    return options_.in_place ? refer(fd.get(), place, stamp) : keep(fd.get(), place, stamp);
  }

  /// Where the file is, without links: how a reference names it.
  std::string absolute(const Place& place) const { return place.bytes.empty() ? root_ : root_ + "/" + place.bytes; }

  /// Known by reference alone so far, and now wanted in the case.
  Result<bool> is_to_be_copied(const Place& place) {
    if (options_.in_place || root_.empty()) return false;
    return vault::is_reference(workspace_.db(), absolute(place));
  }

  Result<void> keep(int fd, const Place& place, const evidence::FileStamp& stamp) {
    auto kept = workspace_.blobs().keep_file(fd);
    if (!kept) {
      // The file's fault is a failed item; the disk's own (full, gone) ends the run and loses nothing.
      if (is_the_files_fault(fd, stamp)) return failed(place.relative, stamp, kept.error().message);
      return Failure(std::move(kept).error());
    }
    const evidence::Received received{source_, place.relative, stamp, workspace_.epoch()};
    const evidence::Added item = TRY(evidence::add_received(workspace_.db(), received, kept->blob, kept->size));
    if (item.removed) return leave_out(item, *kept);
    if (item.fresh) workspace_.note(item.id, kept->blob, kept->size);
    return finish(kept->blob, place.relative);
  }

  /// It stays where it is: hashed, and found again by its path.
  Result<void> refer(int fd, const Place& place, const evidence::FileStamp& stamp) {
    const auto hashed = vault::hash_file(fd);
    if (!hashed) return failed(place.relative, stamp, hashed.error().message);
    const evidence::Received received{source_, place.relative, stamp, workspace_.epoch()};
    const evidence::Added item = TRY(evidence::add_received(workspace_.db(), received, hashed->blob, hashed->size));
    if (item.removed) return leave_out(item, *hashed);
    if (workspace_.blobs().exists(hashed->blob)) {
      if (item.fresh) workspace_.note(item.id, hashed->blob, hashed->size);
      return finish(hashed->blob, place.relative);
    }
    const vault::Reference reference{absolute(place), hashed->size, stamp.mtime_ns, stamp.ctime_ns};
    TRY_VOID(vault::add_reference(workspace_.db(), hashed->blob, reference));
    if (item.fresh) workspace_.note_in_place(item.id, hashed->blob, hashed->size);
    return finish(hashed->blob, place.relative);
  }

  /// Somebody decided that the case does not have it.
  Result<void> leave_out(const evidence::Added& item, const vault::Kept& kept) {
    ++progress_.left_out;
    if (item.fresh) workspace_.note_left_out(item.id, kept.blob, kept.size);
    return workspace_.commit_if_due();
  }

  Result<void> finish(const Sha256& blob, const std::string& relative) {
    const auto content = TRY(evidence::content_of_blob(workspace_.db(), blob));
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

  Result<void> failed(const std::string& relative, const evidence::FileStamp& stamp, const std::string& detail) {
    const evidence::Received received{source_, relative, stamp, workspace_.epoch()};
    TRY(evidence::add_unreadable(workspace_.db(), received, Gap{GapKind::io, {}, detail, PageIndex(0)}));
    return workspace_.commit_if_due();
  }

  Workspace& workspace_;
  const AddOptions& options_;
  Progress& progress_;
  ProgressSink& sink_;
  evidence::Source source_;
  std::string root_;  // without links; empty where nothing is referred to
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
    Receiver receiver(workspace, options, progress, sink);
    TRY_VOID(receiver.path(path));
  }
  return workspace.commit();
}

}  // namespace dragoman::ingest
