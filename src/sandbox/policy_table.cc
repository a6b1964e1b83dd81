// SPDX-License-Identifier: AGPL-3.0-or-later
// The table of system calls and folders. docs/sandbox.md says how it was measured; a change here raises
// kPolicyVersion.
#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "sandbox/policy.h"

namespace dragoman::sandbox {
namespace {

// O_TMPFILE without the O_DIRECTORY that it contains. O_PATH is not for writing, but Landlock does not judge it.
constexpr std::uint64_t kUnnamedFile = O_TMPFILE & ~O_DIRECTORY;
constexpr std::uint64_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_PATH | kUnnamedFile;

constexpr std::uint64_t kWritingBits[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_PATH, kUnnamedFile};

/// The low 32 bits are what the kernel looks at in an `int`.
ArgumentCheck bits(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {.argument = argument, .mask = mask, .value = value};
}

CallRule allow(std::string_view name, std::string_view reason, std::vector<ArgumentCheck> checks = {}) {
  return {.name = name, .checks = std::move(checks), .reason = reason};
}

CallRule refuse(std::string_view name, int error, std::string_view reason, std::vector<ArgumentCheck> checks = {}) {
  return {.name = name, .action = CallAction::refuse, .error = error, .checks = std::move(checks), .reason = reason};
}

void add_channels(std::vector<CallRule>& rules) {
  rules.push_back(allow("recvmsg", "the next job and its input descriptor"));
  rules.push_back(allow("write", "blob pipe; standard error goes nowhere"));
  rules.push_back(allow("writev", "frames of both channels"));
}

void add_input(std::vector<CallRule>& rules, WorkerKind kind) {
  rules.push_back(allow("read", "the input and fonts"));
  rules.push_back(allow("pread64", "the input"));
  rules.push_back(allow("lseek", "the input"));
  rules.push_back(allow("fstat", "size of the input"));
  rules.push_back(allow("newfstatat", "glibc's fstat; tells names and sizes, opens nothing"));
  rules.push_back(allow("close", "the input after a job"));
  rules.push_back(allow("fcntl", "stdio asks for flags", {bits(1, 0xFFFFFFFF, F_GETFL)}));
  rules.push_back(allow("fcntl", "close-on-exec", {bits(1, 0xFFFFFFFF, F_GETFD)}));
  rules.push_back(allow("fcntl", "close-on-exec", {bits(1, 0xFFFFFFFF, F_SETFD)}));
  if (kind == WorkerKind::read) {
    rules.push_back(allow("fcntl", "readers that own what they read from", {bits(1, 0xFFFFFFFF, F_DUPFD_CLOEXEC)}));
  }
  rules.push_back(allow("dup", "libraries that own what they read from"));
  rules.push_back(allow("ioctl", "stdio asks whether it is a terminal", {bits(1, ~std::uint64_t{0}, TCGETS)}));
}

void add_files(std::vector<CallRule>& rules, bool files) {
  if (files) {
    rules.push_back(allow("openat", "fonts, character maps; where, Landlock decides", {bits(2, kWriting, 0)}));
    rules.push_back(allow("getdents64", "a folder of fonts"));
    for (const std::uint64_t bit : kWritingBits) {
      rules.push_back(refuse("openat", EACCES, "libraries that try a cache or a temporary file", {bits(2, bit, bit)}));
    }
  } else {
    rules.push_back(refuse("openat", EACCES, "no Landlock to say where"));
  }
  for (const std::string_view name : {"open", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd",
                                      "statfs", "fstatfs", "unlink", "unlinkat", "mkdir", "mkdirat", "stat", "lstat"}) {
    rules.push_back(refuse(name, EACCES, "a look or a change at a path that a job does not need"));
  }
}

void add_memory(std::vector<CallRule>& rules, WorkerKind kind) {
  rules.push_back(allow("mmap", "memory, the input, fonts", {bits(2, PROT_EXEC, 0)}));
  if (kind == WorkerKind::read) {
    rules.push_back(allow("mmap", "a converter of glibc (gconv) is a library; never writable, never from memory",
                          {bits(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), bits(3, MAP_ANONYMOUS, 0)}));
  } else {
    rules.push_back(
        refuse("mmap", EACCES, "a converter: pages are drawn and recognised without", {bits(2, PROT_EXEC, PROT_EXEC)}));
  }
  rules.push_back(allow("mprotect", "heap of a thread, relocations", {bits(2, PROT_EXEC, 0)}));
  rules.push_back(allow("munmap", "memory"));
  rules.push_back(allow("mremap", "realloc of large blocks"));
  rules.push_back(allow("madvise", "free"));
  rules.push_back(allow("brk", "malloc"));
}

void add_process(std::vector<CallRule>& rules) {
  rules.push_back(allow("futex", "locks inside libraries"));
  rules.push_back(allow("rt_sigaction", "abort"));
  rules.push_back(allow("rt_sigprocmask", "abort"));
  rules.push_back(allow("rt_sigreturn", "signals"));
  rules.push_back(allow("getpid", "abort"));
  rules.push_back(allow("gettid", "abort"));
  rules.push_back(allow("getppid", "harmless; so that a probe of the lock can name its parent"));
  rules.push_back(allow("tgkill", "abort, to itself only", {{.argument = 0, .own_pid = true}}));
  rules.push_back(allow("exit_group", "end"));
  rules.push_back(allow("restart_syscall", "a stopped and continued call"));
  rules.push_back(allow("clock_gettime", "CPU time of a job; time where there is no vDSO"));
  rules.push_back(allow("getrusage", "CPU time"));
  rules.push_back(allow("getrandom", "hash seeds"));
  rules.push_back(allow("clock_nanosleep", "locks inside libraries"));
  rules.push_back(allow("sysinfo", "qsort asks for the size of memory"));
}

void add_probes(std::vector<CallRule>& rules) {
  // A thread, not a process: libraries go on without it. A new process has no rule, so it kills.
  rules.push_back(refuse("clone", EAGAIN, "a thread", {bits(0, CLONE_THREAD, CLONE_THREAD)}));
  rules.push_back(refuse("clone3", ENOSYS, "its flags cannot be seen; glibc then uses clone"));
  rules.push_back(refuse("rseq", ENOSYS, "glibc, at the start of a thread"));
  rules.push_back(refuse("set_robust_list", ENOSYS, "glibc, at the start of a thread"));
  rules.push_back(refuse("statx", ENOSYS, "glibc then uses newfstatat"));
  rules.push_back(refuse("prctl", EINVAL, "names of threads and of memory"));
  rules.push_back(allow("prlimit64", "asks for a limit", {bits(2, ~std::uint64_t{0}, 0)}));
  rules.push_back(refuse("sched_getaffinity", EPERM, "number of processors: one will do"));
  rules.push_back(refuse("sigaltstack", EPERM, "stack for signals"));
  for (const std::string_view name : {"getuid", "geteuid", "getgid", "getegid", "uname"}) {
    rules.push_back(refuse(name, EPERM, "who and where it is"));
  }
  for (const std::string_view name : {"time", "times", "gettimeofday", "nanosleep", "sched_yield"}) {
    rules.push_back(refuse(name, ENOSYS, "time has clock_gettime"));
  }
  rules.push_back(refuse("fadvise64", EINVAL, "a hint"));
  rules.push_back(refuse("getrlimit", EPERM, "libraries use prlimit64"));
  rules.push_back(refuse("memfd_create", ENOSYS, "files in memory"));
  rules.push_back(refuse("pipe2", EMFILE, "a pipe to itself"));
  // libavformat is loaded with the first recording, and with it libraries of codecs that look around.
  for (const std::string_view name : {"get_mempolicy", "set_mempolicy", "mlock"}) {
    rules.push_back(refuse(name, EPERM, "nodes of memory, memory that is not swapped out"));
  }
  rules.push_back(refuse("ioctl", ENOTTY, "size of a terminal", {bits(1, ~std::uint64_t{0}, TIOCGWINSZ)}));
}

/// What the runtimes of ASan and TSan do besides.
void add_sanitizer_calls(std::vector<CallRule>& rules) {
  std::erase_if(rules, [](const CallRule& rule) {
    return rule.name == "prctl" || rule.name == "sigaltstack" || rule.name == "readlink" ||
           rule.name == "sched_getaffinity" || rule.name == "rseq";
  });
  for (const std::string_view name : {"prctl", "sigaltstack", "readlink", "sched_getaffinity", "rseq"}) {
    rules.push_back(allow(name, "runtime of a sanitizer"));
  }
}

}  // namespace

std::vector<CallRule> call_rules(WorkerKind kind, bool files, bool sanitized) {
  std::vector<CallRule> rules;
  add_channels(rules);
  add_input(rules, kind);
  add_files(rules, files);
  add_memory(rules, kind);
  add_process(rules);
  add_probes(rules);
  if (sanitized) add_sanitizer_calls(rules);
  return rules;
}

std::vector<RootFolder> readable_folders(WorkerKind kind) {
  std::vector<RootFolder> folders{
      {"/usr/share"}, {"/usr/local/share/fonts"}, {"/etc/fonts"}, {"/var/cache/fontconfig"}};
  // Converters of glibc. What else lies there is of no use: nothing can be executed.
  if (kind == WorkerKind::read) folders.push_back({"/usr/lib", true});
  return folders;
}

}  // namespace dragoman::sandbox
