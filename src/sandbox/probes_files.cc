// SPDX-License-Identifier: AGPL-3.0-or-later
// Reaching files: by name, through /proc, through the input, by copying descriptors.
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "sandbox/channel.h"
#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

long open_path(const std::string& path, int flags) {
  return ::open(path.c_str(), flags, 0600);
}

long map_input(JobContext& job, int protection) {
  void* got = ::mmap(nullptr, 1, protection, MAP_SHARED, job.input_fd(), 0);
  return got == MAP_FAILED ? -1 : 0;
}

/// Descriptors besides the standard streams, the channels and the input.
long find_descriptor(JobContext& job) {
  constexpr int kMost = 1024;
  for (int fd = kBlobFd + 1; fd < kMost; ++fd) {
    if (fd != job.input_fd() && ::fcntl(fd, F_GETFD) >= 0) return fd;
  }
  errno = EBADF;
  return -1;
}

long many_descriptors(JobContext& job) {
  constexpr int kMany = 1000;
  for (int i = 0; i < kMany; ++i) {
    if (::dup(job.input_fd()) < 0) return -1;
  }
  return kMany;
}

long reopen_input(JobContext& job, int flags) {
  return open_path(fmt::format("/proc/self/fd/{}", job.input_fd()), flags);
}

const Probe kProbes[] = {
    {"open /etc/passwd", Barrier::lock, [](JobContext&) { return open_path("/etc/passwd", O_RDONLY); }, ENOENT},
    {"open /etc/shadow", Barrier::lock, [](JobContext&) { return open_path("/etc/shadow", O_RDONLY); }, ENOENT},
    {"open the home folder", Barrier::lock, [](JobContext&) { return open_path("/root", O_RDONLY | O_DIRECTORY); },
     ENOENT},
    {"list /proc", Barrier::lock, [](JobContext&) { return open_path("/proc", O_RDONLY | O_DIRECTORY); }, ENOENT},
    {"list /tmp", Barrier::lock, [](JobContext&) { return open_path("/tmp", O_RDONLY | O_DIRECTORY); }, ENOENT},
    {"open /etc/passwd by dots", Barrier::lock,
     [](JobContext&) { return open_path("/usr/share/../../etc/passwd", O_RDONLY); }, ENOENT},
    {"open by O_PATH", Barrier::lock, [](JobContext&) { return open_path("/etc/passwd", O_PATH); }},
    {"open the parent's memory", Barrier::lock,
     [](JobContext&) { return open_path(fmt::format("/proc/{}/mem", ::getppid()), O_RDONLY); }, ENOENT},
    {"open the parent's environment", Barrier::lock,
     [](JobContext&) { return open_path(fmt::format("/proc/{}/environ", ::getppid()), O_RDONLY); }, ENOENT},
    {"open the parent's descriptors", Barrier::lock,
     [](JobContext&) { return open_path(fmt::format("/proc/{}/fd/0", ::getppid()), O_RDONLY); }, ENOENT},
    {"open its own memory", Barrier::lock, [](JobContext&) { return open_path("/proc/self/mem", O_RDONLY); }, ENOENT},
    {"open a device", Barrier::lock, [](JobContext&) { return open_path("/dev/null", O_RDONLY); }, ENOENT},
    {"open the terminal", Barrier::lock, [](JobContext&) { return open_path("/dev/tty", O_RDWR); }},
    {"open the disk", Barrier::lock, [](JobContext&) { return open_path("/dev/vda", O_RDONLY); }, ENOENT},
    {"make a file in /tmp", Barrier::lock,
     [](JobContext&) { return open_path("/tmp/dragoman-probe", O_WRONLY | O_CREAT); }},
    {"make a file in a readable folder", Barrier::lock,
     [](JobContext&) { return open_path("/usr/share/dragoman-probe", O_WRONLY | O_CREAT); }},
    {"append in a readable folder", Barrier::lock,
     [](JobContext&) { return open_path("/usr/share/dragoman-probe", O_APPEND | O_CREAT); }},
    {"truncate in a readable folder", Barrier::lock,
     [](JobContext&) { return open_path("/usr/share/dragoman-probe", O_TRUNC); }},
    {"make a file without a name", Barrier::lock, [](JobContext&) { return open_path("/tmp", O_RDWR | O_TMPFILE); }},
    {"openat2", Barrier::lock, [](JobContext&) { return ::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }},
    {"creat", Barrier::lock, [](JobContext&) { return ::syscall(SYS_creat, "/tmp/dragoman-probe", 0600); }},
    {"open_by_handle_at", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, O_RDONLY); }},
    {"unlink", Barrier::lock, [](JobContext&) { return long{::unlink("/tmp/dragoman-probe-none")}; }},
    {"rename", Barrier::lock, [](JobContext&) { return long{::rename("/tmp/a", "/tmp/b")}; }},
    {"link", Barrier::lock, [](JobContext&) { return long{::link("/etc/passwd", "/tmp/b")}; }},
    {"symlink", Barrier::lock, [](JobContext&) { return long{::symlink("/etc/passwd", "/tmp/b")}; }},
    {"mknod", Barrier::lock, [](JobContext&) { return long{::mknod("/tmp/dragoman-probe", S_IFIFO | 0600, 0)}; }},
    {"chmod", Barrier::lock, [](JobContext&) { return long{::chmod("/tmp", 0777)}; }},
    {"chown", Barrier::lock, [](JobContext&) { return long{::chown("/tmp", 0, 0)}; }},
    {"chdir", Barrier::lock, [](JobContext&) { return long{::chdir("/tmp")}; }},
    {"chroot", Barrier::lock, [](JobContext&) { return long{::chroot("/tmp")}; }},
    {"pivot_root", Barrier::lock, [](JobContext&) { return ::syscall(SYS_pivot_root, ".", "."); }},
    {"write to the input", Barrier::lock, [](JobContext& job) { return long{::write(job.input_fd(), "x", 1)}; }, EBADF},
    {"map the input for writing", Barrier::lock,
     [](JobContext& job) { return map_input(job, PROT_READ | PROT_WRITE); }},
    {"map the input for execution", Barrier::lock,
     [](JobContext& job) { return map_input(job, PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"reopen the input for writing", Barrier::lock, [](JobContext& job) { return reopen_input(job, O_RDWR); }},
    {"reopen the input for reading", Barrier::lock, [](JobContext& job) { return reopen_input(job, O_RDONLY); },
     ENOENT},
    {"truncate the input", Barrier::lock, [](JobContext& job) { return long{::ftruncate(job.input_fd(), 0)}; }},
    {"chmod the input", Barrier::lock, [](JobContext& job) { return long{::fchmod(job.input_fd(), 0777)}; }},
    {"chown the input", Barrier::lock, [](JobContext& job) { return long{::fchown(job.input_fd(), 0, 0)}; }},
    {"date the input", Barrier::lock, [](JobContext& job) { return long{::futimens(job.input_fd(), nullptr)}; }},
    {"name the input", Barrier::lock,
     [](JobContext& job) { return long{::fsetxattr(job.input_fd(), "user.x", "y", 1, 0)}; }},
    {"allocate in the input", Barrier::lock,
     [](JobContext& job) { return long{::fallocate(job.input_fd(), 0, 0, 1 << 20)}; }},
    {"lock the input against the parent", Barrier::lock,
     [](JobContext& job) {
       struct flock all {};
       all.l_type = F_RDLCK;
       return long{::fcntl(job.input_fd(), F_OFD_SETLK, &all)};
     }},
    {"link the input somewhere", Barrier::lock,
     [](JobContext& job) { return long{::linkat(job.input_fd(), "", AT_FDCWD, "/tmp/x", AT_EMPTY_PATH)}; }},
    {"sendfile", Barrier::lock, [](JobContext& job) { return long{::sendfile(kBlobFd, job.input_fd(), nullptr, 1)}; }},
    {"splice", Barrier::lock,
     [](JobContext& job) { return long{::splice(job.input_fd(), nullptr, kBlobFd, nullptr, 1, 0)}; }},
    {"find a descriptor left open", Barrier::lock, find_descriptor, EBADF},
    {"a thousand descriptors", Barrier::lock, many_descriptors, EMFILE},
    {"make a file in memory", Barrier::lock, [](JobContext&) { return ::syscall(SYS_memfd_create, "x", 0); }},
    {"make a secret file in memory", Barrier::lock, [](JobContext&) { return ::syscall(SYS_memfd_secret, 0); }},
};

}  // namespace

std::span<const Probe> file_probes() {
  return kProbes;
}

}  // namespace dragoman::sandbox
