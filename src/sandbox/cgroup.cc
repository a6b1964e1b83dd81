// SPDX-License-Identifier: AGPL-3.0-or-later
// The kernel's Documentation/admin-guide/cgroup-v2.rst; "Delegation" of systemd's CGROUP_DELEGATION.md: a group may
// be subdivided by its owner alone where the attribute user.delegate (or trusted.delegate) says so.
#include "sandbox/cgroup.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"

namespace dragoman::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOwnLeaf = "dragoman";
constexpr std::uint64_t kMostBytes = 1 << 20;

/// Lines of `text`, one by one, until `take` answers true.
template <class Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (take(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view word(std::string_view line, int number) {
  for (; number > 0; --number) line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  return line.substr(0, line.find(' '));
}

std::string small_file(const fs::path& path) {
  const auto text = read_file(path, kMostBytes);
  return text ? *text : std::string();
}

bool holds_word(std::string_view text, std::string_view wanted) {
  const std::string spaced = fmt::format(" {} ", text.substr(0, text.find('\n')));
  return spaced.find(fmt::format(" {} ", wanted)) != std::string::npos;
}

bool is_delegated(const fs::path& group) {
  char value = 0;
  const bool said = ::getxattr(group.c_str(), "user.delegate", &value, 1) == 1 ||
                    ::getxattr(group.c_str(), "trusted.delegate", &value, 1) == 1;
  return said && value == '1' && ::access((group / "cgroup.subtree_control").c_str(), W_OK) == 0;
}

Result<void> put(const fs::path& file, std::string_view line) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd && ::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())) return {};
  return fail(ErrorKind::denied, fmt::format("cannot lock the worker: control group: {}: {}", file.filename().string(),
                                             std::generic_category().message(errno)));
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directory(folder, failed);
  if (!failed) return {};
  return fail(ErrorKind::denied, fmt::format("cannot lock the worker: control group: {}", failed.message()));
}

/// Leaves the delegated group for one below it and lets it hand its controllers on.
Result<void> step_aside(const fs::path& delegated) {
  if (holds_word(small_file(delegated / "cgroup.subtree_control"), "memory")) return {};
  TRY_VOID(make_folder(delegated / kOwnLeaf));
  TRY_VOID(put(delegated / kOwnLeaf / "cgroup.procs", fmt::format("{}", ::getpid())));
  return put(delegated / "cgroup.subtree_control", "+memory +pids");
}

}  // namespace

std::optional<fs::path> own_cgroup(std::string_view mountinfo, std::string_view membership) {
  std::optional<std::string_view> mounted;
  // 36 35 98:0 /root /mount/point options … - type source options (proc(5))
  for_each_line(mountinfo, [&](std::string_view line) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos || word(line.substr(dash + 3), 0) != "cgroup2") return false;
    if (word(line, 3) == "/") mounted = word(line, 4);
    return mounted.has_value();
  });
  std::optional<std::string_view> group;
  for_each_line(membership, [&](std::string_view line) {
    if (line.starts_with("0::/")) group = line.substr(4);
    return group.has_value();
  });
  if (!mounted || !group) return std::nullopt;
  return group->empty() ? fs::path(*mounted) : fs::path(*mounted) / *group;
}

std::optional<fs::path> offered_cgroup() {
  auto group = own_cgroup(small_file("/proc/self/mountinfo"), small_file("/proc/self/cgroup"));
  if (!group) return std::nullopt;
  const bool aside = group->filename() == kOwnLeaf;
  if (aside) *group = group->parent_path();
  const std::string controllers = small_file(*group / "cgroup.controllers");
  if (!holds_word(controllers, "memory") || !holds_word(controllers, "pids") || !is_delegated(*group)) {
    return std::nullopt;
  }
  const bool alone = aside || small_file(*group / "cgroup.procs") == fmt::format("{}\n", ::getpid());
  return alone ? group : std::nullopt;
}

Result<WorkerGroup> WorkerGroup::create(const fs::path& delegated, pid_t worker, std::uint64_t memory) {
  TRY_VOID(step_aside(delegated));
  const fs::path folder = delegated / fmt::format("dragoman-worker-{}", worker);
  TRY_VOID(make_folder(folder));
  WorkerGroup group(folder);
  TRY_VOID(put(folder / "memory.max", fmt::format("{}", memory)));
  TRY_VOID(put(folder / "pids.max", "1"));
  TRY_VOID(put(folder / "cgroup.procs", fmt::format("{}", worker)));
  return group;
}

WorkerGroup& WorkerGroup::operator=(WorkerGroup&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

WorkerGroup::~WorkerGroup() {
  // A folder of this file system is removed whole by rmdir; it is refused while a process is left in it.
  if (!path_.empty()) ::rmdir(path_.c_str());
}

}  // namespace dragoman::sandbox
