// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/disk.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <system_error>

namespace dragoman::vault {
namespace {

constexpr long kXfsMagic = 0x58465342;  // not in linux/magic.h of Linux 6.1

Disk::Entry entry_of(std::string name, const struct stat& status) {
  Disk::Entry entry;
  entry.name = std::move(name);
  if (S_ISREG(status.st_mode)) entry.type = Disk::FileType::file;
  if (S_ISDIR(status.st_mode)) entry.type = Disk::FileType::folder;
  entry.size = static_cast<std::uint64_t>(status.st_size);
  entry.mode = status.st_mode & 07777U;
  return entry;
}

class RealDisk : public Disk {
 public:
  Result<UniqueFd> create(const std::filesystem::path& path) override {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd && errno == EEXIST) return fail(ErrorKind::conflict, "there already", path.string());
    if (!fd) return Failure(io_error("cannot create", path, errno));
    return fd;
  }

  Result<UniqueFd> open_append(const std::filesystem::path& path) override {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return Failure(io_error("cannot open", path, errno));
    return fd;
  }

  Result<UniqueFd> open_read(const std::filesystem::path& path) override {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
    if (!fd) return Failure(io_error("cannot open", path, errno));
    return fd;
  }

  Result<void> write(int fd, std::string_view bytes) override { return write_all(fd, bytes); }

  bool clone(int to, int from) override { return ::ioctl(to, FICLONE, from) == 0; }

  Result<void> truncate(int fd, std::uint64_t size) override {
    if (::ftruncate(fd, static_cast<off_t>(size)) != 0) return Failure(io_error("cannot cut a file", {}, errno));
    return {};
  }

  Result<void> set_mode(int fd, unsigned mode) override {
    // A medium without permissions (FAT, some network shares) says EPERM; what it cannot keep it need not.
    if (::fchmod(fd, mode) != 0 && errno != EPERM && errno != ENOTSUP) {
      return Failure(io_error("cannot set permissions", {}, errno));
    }
    return {};
  }

  Result<void> sync_file(int fd) override {
    if (::fsync(fd) != 0) return Failure(io_error("cannot write to the disk", {}, errno));
    return {};
  }

  Result<void> sync_folder(const std::filesystem::path& folder) override { return dragoman::sync_folder(folder); }

  Result<void> sync_all(const std::filesystem::path& folder) override {
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return Failure(io_error("cannot open folder", folder, errno));
    if (::syncfs(fd.get()) != 0) return Failure(io_error("cannot write to the disk", folder, errno));
    return {};
  }

  bool can_sync_all(const std::filesystem::path& folder) override {
    struct statfs status {};
    if (::statfs(folder.c_str(), &status) != 0) return false;
    // Local file systems whose syncfs() waits for the device and reports errors (Linux >= 5.8). A network or
    // FUSE file system may return before its server has written anything.
    const long type = static_cast<long>(status.f_type);
    return type == EXT4_SUPER_MAGIC || type == kXfsMagic || type == BTRFS_SUPER_MAGIC || type == F2FS_SUPER_MAGIC ||
           type == TMPFS_MAGIC;
  }

  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return Failure(io_error("cannot rename to", to, errno));
    return {};
  }

  Result<void> remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) != 0) return Failure(io_error("cannot remove", path, errno));
    return {};
  }

  Result<bool> make_folder(const std::filesystem::path& path) override {
    if (::mkdir(path.c_str(), 0777) == 0) return true;
    if (errno == EEXIST) return false;
    return Failure(io_error("cannot make the folder", path, errno));
  }

  Result<Entry> stat(const std::filesystem::path& path) override {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return Failure(io_error("cannot look at", path, errno));
    return entry_of(path.filename().string(), status);
  }

  Result<std::vector<Entry>> list(const std::filesystem::path& folder) override {
    std::vector<Entry> out;
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
      out.push_back(TRY(stat(entries->path())));
    }
    if (error) return Failure(io_error("cannot list", folder, error.value()));
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return out;
  }
};

}  // namespace

std::unique_ptr<Disk> real_disk() {
  return std::make_unique<RealDisk>();
}

}  // namespace dragoman::vault
