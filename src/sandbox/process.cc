// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/process.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/channel.h"

namespace dragoman::sandbox {
namespace {

// Fewer switches between worker and parent; the most that an ordinary user may have.
constexpr int kPipeBytes = 1 << 20;
constexpr int kGraceMilliseconds = 1000;

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};

Result<Pair> control_pair() {
  std::array<int, 2> fds{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    return Failure(io_error("cannot make a channel to a worker", {}, errno));
  }
  return Pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<Pair> blob_pair() {
  std::array<int, 2> fds{-1, -1};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) {
    return Failure(io_error("cannot make a channel to a worker", {}, errno));
  }
  // Refused when this user's pipes hold much already: the default size works too.
  static_cast<void>(::fcntl(fds[0], F_SETPIPE_SZ, kPipeBytes));
  return Pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Result<void> do_not_block(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    return Failure(io_error("cannot make a channel to a worker", {}, errno));
  }
  return {};
}

/// posix_spawn's two objects, freed together.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  /// `control` and `blob` must not be kControlFd or kBlobFd themselves: dup2 would keep their close-on-exec.
  int set(int control, int blob, bool keep_stderr) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    if (failed == 0) failed = posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0);
    if (failed == 0 && !keep_stderr) failed = posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
    if (failed == 0) failed = posix_spawn_file_actions_adddup2(&actions_, control, kControlFd);
    if (failed == 0) failed = posix_spawn_file_actions_adddup2(&actions_, blob, kBlobFd);
    if (failed == 0) failed = posix_spawn_file_actions_addclosefrom_np(&actions_, kBlobFd + 1);
    if (failed == 0) failed = posix_spawnattr_setsigmask(&attributes_, &none);
    if (failed == 0) failed = posix_spawnattr_setsigdefault(&attributes_, &all);
    // A session of its own: no controlling terminal, and Ctrl-C reaches the parent alone.
    const short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (failed == 0) failed = posix_spawnattr_setflags(&attributes_, flags);
    return failed;
  }

  int spawn(pid_t& pid, const std::filesystem::path& program) {
    std::vector<std::string> environment = worker_environment();
    std::vector<char*> envp;
    for (std::string& entry : environment) envp.push_back(entry.data());
    envp.push_back(nullptr);
    std::string name(kWorkerName);
    std::string argument(kWorkerArgument);
    std::array<char*, 3> argv{name.data(), argument.data(), nullptr};
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), envp.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A copy of `fd` that lies above the numbers where a worker finds its channels.
Result<UniqueFd> above_channels(UniqueFd fd) {
  if (fd.get() > kBlobFd) return fd;
  UniqueFd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kBlobFd + 1));
  if (!copy) return Failure(io_error("cannot make a channel to a worker", {}, errno));
  return copy;
}

}  // namespace

std::vector<std::string> worker_environment() {
  std::vector<std::string> out{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "OMP_THREAD_LIMIT=1"};
  for (const char* name : {"TESSDATA_PREFIX", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name); value != nullptr) out.push_back(fmt::format("{}={}", name, value));
  }
  return out;
}

Result<WorkerProcess> WorkerProcess::spawn(const std::filesystem::path& program, bool keep_stderr) {
  Pair control = TRY(control_pair());
  Pair blob = TRY(blob_pair());
  const UniqueFd their_control = TRY(above_channels(std::move(control.theirs)));
  const UniqueFd their_blob = TRY(above_channels(std::move(blob.theirs)));
  TRY_VOID(do_not_block(control.ours.get()));
  TRY_VOID(do_not_block(blob.ours.get()));
  SpawnPlan plan;
  WorkerProcess worker;
  int failed = plan.set(their_control.get(), their_blob.get(), keep_stderr);
  if (failed == 0) failed = plan.spawn(worker.pid_, program);
  if (failed != 0) {
    worker.pid_ = -1;
    return Failure(io_error("cannot start a worker", program, failed));
  }
  worker.control_ = std::move(control.ours);
  worker.blob_ = std::move(blob.ours);
  worker.pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, worker.pid_, 0)));
  worker.statm_ = UniqueFd(::open(fmt::format("/proc/{}/statm", worker.pid_).c_str(), O_RDONLY | O_CLOEXEC));
  return worker;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      control_(std::move(other.control_)),
      blob_(std::move(other.blob_)),
      statm_(std::move(other.statm_)) {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    control_ = std::move(other.control_);
    blob_ = std::move(other.blob_);
    statm_ = std::move(other.statm_);
  }
  return *this;
}

WorkerProcess::~WorkerProcess() {
  end();
}

Ending WorkerProcess::end() {
  if (pid_ < 0) return {};
  // Not reaped yet, so the number cannot belong to anybody else.
  ::kill(pid_, SIGKILL);
  return reap();
}

Ending WorkerProcess::await_end() {
  if (pid_ < 0) return {};
  pollfd ended{pidfd_.get(), POLLIN, 0};
  if (pidfd_ && ::poll(&ended, 1, kGraceMilliseconds) == 1) return reap();
  return end();
}

Ending WorkerProcess::reap() {
  int status = 0;
  pid_t got = 0;
  do {
    got = ::waitpid(pid_, &status, 0);
  } while (got < 0 && errno == EINTR);
  pid_ = -1;
  pidfd_.reset();
  control_.reset();
  blob_.reset();
  statm_.reset();
  if (got < 0) return {};
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

std::uint64_t WorkerProcess::resident_bytes() const {
  std::array<char, 128> line{};
  const ssize_t got = ::pread(statm_.get(), line.data(), line.size() - 1, 0);
  if (got <= 0) return 0;
  // size resident shared …, in pages (proc(5))
  char* end = line.data();
  static_cast<void>(std::strtoull(end, &end, 10));
  const std::uint64_t resident = std::strtoull(end, &end, 10);
  const std::uint64_t shared = std::strtoull(end, &end, 10);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return resident > shared ? (resident - shared) * page : 0;
}

}  // namespace dragoman::sandbox
