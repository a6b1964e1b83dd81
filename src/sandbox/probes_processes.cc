// SPDX-License-Identifier: AGPL-3.0-or-later
// Processes: new ones, other ones, other programs; and using up the machine.
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sandbox/channel.h"
#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

long fork_bomb(JobContext&) {
  constexpr int kMany = 100;
  for (int i = 0; i < kMany; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return -1;
    if (child == 0) ::pause();
  }
  return kMany;
}

long start_thread(JobContext&) {
  pthread_t thread{};
  errno = ::pthread_create(
      &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
  return errno == 0 ? 0 : -1;
}

long run_program(JobContext&) {
  char name[] = "/bin/true";
  char* argv[] = {name, nullptr};
  return ::execve(name, argv, argv + 1);
}

/// The program that this worker is, or any other that it could get a descriptor of.
long run_descriptor(JobContext& job) {
  char* none[] = {nullptr};
  return ::syscall(SYS_execveat, job.input_fd(), "", none, none, AT_EMPTY_PATH);
}

long parent_memory(bool write) {
  char byte = 0;
  iovec part{&byte, 1};
  const pid_t parent = ::getppid();
  return write ? ::process_vm_writev(parent, &part, 1, &part, 1, 0) : ::process_vm_readv(parent, &part, 1, &part, 1, 0);
}

long map_memory(int protection) {
  return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

long make_executable(JobContext&) {
  void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return -1;
  return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

long hundred_gigabytes(JobContext&) {
  constexpr std::size_t kMuch = std::size_t{100} << 30;
  return ::mmap(nullptr, kMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

/// Piece by piece, each touched: the parent looks at what is resident.
long grow(JobContext&) {
  constexpr std::size_t kPiece = 16 << 20;
  constexpr std::size_t kPage = 4096;
  for (int i = 0; i < 200; ++i) {
    void* piece = ::mmap(nullptr, kPiece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED) return -1;
    volatile char* bytes = static_cast<volatile char*>(piece);
    for (std::size_t at = 0; at < kPiece; at += kPage) bytes[at] = 1;
    timespec pause{0, 10'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
  }
  return 0;
}

long loop_for_ever(JobContext&) {
  volatile std::uint64_t turn = 0;
  for (;;) {
    turn = turn + 1;
  }
}

long sleep_for_ever(JobContext&) {
  for (;;) {
    timespec hour{3600, 0};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, nullptr);
  }
}

// NOLINTNEXTLINE(misc-no-recursion): that is the act
std::uint64_t fill_stack(std::uint64_t depth) {
  volatile char frame[4096];
  frame[depth % sizeof frame] = 1;
  const std::uint64_t below = depth == UINT64_MAX ? 0 : fill_stack(depth + 1);
  return below + static_cast<std::uint64_t>(frame[0]);
}

long raise_limit(int resource) {
  const rlimit more{1 << 20, 1 << 20};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &more);
}

const Probe kProbes[] = {
    {"fork", Barrier::lock, [](JobContext&) { return long{::fork()}; }},
    {"a fork bomb", Barrier::lock, fork_bomb},
    {"vfork", Barrier::lock, [](JobContext&) { return ::syscall(SYS_vfork); }},
    {"clone a process", Barrier::lock, [](JobContext&) { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
    {"clone into a new user namespace", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }},
    {"clone3", Barrier::lock, [](JobContext&) { return ::syscall(SYS_clone3, nullptr, 0); }},
    {"start a thread", Barrier::lock, start_thread},
    {"run a program", Barrier::lock, run_program},
    {"run a descriptor", Barrier::lock, run_descriptor},
    {"run a program by execveat", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }},
    {"be traced", Barrier::lock, [](JobContext&) { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"trace the parent", Barrier::lock,
     [](JobContext&) { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr); }},
    {"seize the parent", Barrier::lock,
     [](JobContext&) { return ::ptrace(PTRACE_SEIZE, ::getppid(), nullptr, nullptr); }},
    {"signal the parent", Barrier::lock, [](JobContext&) { return long{::kill(::getppid(), 0)}; }},
    {"signal everyone", Barrier::lock, [](JobContext&) { return long{::kill(-1, 0)}; }},
    {"signal a thread of the parent", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0); }},
    {"tkill", Barrier::lock, [](JobContext&) { return ::syscall(SYS_tkill, ::getppid(), 0); }},
    {"queue a signal", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_rt_sigqueueinfo, ::getppid(), 0, nullptr); }},
    {"pidfd_open", Barrier::lock, [](JobContext&) { return ::syscall(SYS_pidfd_open, ::getppid(), 0); }},
    {"pidfd_getfd", Barrier::lock, [](JobContext&) { return ::syscall(SYS_pidfd_getfd, kControlFd, 0, 0); }},
    {"read the parent's memory", Barrier::lock, [](JobContext&) { return parent_memory(false); }},
    {"write the parent's memory", Barrier::lock, [](JobContext&) { return parent_memory(true); }},
    {"compare with the parent", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_kcmp, ::getpid(), ::getppid(), 0, 0, 0); }},
    {"raise its priority", Barrier::lock, [](JobContext&) { return long{::setpriority(PRIO_PROCESS, 0, -5)}; }},
    {"change its scheduler", Barrier::lock,
     [](JobContext&) { return ::syscall(SYS_sched_setscheduler, 0, 0, nullptr); }},
    {"raise the file size limit", Barrier::lock, [](JobContext&) { return raise_limit(RLIMIT_FSIZE); }},
    {"raise the core limit", Barrier::lock, [](JobContext&) { return raise_limit(RLIMIT_CORE); }},
    {"limit the parent", Barrier::lock,
     [](JobContext&) {
       const rlimit none{0, 0};
       return ::syscall(SYS_prlimit64, ::getppid(), RLIMIT_NOFILE, &none, nullptr);
     }},
    {"become dumpable", Barrier::lock, [](JobContext&) { return long{::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)}; }, EINVAL,
     true},
    {"outlive the parent", Barrier::lock, [](JobContext&) { return long{::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)}; },
     EINVAL, true},
    {"let others trace it", Barrier::lock, [](JobContext&) { return long{::prctl(PR_SET_PTRACER, -1, 0, 0, 0)}; },
     EINVAL, true},
    {"leave its session", Barrier::lock, [](JobContext&) { return long{::setsid()}; }},
    {"setuid", Barrier::lock, [](JobContext&) { return long{::setuid(0)}; }},
    {"setgroups", Barrier::lock, [](JobContext&) { return ::syscall(SYS_setgroups, 0, nullptr); }},
    {"take capabilities", Barrier::lock, [](JobContext&) { return ::syscall(SYS_capset, nullptr, nullptr); }},
    {"a second filter", Barrier::lock, [](JobContext&) { return ::syscall(SYS_seccomp, 1, 0, nullptr); }},
    {"map memory for writing and execution", Barrier::lock,
     [](JobContext&) { return map_memory(PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"map memory for execution", Barrier::lock, [](JobContext&) { return map_memory(PROT_READ | PROT_EXEC); }},
    {"make memory executable", Barrier::lock, make_executable},
    {"pkey_mprotect", Barrier::lock, [](JobContext&) { return ::syscall(SYS_pkey_mprotect, 0, 0, PROT_EXEC, -1); }},
    {"personality", Barrier::lock, [](JobContext&) { return ::syscall(SYS_personality, 0x0400000); }},
    {"allocate 100 GB", Barrier::lock, hundred_gigabytes, ENOMEM, true},
    {"grow without end", Barrier::protocol, grow},
    {"loop for ever", Barrier::clock, loop_for_ever},
    {"sleep for ever", Barrier::clock, sleep_for_ever},
    {"overflow the stack", Barrier::death, [](JobContext&) { return static_cast<long>(fill_stack(0) & 1); }},
};

}  // namespace

std::span<const Probe> process_probes() {
  return kProbes;
}

}  // namespace dragoman::sandbox
