// SPDX-License-Identifier: AGPL-3.0-or-later
// What a worker may do, as data: one table that the lock applies, the custody log names by hash, and
// docs/sandbox.md explains.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "sandbox/layers.h"
#include "sandbox/namespaces.h"

namespace dragoman::sandbox {

/// Each kind of worker may do what it needs and no more.
enum class WorkerKind : std::uint8_t {
  read,     // takes files of every format to pieces
  ocr,      // draws pages and recognises them: models are loaded before the lock
  picture,  // draws pages
};
inline constexpr WorkerKind kWorkerKinds[] = {WorkerKind::read, WorkerKind::ocr, WorkerKind::picture};
/// "read", "ocr", "picture".
std::string_view to_string(WorkerKind kind);

/// What happens to a system call that a rule names; every call without a rule kills the process.
enum class CallAction : std::uint8_t {
  allow,
  refuse,  // returns `error` to the caller
};

/// A call matches when (argument & mask) == value for every check.
struct ArgumentCheck {
  unsigned argument = 0;
  std::uint64_t mask = ~std::uint64_t{0};
  std::uint64_t value = 0;
  bool own_pid = false;  // value is the worker's own process id
};

struct CallRule {
  std::string_view name;  // as libseccomp knows it
  CallAction action = CallAction::allow;
  int error = 0;
  std::vector<ArgumentCheck> checks;
  std::string_view reason;
};

struct ResourceLimit {
  std::string_view name;
  int resource = 0;
  std::uint64_t value = 0;
};

struct Policy {
  std::uint32_t version = 0;
  WorkerKind kind = WorkerKind::read;
  Layers layers;           // what this machine offers and the lock therefore uses
  bool sanitized = false;  // the profile for builds with ASan or TSan, weaker on purpose
  std::vector<CallRule> calls;
  std::vector<RootFolder> readable;  // folders, by Landlock and by the private root
  std::vector<ResourceLimit> limits;

  /// One rule a line, without the reasons: the same text is the same lock.
  std::string text() const;
  /// SHA-256 of text(), 64 hex digits.
  std::string hash() const;
};

/// The version of the tables below; raised with every change of what a worker may do.
inline constexpr std::uint32_t kPolicyVersion = 3;

/// The policy of a kind of worker on a machine with these layers. Without Landlock and without a mount namespace no
/// file can be opened at all; without seccomp the call rules are empty.
Policy make_policy(WorkerKind kind, const Limits& limits, const Layers& layers);

/// The policy for a reader of the custody log: which workers, and what this machine did not offer them. At most 200 of
/// A–Z a–z 0–9 space , : ; _ -.
std::string in_words(const Policy& policy);

/// make_policy on this machine, hashed.
std::string policy_hash(WorkerKind kind, const Limits& limits = {});

/// The rules (policy_table.cc). Without `files` every opening of a file by name is refused.
std::vector<CallRule> call_rules(WorkerKind kind, bool files, bool sanitized);
std::vector<RootFolder> readable_folders(WorkerKind kind);

}  // namespace dragoman::sandbox
