// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ingest/probe_job.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>

namespace dragoman::ingest {
namespace {

struct Act {
  std::string_view name;
  bool (*possible)();
};

bool can_open(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

bool can_fork() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  if (child > 0) ::waitpid(child, nullptr, 0);
  return child > 0;
}

bool can_run_a_program() {
  char program[] = "/bin/true";
  char* const arguments[] = {program, nullptr};
  ::execve(program, arguments, arguments + 1);
  return false;  // here only when it did not happen
}

bool can_open_a_socket(int family) {
  const int fd = ::socket(family, SOCK_STREAM, 0);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

constexpr Act kActs[] = {
    {"read /etc/passwd", [] { return can_open("/etc/passwd", O_RDONLY); }},
    {"read another process's memory", [] { return can_open("/proc/1/mem", O_RDONLY); }},
    {"make a file in /tmp", [] { return can_open("/tmp/dragoman-probe", O_WRONLY | O_CREAT); }},
    {"open an internet socket", [] { return can_open_a_socket(AF_INET); }},
    {"open a unix socket", [] { return can_open_a_socket(AF_UNIX); }},
    {"fork", can_fork},
    {"run a program", can_run_a_program},
    {"trace the parent", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0; }},
    {"signal the parent", [] { return ::kill(::getppid(), SIGCONT) == 0; }},
    {"make a namespace", [] { return ::syscall(SYS_unshare, 0x10000000) == 0; }},
    {"use io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr) >= 0 || errno == EFAULT; }},
    {"load a BPF program", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) >= 0 || errno == EFAULT; }},
};

}  // namespace

std::span<const std::string_view> forbidden_acts() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, std::size(kActs)> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kActs[i].name;
    return names;
  }();
  return kNames;
}

Result<void> probe_job(sandbox::JobContext& job) {
  for (const Act& act : kActs) {
    if (act.name != job.request()) continue;
    return act.possible() ? Result<void>() : fail(ErrorKind::denied, "refused");
  }
  return fail(ErrorKind::not_found, "no such probe");
}

}  // namespace dragoman::ingest
