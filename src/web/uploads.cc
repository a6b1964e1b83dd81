// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/uploads.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>

#include <sodium.h>

#include "base/digest.h"
#include "base/utf8.h"

namespace dragoman::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostDepth = 64;
constexpr std::size_t kMostNameBytes = 255;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

Failure no_such_upload() {
  return fail(ErrorKind::not_found, "there is no such upload; it was added or given up", "upload");
}

Result<UniqueFd> open_folder_in(const UniqueFd& parent, const std::string& name) {
  if (::mkdirat(parent.get(), name.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failure(io_error("cannot make the folder", name, errno));
  }
  UniqueFd fd(::openat(parent.get(), name.c_str(), kFolderFlags));
  if (!fd && (errno == ENOTDIR || errno == ELOOP)) {
    return fail(ErrorKind::conflict, "a file was sent under the name of this folder", "name");
  }
  if (!fd) return Failure(io_error("cannot open the folder", name, errno));
  return fd;
}

}  // namespace

Result<std::vector<std::string>> upload_parts(std::string_view name) {
  std::vector<std::string> parts;
  for (;;) {
    const std::string_view part = name.substr(0, name.find('/'));
    const bool bad = part.empty() || part == "." || part == ".." || part.size() > kMostNameBytes ||
                     part.find('\0') != std::string_view::npos;
    if (bad || parts.size() >= kMostDepth) {
      return fail(ErrorKind::malformed, "this cannot be the name of a file here", "name");
    }
    parts.emplace_back(part);
    if (part.size() == name.size()) return parts;
    name.remove_prefix(part.size() + 1);
  }
}

UploadFile::UploadFile(Uploads& uploads, std::string upload, UniqueFd folder, std::string name, UniqueFd fd)
    : uploads_(&uploads),
      upload_(std::move(upload)),
      folder_(std::move(folder)),
      name_(std::move(name)),
      fd_(std::move(fd)) {}

UploadFile::~UploadFile() {
  if (finished_) return;
  ::unlinkat(folder_.get(), name_.c_str(), 0);
  uploads_->file_ended(upload_, 0, 0);
}

Result<void> UploadFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd_.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && (errno == ENOSPC || errno == EDQUOT)) {
      return fail(ErrorKind::io, "the disk of the case is full; make room and send the file again", "upload");
    }
    if (wrote < 0) return Failure(io_error("cannot write the file", name_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    size_ += static_cast<std::uint64_t>(wrote);
  }
  return {};
}

Result<void> UploadFile::finish() {
  // No sync: the bytes are kept for good only when they are added, and that syncs them.
  const int fd = fd_.release();
  if (::close(fd) != 0) return Failure(io_error("cannot write the file", name_, errno));
  finished_ = true;
  uploads_->file_ended(upload_, 1, size_);
  return {};
}

Result<Uploads::State> Uploads::create() {
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failure(io_error("cannot make the folder for uploads", folder_, errno));
  }
  std::array<std::uint8_t, 16> random{};
  randombytes_buf(random.data(), random.size());
  Entry entry;
  entry.state.upload = to_hex(random);
  const fs::path path = path_of(entry.state.upload);
  const std::lock_guard lock(mutex_);
  // Held while this process lives: another server of the same case then leaves our uploads alone.
  if (!held_) {
    held_ = UniqueFd(::open(folder_.c_str(), kFolderFlags));
    if (!held_ || ::flock(held_.get(), LOCK_SH | LOCK_NB) != 0) {
      held_.reset();
      return Failure(io_error("cannot hold the folder for uploads", folder_, errno));
    }
  }
  if (::mkdir(path.c_str(), 0700) != 0) return Failure(io_error("cannot make the folder for uploads", path, errno));
  entries_[entry.state.upload] = entry;
  return entry.state;
}

Result<std::unique_ptr<UploadFile>> Uploads::begin_file(const std::string& upload, std::string_view name) {
  const std::vector<std::string> parts = TRY(upload_parts(name));
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(upload);
    if (entry == entries_.end()) return no_such_upload();
    if (entry->second.taken) return fail(ErrorKind::conflict, "this upload is being added already", "upload");
    ++entry->second.open_files;  // from here on nobody can take it
  }
  auto file = make_file(upload, parts);
  if (!file) file_ended(upload, 0, 0);
  return file;
}

Result<std::unique_ptr<UploadFile>> Uploads::make_file(const std::string& upload,
                                                       const std::vector<std::string>& parts) {
  UniqueFd folder(::open(path_of(upload).c_str(), kFolderFlags));
  if (!folder) return Failure(io_error("cannot open the folder for uploads", path_of(upload), errno));
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) folder = TRY(open_folder_in(folder, parts[i]));
  UniqueFd fd(::openat(folder.get(), parts.back().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd && errno == EEXIST) return fail(ErrorKind::conflict, "a file of this name was sent already", "name");
  if (!fd) return Failure(io_error("cannot make the file", parts.back(), errno));
  return std::make_unique<UploadFile>(*this, upload, std::move(folder), parts.back(), std::move(fd));
}

void Uploads::file_ended(const std::string& upload, std::uint64_t files, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(upload);
  if (entry == entries_.end()) return;
  --entry->second.open_files;
  entry->second.state.files += files;
  entry->second.state.bytes += bytes;
}

Result<Uploads::State> Uploads::state(const std::string& upload) const {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(upload);
  if (entry == entries_.end()) return no_such_upload();
  return entry->second.state;
}

Result<void> Uploads::give_up(const std::string& upload) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(upload);
    if (entry == entries_.end()) return no_such_upload();
    if (entry->second.taken)
      return fail(ErrorKind::conflict, "this upload is being added; cancel that first", "upload");
    entries_.erase(entry);
  }
  remove(upload);
  return {};
}

Result<Uploads::Taken> Uploads::list(const std::string& upload) const {
  Taken taken;
  std::error_code error;
  for (fs::directory_iterator entry(path_of(upload), error), end; !error && entry != end; entry.increment(error)) {
    taken.paths.push_back(fs::absolute(entry->path()));
  }
  if (error) return Failure(io_error("cannot list the upload", path_of(upload), error.value()));
  std::sort(taken.paths.begin(), taken.paths.end());
  for (const fs::path& path : taken.paths) taken.names.push_back(path_from_bytes(path.filename().string()));
  return taken;
}

Result<Uploads::Taken> Uploads::take(const std::string& upload) {
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(upload);
    if (entry == entries_.end()) return no_such_upload();
    if (entry->second.taken) return fail(ErrorKind::conflict, "this upload is being added already", "upload");
    if (entry->second.open_files > 0) return fail(ErrorKind::conflict, "a file is still coming in", "upload");
    entry->second.taken = true;
  }
  const UniqueFd mark(::open(mark_of(upload).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!mark) return Failure(io_error("cannot mark the upload", mark_of(upload), errno));
  return list(upload);
}

void Uploads::give_back(const std::string& upload) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(upload);
  if (entry != entries_.end()) entry->second.taken = false;
  ::unlink(mark_of(upload).c_str());
}

void Uploads::done(const std::string& upload) {
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(upload);
  }
  remove(upload);
}

void Uploads::remove(const std::string& upload) const {
  // The folder first: a mark without a folder says nothing, a folder without a mark would be taken for unfinished.
  std::error_code ignored;
  fs::remove_all(path_of(upload), ignored);
  fs::remove(mark_of(upload), ignored);
}

std::string Uploads::remove_leftovers() {
  const UniqueFd alone(::open(folder_.c_str(), kFolderFlags));
  if (!alone || ::flock(alone.get(), LOCK_EX | LOCK_NB) != 0) return {};
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    found.push_back(entry->path());
  }
  std::string needed;
  for (const fs::path& path : found) {
    std::error_code ignored;
    if (path.extension() == ".add") {
      if (!fs::exists(path.parent_path() / path.stem(), ignored)) fs::remove(path, ignored);
      continue;
    }
    const std::string upload = path.filename().string();
    if (fs::exists(mark_of(upload), ignored) && needed.empty()) {
      needed = upload;
      const std::lock_guard lock(mutex_);
      entries_[upload] = Entry{{upload, 0, 0}, 0, true};
    } else {
      remove(upload);
    }
  }
  return needed;
}

}  // namespace dragoman::web
