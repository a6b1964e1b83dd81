// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/namespaces.h"

namespace dragoman::sandbox {
namespace {

Failure refused(std::string_view layer, int errno_value) {
  return fail(ErrorKind::denied,
              fmt::format("cannot lock the worker: {}: {}", layer, std::generic_category().message(errno_value)));
}

// ---- Landlock (kernel's Documentation/userspace-api/landlock.rst). Debian 12's header ends at ABI 2; the later
// members and bits are written out here and used only when the kernel says that it knows them.

struct RulesetAttributes {
  std::uint64_t files = 0;    // ABI 1
  std::uint64_t network = 0;  // ABI 4
  std::uint64_t scoped = 0;   // ABI 6
};
constexpr std::uint64_t kTruncate = 1U << 14;     // ABI 3
constexpr std::uint64_t kIoctlDevice = 1U << 15;  // ABI 5
constexpr std::uint64_t kBindAndConnect = 3;      // ABI 4, TCP
constexpr std::uint64_t kSocketsAndSignals = 3;   // ABI 6, abstract unix sockets and signals outside

/// Everything that this ABI can deny is denied unless a rule grants it.
RulesetAttributes everything(int abi) {
  RulesetAttributes all;
  all.files = (std::uint64_t{LANDLOCK_ACCESS_FS_MAKE_SYM} << 1) - 1;
  if (abi >= 2) all.files |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) all.files |= kTruncate;
  if (abi >= 4) all.network = kBindAndConnect;
  if (abi >= 5) all.files |= kIoctlDevice;
  if (abi >= 6) all.scoped = kSocketsAndSignals;
  return all;
}

std::size_t size_for(int abi) {
  if (abi >= 6) return sizeof(RulesetAttributes);
  return abi >= 4 ? offsetof(RulesetAttributes, scoped) : offsetof(RulesetAttributes, network);
}

Result<void> grant_reading(int ruleset, std::string_view folder) {
  const UniqueFd parent(::open(std::string(folder).c_str(), O_PATH | O_CLOEXEC));
  if (!parent && errno == ENOENT) return {};
  if (!parent) return refused("landlock", errno);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  rule.parent_fd = parent.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return refused("landlock", errno);
  }
  return {};
}

Result<void> lock_files(const Policy& policy) {
  const RulesetAttributes attributes = everything(policy.layers.landlock);
  const long created = ::syscall(SYS_landlock_create_ruleset, &attributes, size_for(policy.layers.landlock), 0);
  if (created < 0) return refused("landlock", errno);
  const UniqueFd ruleset(static_cast<int>(created));
  for (const RootFolder& folder : policy.readable) TRY_VOID(grant_reading(ruleset.get(), folder.path));
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return refused("landlock", errno);
  return {};
}

// ---- Privileges and limits.

/// Root without capabilities is an ordinary user that happens to own the system's files.
Result<void> drop_capabilities() {
  __user_cap_header_struct head{};
  head.version = _LINUX_CAPABILITY_VERSION_3;
  const __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &head, none) != 0) return refused("capabilities", errno);
  return {};
}

Result<void> set_limits(const Policy& policy) {
  for (const ResourceLimit& limit : policy.limits) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource>(limit.resource), &now) != 0) return refused("rlimits", errno);
    const rlim_t value = std::min<rlim_t>(limit.value, now.rlim_max);
    const rlimit both{value, value};
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &both) != 0) return refused("rlimits", errno);
  }
  return {};
}

Result<void> check_single_thread() {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
  if (!tasks) return refused("threads (/proc is needed)", errno);
  int count = 0;
  while (const dirent* entry = ::readdir(tasks.get())) count += entry->d_name[0] != '.' ? 1 : 0;
  if (count == 1) return {};
  return fail(ErrorKind::denied, fmt::format("cannot lock the worker: its warm-up left {} threads", count));
}

// ---- seccomp.

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

std::uint32_t action_of(const CallRule& rule) {
  return rule.action == CallAction::allow ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(static_cast<std::uint16_t>(rule.error));
}

Result<void> add_rule(scmp_filter_ctx filter, const CallRule& rule) {
  const int number = seccomp_syscall_resolve_name(std::string(rule.name).c_str());
  if (number == __NR_SCMP_ERROR) return fail(ErrorKind::denied, fmt::format("libseccomp has no call {}", rule.name));
  if (number < 0) return {};  // this architecture has no such call
  std::vector<scmp_arg_cmp> checks;
  for (const ArgumentCheck& check : rule.checks) {
    const auto value = check.own_pid ? static_cast<std::uint64_t>(::getpid()) : check.value;
    checks.push_back({check.argument, SCMP_CMP_MASKED_EQ, check.mask, value});
  }
  const int failed =
      seccomp_rule_add_array(filter, action_of(rule), number, static_cast<unsigned>(checks.size()), checks.data());
  if (failed != 0) return refused(fmt::format("seccomp rule of {}", rule.name), -failed);
  return {};
}

Result<void> filter_calls(const Policy& policy) {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (!filter) return refused("seccomp", ENOMEM);
  // Calls of other architectures and of x32 never reach the rules.
  int failed = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (failed == 0) failed = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  if (failed == 0) failed = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (failed != 0) return refused("seccomp", -failed);
  for (const CallRule& rule : policy.calls) TRY_VOID(add_rule(filter.get(), rule));
  failed = seccomp_load(filter.get());
  if (failed != 0) return refused("seccomp", -failed);
  return {};
}

}  // namespace

Result<void> lock(const Policy& policy) {
  if (!policy.sanitized) TRY_VOID(check_single_thread());
  TRY_VOID(enter_namespaces(policy.layers.namespaces, policy.readable));
  if (policy.layers.no_new_privs && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return refused("no_new_privs", errno);
  }
  TRY_VOID(drop_capabilities());
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("dumpable", errno);
  TRY_VOID(set_limits(policy));
  if (policy.layers.landlock > 0) TRY_VOID(lock_files(policy));
  if (policy.layers.seccomp) TRY_VOID(filter_calls(policy));
  return {};
}

}  // namespace dragoman::sandbox
