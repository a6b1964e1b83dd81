// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/layers.h"

#include <cstdint>
#include <cstdlib>

#include <fcntl.h>

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

namespace dragoman::sandbox {
namespace {

// Debian 12's headers know Landlock ABI 2; the call and this flag are the same in all later ones.
constexpr std::uint32_t kLandlockVersionFlag = 1;

int landlock_abi() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kLandlockVersionFlag);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

bool seccomp_can_kill() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/// The number in a file of /proc, or `absent` when there is no such file.
long setting(const char* path, long absent) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absent;
  const UniqueFd owner(fd);
  char digits[24] = {};
  const ssize_t got = ::read(fd, digits, sizeof digits - 1);
  return got > 0 ? std::strtol(digits, nullptr, 10) : absent;
}

}  // namespace

Layers probe() {
  Layers layers;
  layers.no_new_privs = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0;
  layers.seccomp = seccomp_can_kill();
  layers.landlock = landlock_abi();
  layers.user_namespaces = setting("/proc/sys/user/max_user_namespaces", 0) > 0 &&
                           setting("/proc/sys/kernel/unprivileged_userns_clone", 1) != 0 &&
                           setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 0;
  return layers;
}

std::vector<std::string> missing(const Layers& layers) {
  std::vector<std::string> names;
  if (!layers.no_new_privs) names.emplace_back("no_new_privs");
  if (!layers.seccomp) names.emplace_back("seccomp");
  return names;
}

}  // namespace dragoman::sandbox
