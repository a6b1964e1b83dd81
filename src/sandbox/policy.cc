// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/policy.h"

#include <chrono>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/digest.h"

namespace dragoman::sandbox {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Standard streams, two channels, the input, a few fonts and a duplicate or two.
constexpr std::uint64_t kMaxDescriptors = 64;

/// A worker's whole life at the longest job; each job's own time is the parent's wall clock.
std::uint64_t life_in_seconds(const Limits& limits) {
  const auto longest = std::max(limits.read_timeout, limits.ocr_timeout);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(longest).count();
  return static_cast<std::uint64_t>(seconds) * (limits.worker_recycle_jobs + std::uint64_t{1});
}

std::vector<ResourceLimit> resource_limits(const Limits& limits) {
  std::vector<ResourceLimit> out;
  // ASan and TSan reserve terabytes of shadow, and write reports to a standard error that may be a file.
  if (!kSanitized) out.push_back({"AS", RLIMIT_AS, limits.worker_address_space});
  if (!kSanitized) out.push_back({"FSIZE", RLIMIT_FSIZE, 0});
  out.push_back({"CPU", RLIMIT_CPU, life_in_seconds(limits)});
  out.push_back({"NOFILE", RLIMIT_NOFILE, kMaxDescriptors});
  out.push_back({"NPROC", RLIMIT_NPROC, 0});  // does not bind root; the filter does
  out.push_back({"CORE", RLIMIT_CORE, 0});
  out.push_back({"MEMLOCK", RLIMIT_MEMLOCK, 0});
  out.push_back({"MSGQUEUE", RLIMIT_MSGQUEUE, 0});
  return out;
}

std::string text_of(const CallRule& rule) {
  std::string line = rule.action == CallAction::allow ? fmt::format("allow {}", rule.name)
                                                      : fmt::format("refuse {} {}", rule.error, rule.name);
  for (const ArgumentCheck& check : rule.checks) {
    if (check.own_pid) {
      line += fmt::format(" arg{}=self", check.argument);
    } else {
      line += fmt::format(" arg{}&{:#x}={:#x}", check.argument, check.mask, check.value);
    }
  }
  return line;
}

}  // namespace

std::string_view to_string(WorkerKind kind) {
  switch (kind) {
    case WorkerKind::read: return "read";
    case WorkerKind::ocr: return "ocr";
    case WorkerKind::picture: return "picture";
  }
  return "";
}

Policy make_policy(WorkerKind kind, const Limits& limits, const Layers& layers) {
  Policy policy;
  policy.version = kPolicyVersion;
  policy.kind = kind;
  policy.layers = layers;
  policy.sanitized = kSanitized;
  if (layers.seccomp) policy.calls = call_rules(kind, layers.guards_files(), kSanitized);
  if (layers.guards_files()) policy.readable = readable_folders(kind);
  policy.limits = resource_limits(limits);
  return policy;
}

std::string Policy::text() const {
  std::string out =
      fmt::format("dragoman-sandbox {}\nkind {}\nprofile {}\n", version, to_string(kind), sanitized ? "asan" : "full");
  out += fmt::format("no_new_privs {}\ncapabilities none\ndumpable no\n", layers.no_new_privs ? "yes" : "absent");
  for (const ResourceLimit& limit : limits) out += fmt::format("limit {} {}\n", limit.name, limit.value);
  out += layers.landlock > 0 ? fmt::format("landlock {}\n", layers.landlock) : "landlock absent\n";
  for (const Namespace one : kNamespaces) {
    out += fmt::format("namespace {}{}\n", to_string(one), layers.has(one) ? "" : " absent");
  }
  out += layers.cgroup ? "cgroup memory pids\n" : "cgroup absent\n";
  for (const RootFolder& folder : readable) {
    out += fmt::format("read{} {}\n", folder.executable ? " execute" : "", folder.path);
  }
  out += layers.seccomp ? "seccomp kill\n" : "seccomp absent\n";
  for (const CallRule& rule : calls) out += text_of(rule) + '\n';
  return out;
}

std::string Policy::hash() const {
  return sha256(text()).hex();
}

std::string in_words(const Policy& policy) {
  std::string out = fmt::format("{} workers", to_string(policy.kind));
  if (policy.sanitized) out += "; profile asan";
  if (const auto lacking = missing(policy.layers); !lacking.empty()) {
    out += fmt::format("; WEAKER SANDBOX without {}", fmt::join(lacking, ", "));
  }
  std::string namespaces;
  for (const Namespace one : kNamespaces) {
    if (!policy.layers.has(one)) namespaces += fmt::format(" {}", to_string(one));
  }
  std::vector<std::string> absent;
  if (policy.layers.landlock == 0) absent.emplace_back("landlock");
  if (!namespaces.empty()) absent.push_back("namespaces" + namespaces);
  if (!policy.layers.cgroup) absent.emplace_back("cgroup");
  if (!absent.empty()) out += fmt::format("; absent: {}", fmt::join(absent, ", "));
  return out;
}

std::string policy_hash(WorkerKind kind, const Limits& limits) {
  return make_policy(kind, limits, probe()).hash();
}

}  // namespace dragoman::sandbox
