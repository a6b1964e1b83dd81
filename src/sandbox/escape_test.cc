// SPDX-License-Identifier: AGPL-3.0-or-later
// What a locked worker must not be able to do. Each act runs in a worker of its own and reports; either it
// comes back refused, or the worker dies of it.
#include <cerrno>
#include <cstring>
#include <set>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/channel.h"
#include "sandbox/lock.h"
#include "sandbox/workbench_test.h"

namespace dragoman::sandbox {
namespace {

// Asking for it is a call without a rule: the request says it.
pid_t parent_pid = 0;  // NOLINT: set once, by the job

/// "done" or the name of the error.
std::string outcome_of(long result) {
  return result >= 0 ? "done" : ::strerrorname_np(errno);
}

std::string open_path(const char* path, int flags) {
  return outcome_of(::open(path, flags, 0600));
}

std::string fork_once() {
  const pid_t child = ::fork();
  if (child == 0) std::_Exit(0);
  return outcome_of(child);
}

std::string start_thread() {
  pthread_t thread{};
  const int failed = ::pthread_create(
      &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
  return failed == 0 ? "done" : ::strerrorname_np(failed);
}

std::string exec_shell() {
  char name[] = "/bin/true";
  char* argv[] = {name, nullptr};
  return outcome_of(::execve(name, argv, environ));
}

std::string map_executable(int flags, int protection) {
  void* got = ::mmap(nullptr, 4096, protection, flags, -1, 0);
  return got == MAP_FAILED ? outcome_of(-1) : "done";
}

std::string make_executable() {
  void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return outcome_of(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

std::string send_descriptor() {
  // Smuggling one to the parent needs sendmsg, which has no rule.
  const char byte = 'R';
  iovec part{const_cast<char*>(&byte), 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return outcome_of(::sendmsg(kControlFd, &message, 0));
}

std::string raise_limit() {
  const rlimit more{1 << 20, 1 << 20};
  return outcome_of(::setrlimit(RLIMIT_FSIZE, &more));
}

using Act = std::string (*)();

struct Escape {
  const char* name;
  Act act;
};

// In the order of issue: files, network, processes, other processes, memory, the kernel's corners.
const Escape kEscapes[] = {
    {"open_passwd", [] { return open_path("/etc/passwd", O_RDONLY); }},
    {"open_home", [] { return open_path("/root", O_RDONLY | O_DIRECTORY); }},
    {"open_tmp", [] { return open_path("/tmp", O_RDONLY | O_DIRECTORY); }},
    {"open_proc_parent", [] { return open_path(("/proc/" + std::to_string(parent_pid) + "/mem").c_str(), O_RDONLY); }},
    {"open_proc_self", [] { return open_path("/proc/self/mem", O_RDONLY); }},
    {"open_device", [] { return open_path("/dev/null", O_RDONLY); }},
    {"open_passwd_by_dots", [] { return open_path("/usr/share/../../etc/passwd", O_RDONLY); }},
    {"open_path_only", [] { return open_path("/etc/passwd", O_PATH); }},
    {"write_tmp", [] { return open_path("/tmp/dragoman-escape", O_WRONLY | O_CREAT); }},
    {"write_allowed_folder", [] { return open_path("/usr/share/dragoman-escape", O_WRONLY | O_CREAT); }},
    {"append_allowed_folder", [] { return open_path("/usr/share/dragoman-escape", O_APPEND | O_CREAT); }},
    {"truncate_allowed", [] { return open_path("/usr/share/dragoman-escape", O_TRUNC); }},
    {"unnamed_file", [] { return open_path("/tmp", O_RDWR | O_TMPFILE); }},
    {"openat2", [] { return outcome_of(::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0)); }},
    {"creat", [] { return outcome_of(::syscall(SYS_creat, "/tmp/dragoman-escape", 0600)); }},
    {"unlink", [] { return outcome_of(::unlink("/tmp/dragoman-escape-none")); }},
    {"rename", [] { return outcome_of(::rename("/tmp/a", "/tmp/b")); }},
    {"link", [] { return outcome_of(::link("/etc/passwd", "/tmp/b")); }},
    {"chmod", [] { return outcome_of(::chmod("/tmp", 0777)); }},
    {"fchmod_input", [] { return outcome_of(::fchmod(kBlobFd + 1, 0777)); }},
    {"ftruncate_input", [] { return outcome_of(::ftruncate(kBlobFd + 1, 0)); }},
    {"chroot", [] { return outcome_of(::chroot("/tmp")); }},
    {"chdir", [] { return outcome_of(::chdir("/tmp")); }},
    {"socket_inet", [] { return outcome_of(::socket(AF_INET, SOCK_STREAM, 0)); }},
    {"socket_inet6", [] { return outcome_of(::socket(AF_INET6, SOCK_DGRAM, 0)); }},
    {"socket_unix", [] { return outcome_of(::socket(AF_UNIX, SOCK_STREAM, 0)); }},
    {"socket_netlink", [] { return outcome_of(::socket(AF_NETLINK, SOCK_RAW, 0)); }},
    {"socketpair",
     [] {
       int fds[2];
       return outcome_of(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
     }},
    {"connect",
     [] {
       sockaddr_in to{};
       to.sin_family = AF_INET;
       return outcome_of(::connect(kControlFd, reinterpret_cast<sockaddr*>(&to), sizeof to));
     }},
    {"bind",
     [] {
       sockaddr_in to{};
       to.sin_family = AF_INET;
       return outcome_of(::bind(kControlFd, reinterpret_cast<sockaddr*>(&to), sizeof to));
     }},
    {"listen", [] { return outcome_of(::listen(kControlFd, 1)); }},
    {"sendmsg", send_descriptor},
    {"sendto", [] { return outcome_of(::send(kControlFd, "", 0, 0)); }},
    {"fork", fork_once},
    {"vfork_call", [] { return outcome_of(::syscall(SYS_vfork)); }},
    {"clone_process", [] { return outcome_of(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
    {"clone_new_user", [] { return outcome_of(::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)); }},
    {"clone3", [] { return outcome_of(::syscall(SYS_clone3, nullptr, 0)); }},
    {"thread", start_thread},
    {"execve", exec_shell},
    {"execveat", [] { return outcome_of(::syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0)); }},
    {"ptrace", [] { return outcome_of(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
    {"ptrace_parent", [] { return outcome_of(::ptrace(PTRACE_ATTACH, parent_pid, nullptr, nullptr)); }},
    {"kill_parent", [] { return outcome_of(::kill(parent_pid, 0)); }},
    {"kill_everyone", [] { return outcome_of(::kill(-1, 0)); }},
    {"tgkill_parent", [] { return outcome_of(::syscall(SYS_tgkill, parent_pid, parent_pid, 0)); }},
    {"pidfd_open", [] { return outcome_of(::syscall(SYS_pidfd_open, parent_pid, 0)); }},
    {"read_parent_memory",
     [] {
       char byte;
       iovec part{&byte, 1};
       return outcome_of(::process_vm_readv(parent_pid, &part, 1, &part, 1, 0));
     }},
    {"write_parent_memory",
     [] {
       char byte = 0;
       iovec part{&byte, 1};
       return outcome_of(::process_vm_writev(parent_pid, &part, 1, &part, 1, 0));
     }},
    {"setpriority", [] { return outcome_of(::setpriority(PRIO_PROCESS, 0, -5)); }},
    {"raise_limit", raise_limit},
    {"map_write_and_execute",
     [] { return map_executable(MAP_PRIVATE | MAP_ANONYMOUS, PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"map_anonymous_execute", [] { return map_executable(MAP_PRIVATE | MAP_ANONYMOUS, PROT_READ | PROT_EXEC); }},
    {"make_executable", make_executable},
    {"pkey_mprotect", [] { return outcome_of(::syscall(SYS_pkey_mprotect, 0, 0, PROT_EXEC, -1)); }},
    {"memfd_create", [] { return outcome_of(::syscall(SYS_memfd_create, "x", 0)); }},
    {"io_uring", [] { return outcome_of(::syscall(SYS_io_uring_setup, 1, nullptr)); }},
    {"bpf", [] { return outcome_of(::syscall(SYS_bpf, 0, nullptr, 0)); }},
    {"userfaultfd", [] { return outcome_of(::syscall(SYS_userfaultfd, 0)); }},
    {"perf_event_open", [] { return outcome_of(::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0)); }},
    {"keyctl", [] { return outcome_of(::syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }},
    {"add_key", [] { return outcome_of(::syscall(SYS_add_key, "user", "x", "y", 1, -1)); }},
    {"mount", [] { return outcome_of(::mount("none", "/tmp", "tmpfs", 0, nullptr)); }},
    {"unshare", [] { return outcome_of(::unshare(CLONE_NEWUSER)); }},
    {"setns", [] { return outcome_of(::setns(kControlFd, 0)); }},
    {"setuid", [] { return outcome_of(::setuid(0)); }},
    {"second_filter", [] { return outcome_of(::syscall(SYS_seccomp, 1, 0, nullptr)); }},
    {"tiocsti",
     [] {
       char c = 'x';
       return outcome_of(::ioctl(0, TIOCSTI, &c));
     }},
    {"tiocsti_twin",
     [] {
       char c = 'x';
       return outcome_of(::syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, &c));
     }},
    {"tioclinux",
     [] {
       char c = 3;
       return outcome_of(::ioctl(0, TIOCLINUX, &c));
     }},
    {"fcntl_owner", [] { return outcome_of(::fcntl(kControlFd, F_SETOWN, parent_pid)); }},
    {"x32_call", [] { return outcome_of(::syscall(0x40000000 | SYS_getpid)); }},
    {"no_such_call", [] { return outcome_of(::syscall(9999)); }},
    {"reboot", [] { return outcome_of(::syscall(SYS_reboot, 0, 0, 0, nullptr)); }},
    {"syslog", [] { return outcome_of(::syscall(SYS_syslog, 10, nullptr, 0)); }},
    {"shmget", [] { return outcome_of(::syscall(SYS_shmget, 0, 4096, 0600)); }},
};

Result<void> try_escape(JobContext& context) {
  std::size_t behind = 0;
  const auto number = static_cast<std::size_t>(std::stoul(context.request(), &behind));
  parent_pid = std::stoi(context.request().substr(behind));
  TRY_VOID(context.record("trying"));
  return context.record(kEscapes[number].act());
}

Result<void> read_font_folder(JobContext& context) {
  return context.record(open_path("/usr/share", O_RDONLY | O_DIRECTORY));
}

class Escapes : public testing::TestWithParam<std::size_t> {};

TEST_P(Escapes, AreBlocked) {
  auto pool = make_pool();
  const Heard heard =
      run(*pool, {"escape", std::to_string(GetParam()) + " " + std::to_string(::getpid()), file_with("input")});
  ASSERT_FALSE(heard.records.empty()) << heard.error.message;
  EXPECT_EQ(heard.records[0], "trying");
  if (heard.records.size() == 2) {
    // By the lock, not because there is nothing there.
    const std::set<std::string> refusals{"EACCES", "EPERM", "ENOSYS", "EAGAIN"};
    EXPECT_TRUE(refusals.contains(heard.records[1])) << heard.records[1];
  } else {
    EXPECT_EQ(heard.error.kind, ErrorKind::crashed);
    EXPECT_NE(heard.error.message.find("lock forbids"), std::string::npos) << heard.error.message;
  }
  std::printf("%-24s %s\n", kEscapes[GetParam()].name, heard.records.size() == 2 ? heard.records[1].c_str() : "killed");
}

INSTANTIATE_TEST_SUITE_P(Lock, Escapes, testing::Range(std::size_t{0}, std::size(kEscapes)),
                         [](const auto& instance) { return std::string(kEscapes[instance.param].name); });

TEST(Lock, LeavesFontsReadable) {
  auto pool = make_pool();
  if (pool->policy().layers.landlock == 0) GTEST_SKIP() << "no Landlock here";
  EXPECT_EQ(run(*pool, {"fonts", "", {}}).records, std::vector<std::string>{"done"});
}

}  // namespace

std::vector<Job> escape_jobs() {
  return {{"escape", try_escape}, {"fonts", read_font_folder}};
}

}  // namespace dragoman::sandbox
