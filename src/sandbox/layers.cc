// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/layers.h"

#include <cstdint>

#include <fmt/format.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/cgroup.h"
#include "sandbox/namespaces.h"

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

}  // namespace

std::string_view to_string(Namespace one) {
  switch (one) {
    case ns_user: return "user";
    case ns_mount: return "mount";
    case ns_net: return "net";
    case ns_ipc: return "ipc";
    case ns_uts: return "uts";
    case ns_cgroup: return "cgroup";
    case ns_pid: return "pid";
  }
  return "";
}

Layers probe() {
  Layers layers;
  layers.no_new_privs = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0;
  layers.seccomp = seccomp_can_kill();
  layers.landlock = landlock_abi();
  layers.namespaces = offered_namespaces();
  layers.cgroup = offered_cgroup().has_value();
  return layers;
}

std::vector<std::string> missing(const Layers& layers) {
  std::vector<std::string> names;
  if (!layers.no_new_privs) names.emplace_back("no_new_privs");
  if (!layers.seccomp) names.emplace_back("seccomp");
  if (!layers.guards_files()) names.emplace_back("Landlock or user and mount namespaces");
  return names;
}

std::vector<std::string> absent(const Layers& layers) {
  std::vector<std::string> names;
  if (layers.landlock == 0) names.emplace_back("Landlock");
  for (const Namespace one : kNamespaces) {
    if (!layers.has(one)) names.push_back(fmt::format("{} namespace", to_string(one)));
  }
  if (!layers.cgroup) names.emplace_back("cgroup limits");
  return names;
}

}  // namespace dragoman::sandbox
