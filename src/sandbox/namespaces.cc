// SPDX-License-Identifier: AGPL-3.0-or-later
// user_namespaces(7), mount_namespaces(7), pivot_root(2). The folders are cloned as detached mounts before the root
// is exchanged, so that nothing of the old tree has to be reachable afterwards.
#include "sandbox/namespaces.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

namespace dragoman::sandbox {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Where the new root is put together: a folder that every system has. Only this process sees what lies over it.
constexpr char kBuildingSite[] = "/usr";

Failure refused(std::string_view step, int errno_value) {
  return fail(ErrorKind::denied, fmt::format("cannot lock the worker: namespaces: {}: {}", step,
                                             std::generic_category().message(errno_value)));
}

int flag_of(Namespace one) {
  switch (one) {
    case ns_user: return CLONE_NEWUSER;
    case ns_mount: return CLONE_NEWNS;
    case ns_net: return CLONE_NEWNET;
    case ns_ipc: return CLONE_NEWIPC;
    case ns_uts: return CLONE_NEWUTS;
    case ns_cgroup: return CLONE_NEWCGROUP;
    case ns_pid: return CLONE_NEWPID;
  }
  return 0;
}

Result<void> write_line(const char* path, std::string_view line) {
  const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
  if (!fd) return refused("map of users", errno);
  const ssize_t put = ::write(fd.get(), line.data(), line.size());
  return put == static_cast<ssize_t>(line.size()) ? Result<void>() : refused("map of users", errno);
}

/// A user namespace in which this user, and nobody else, exists under its own number.
Result<void> enter_user() {
  const uid_t user = ::getuid();
  const gid_t group = ::getgid();
  if (::unshare(CLONE_NEWUSER) != 0) return refused("user", errno);
  TRY_VOID(write_line("/proc/self/setgroups", "deny"));
  TRY_VOID(write_line("/proc/self/uid_map", fmt::format("{0} {0} 1", user)));
  return write_line("/proc/self/gid_map", fmt::format("{0} {0} 1", group));
}

/// A copy of the folder's mounts that hangs nowhere, read only; none when there is no such folder.
Result<UniqueFd> detached(const RootFolder& folder) {
  UniqueFd tree(::open_tree(AT_FDCWD, std::string(folder.path).c_str(),
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE)));
  if (!tree && (errno == ENOENT || errno == EACCES)) return UniqueFd();
  if (!tree) return refused("copy of a folder", errno);
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (!folder.executable) attributes.attr_set |= MOUNT_ATTR_NOEXEC;
  if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH | static_cast<unsigned>(AT_RECURSIVE), &attributes,
                      sizeof attributes) != 0) {
    return refused("read-only folders", errno);
  }
  return tree;
}

/// An empty folder in memory in place of the old root, which is let go.
Result<void> exchange_root() {
  if (::mount("none", kBuildingSite, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,nr_inodes=64,mode=755") !=
      0) {
    return refused("new root", errno);
  }
  if (::chdir(kBuildingSite) != 0) return refused("new root", errno);
  // The old root comes to lie over the new one, and is the one that the name "." unmounts (pivot_root(2), notes).
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return refused("exchange of the root", errno);
  if (::umount2(".", MNT_DETACH) != 0) return refused("letting the old root go", errno);
  return ::chdir("/") == 0 ? Result<void>() : refused("new root", errno);
}

Result<void> private_root(std::span<const RootFolder> folders) {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return refused("private mounts", errno);
  std::vector<std::pair<UniqueFd, std::string>> trees;
  for (const RootFolder& folder : folders) {
    UniqueFd tree = TRY(detached(folder));
    if (tree) trees.emplace_back(std::move(tree), folder.path);
  }
  TRY_VOID(exchange_root());
  for (const auto& [tree, path] : trees) {
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
    if (failed) return refused("new root", failed.value());
    if (::move_mount(tree.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
      return refused("folders of the new root", errno);
    }
  }
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  return ::mount_setattr(AT_FDCWD, "/", 0, &attributes, sizeof attributes) == 0 ? Result<void>()
                                                                                : refused("read-only root", errno);
}

/// In the child that tries: everything, one after another.
std::uint8_t try_all() {
  if (!enter_user()) return 0;
  std::uint8_t offered = ns_user;
  for (const Namespace one : {ns_net, ns_ipc, ns_uts, ns_cgroup, ns_pid}) {
    if (::unshare(flag_of(one)) == 0) offered = static_cast<std::uint8_t>(offered | one);
  }
  const RootFolder usual[] = {{"/usr/share", false}, {"/usr/lib", true}};
  if (::unshare(CLONE_NEWNS) == 0 && private_root(usual)) offered = static_cast<std::uint8_t>(offered | ns_mount);
  return offered;
}

}  // namespace

Result<void> enter_namespaces(std::uint8_t wanted, std::span<const RootFolder> folders) {
  if (wanted == 0) return {};
  CHECK((wanted & ns_user) != 0);
  TRY_VOID(enter_user());
  int flags = 0;
  for (const Namespace one : kNamespaces) {
    if (one != ns_user && (wanted & one) != 0) flags |= flag_of(one);
  }
  if (flags != 0 && ::unshare(flags) != 0) return refused("the others", errno);
  return (wanted & ns_mount) != 0 ? private_root(folders) : Result<void>();
}

std::uint8_t offered_namespaces() {
  if (kSanitized) return 0;
  const pid_t child = ::fork();
  if (child < 0) return 0;
  if (child == 0) std::_Exit(try_all());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 0;
  }
  return WIFEXITED(status) ? static_cast<std::uint8_t>(WEXITSTATUS(status)) : std::uint8_t{0};
}

}  // namespace dragoman::sandbox
