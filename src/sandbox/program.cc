// SPDX-License-Identifier: AGPL-3.0-or-later
// bwrap(1). The filter is a list of what is forbidden, not of what is allowed: an office suite uses most of the kernel,
// and what keeps it in is that there is nothing around it to reach.
#include "sandbox/program.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

namespace dragoman::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr char kBubblewrap[] = "/usr/bin/bwrap";
constexpr char kLimiter[] = "/usr/bin/prlimit";  // of util-linux, which is on every Debian
constexpr int kFilterFd = 3;
constexpr std::chrono::milliseconds kLook{100};  // how often the output is weighed
constexpr std::uint64_t kNameWeight = 4096;
constexpr int kMostProcesses = 256;  // threads too
constexpr int kNamespaceFlags =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

// What an office suite never needs, and what ways out were made of.
constexpr std::array<std::string_view, 46> kForbidden{
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "kcmp",
    "keyctl",
    "add_key",
    "request_key",
    "bpf",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "userfaultfd",
    "perf_event_open",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "mount_setattr",
    "open_by_handle_at",
    "name_to_handle_at",
    "fanotify_init",
    "quotactl",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "clock_settime",
    "settimeofday",
    "adjtimex",
    "swapon",
    "swapoff",
    "acct",
    "reboot",
    "syslog",
    "iopl",
    "ioperm",
    "personality",
    "pidfd_getfd",
};

Failure unusable(std::string_view step, int error) {
  return fail(ErrorKind::io, fmt::format("cannot run a program: {}: {}", step, std::generic_category().message(error)));
}

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

int forbid(scmp_filter_ctx filter, std::string_view name, int error, std::vector<scmp_arg_cmp> checks = {}) {
  const int number = seccomp_syscall_resolve_name(std::string(name).c_str());
  if (number < 0) return 0;  // this architecture, or this libseccomp, has no such call
  return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), number,
                                static_cast<unsigned>(checks.size()), checks.data());
}

int add_rules(scmp_filter_ctx filter) {
  int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  for (const std::string_view name : kForbidden) {
    if (failed == 0) failed = forbid(filter, name, EPERM);
  }
  // New namespaces by clone; clone3 hides its flags, and glibc then uses clone.
  if (failed == 0) failed = forbid(filter, "clone3", ENOSYS);
  for (int bit = 1; bit > 0 && failed == 0; bit = static_cast<int>(static_cast<unsigned>(bit) << 1U)) {
    if ((kNamespaceFlags & bit) == 0) continue;
    const auto flag = static_cast<std::uint64_t>(bit);
    failed = forbid(filter, "clone", EPERM, {{0, SCMP_CMP_MASKED_EQ, flag, flag}});
  }
  for (const unsigned long request : {0UL + TIOCSTI, 0UL + TIOCLINUX}) {
    // The low half is what the kernel looks at.
    if (failed == 0) failed = forbid(filter, "ioctl", EPERM, {{1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, request}});
  }
  // Threads of an office suite talk by unix sockets; every other family is refused.
  if (failed == 0) failed = forbid(filter, "socket", EAFNOSUPPORT, {{0, SCMP_CMP_NE, AF_UNIX, 0}});
  return failed;
}

/// The compiled filter as bubblewrap wants it: a file from which it is read.
Result<UniqueFd> compiled_filter() {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!filter || !file) return unusable("filter", errno);
  int failed = add_rules(filter.get());
  if (failed == 0) failed = seccomp_export_bpf(filter.get(), file.get());
  if (failed != 0) return unusable("filter", -failed);
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return unusable("filter", errno);
  return file;
}

std::vector<std::string> command_line(const ProgramOrder& order) {
  std::vector<std::string> line{kBubblewrap, "--new-session", "--die-with-parent", "--unshare-all", "--cap-drop",
                                "ALL",       "--clearenv",    "--hostname",        "dragoman"};
  const auto add = [&line](std::initializer_list<std::string> words) { line.insert(line.end(), words); };
  add({"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin"});
  add({"--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"});
  for (const char* path : {"/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice", "/var/cache/fontconfig"}) {
    add({"--ro-bind-try", path, path});
  }
  add({"--proc", "/proc", "--dev", "/dev", "--size", fmt::format("{}", order.temporary_bytes), "--tmpfs", "/tmp"});
  add({"--ro-bind", order.input, "/in", "--bind", order.output, "/out", "--chdir", "/tmp"});
  add({"--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8"});
  add({"--seccomp", fmt::format("{}", kFilterFd), "--"});
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(order.timeout).count();
  // Each process's processor time is bounded too, in case the clock's kill does not reach it.
  add({kLimiter, fmt::format("--as={}", order.address_space), fmt::format("--cpu={}", 4 * seconds),
       fmt::format("--fsize={}", order.output_bytes), fmt::format("--nproc={}", kMostProcesses), "--core=0",
       "--memlock=0", "--nofile=1024", "--"});
  line.insert(line.end(), order.arguments.begin(), order.arguments.end());
  return line;
}

/// Its child and everything below it die with it: --die-with-parent, and a process namespace of their own.
class ProgramProcess {
 public:
  ProgramProcess() = default;
  ProgramProcess(ProgramProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}
  ProgramProcess& operator=(ProgramProcess&&) = delete;
  ~ProgramProcess() { kill(); }

  static Result<ProgramProcess> start(std::vector<std::string> line, int filter);
  bool ended_within(std::chrono::milliseconds time) const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(time.count())) == 1;
  }
  ProgramEnd reap();
  void kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    reap();
  }

 private:
  pid_t pid_ = -1;
  UniqueFd pidfd_;
};

Result<ProgramProcess> ProgramProcess::start(std::vector<std::string> line, int filter) {
  std::vector<char*> argv;
  for (std::string& word : line) argv.push_back(word.data());
  argv.push_back(nullptr);
  char* envp[] = {nullptr};
  // dup2 onto itself would keep close-on-exec.
  const UniqueFd high(::fcntl(filter, F_DUPFD_CLOEXEC, kFilterFd + 1));
  if (!high) return unusable("filter", errno);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (const int stream : {0, 1, 2}) posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, high.get(), kFilterFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, kFilterFd + 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A session of its own: Ctrl-C reaches the parent alone, which then kills it.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ProgramProcess process;
  const int failed = ::posix_spawn(&process.pid_, kBubblewrap, &actions, &attributes, argv.data(), envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    process.pid_ = -1;
    return unusable("bubblewrap", failed);
  }
  process.pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid_, 0)));
  if (!process.pidfd_) return unusable("pidfd", errno);
  return process;
}

ProgramEnd ProgramProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  // bubblewrap tells a signal as a shell does.
  const int code = WEXITSTATUS(status);
  return code > 128 ? ProgramEnd{true, code - 128} : ProgramEnd{false, code};
}

/// Bytes of all files below, each name counting a little too, so that a flood of empty ones ends; links are not
/// followed. What cannot be read counts as nothing.
std::uint64_t weight(const fs::path& folder, std::uint64_t enough) {
  std::uint64_t sum = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    sum += kNameWeight;
    if (sum > enough) break;
    if (entry->symlink_status(ignored).type() != fs::file_type::regular) continue;
    const std::uintmax_t size = entry->file_size(ignored);
    if (!ignored) sum += size;
  }
  return sum;
}

Result<ProgramEnd> run_unchecked(const ProgramOrder& order) {
  const UniqueFd filter = TRY(compiled_filter());
  ProgramProcess process = TRY(ProgramProcess::start(command_line(order), filter.get()));
  const auto until = std::chrono::steady_clock::now() + order.timeout;
  while (!process.ended_within(kLook)) {
    if (std::chrono::steady_clock::now() >= until) {
      return fail(ErrorKind::timeout, "the program was stopped: it took too long");
    }
    if (order.cancelled && order.cancelled()) return fail(ErrorKind::cancelled, "the program was stopped");
    if (weight(order.output, order.output_bytes) > order.output_bytes) {
      return fail(ErrorKind::limit, "the program was stopped: it wrote more than the limit allows");
    }
  }
  const ProgramEnd end = process.reap();
  if (weight(order.output, order.output_bytes) > order.output_bytes) {
    return fail(ErrorKind::limit, "the program wrote more than the limit allows");
  }
  return end;
}

}  // namespace

Result<void> check_bubblewrap() {
  if (::access(kBubblewrap, X_OK) != 0) {
    return fail(ErrorKind::not_found, "bubblewrap is not installed; install the package bubblewrap");
  }
  ProgramOrder order;
  order.arguments = {"/usr/bin/true"};
  order.input = "/usr/share";
  order.output = "/usr/share";  // a bind mount of it; the program writes nothing
  order.output_bytes = UINT64_MAX;
  const UniqueFd filter = TRY(compiled_filter());
  ProgramProcess process = TRY(ProgramProcess::start(command_line(order), filter.get()));
  constexpr std::chrono::milliseconds kPatience{10'000};
  const bool ended = process.ended_within(kPatience);
  const ProgramEnd end = ended ? process.reap() : ProgramEnd{true, SIGKILL};
  if (!end.signalled && end.number == 0) return {};
  return fail(ErrorKind::denied,
              "bubblewrap cannot make its namespaces here; allow user namespaces (sysctl user.max_user_namespaces, "
              "kernel.unprivileged_userns_clone), or run where they are allowed");
}

Result<ProgramEnd> run_program(const ProgramOrder& order) {
  CHECK(!order.arguments.empty() && order.arguments.front().starts_with("/usr/"));
  if (::access(kBubblewrap, X_OK) != 0) TRY_VOID(check_bubblewrap());
  return run_unchecked(order);
}

}  // namespace dragoman::sandbox
