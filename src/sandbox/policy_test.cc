// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/policy.h"

#include <set>

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "sandbox/cgroup.h"
#include "sandbox/pool.h"
#include "sandbox/workbench_test.h"

namespace dragoman::sandbox {
namespace {

constexpr std::uint8_t kEveryNamespace = 127;
constexpr Layers kAll{true, true, 7, kEveryNamespace, true};

TEST(Policy, TheSameTextHasTheSameHash) {
  const Policy one = make_policy(WorkerKind::read, {}, kAll);
  const Policy two = make_policy(WorkerKind::read, {}, kAll);
  EXPECT_EQ(one.text(), two.text());
  EXPECT_EQ(one.hash().size(), 64U);
  EXPECT_EQ(one.hash(), two.hash());
  EXPECT_EQ(policy_hash(WorkerKind::read), make_policy(WorkerKind::read, {}, probe()).hash());
}

TEST(Policy, WhateverIsWeakerShowsInTheHash) {
  std::set<std::string> hashes;
  hashes.insert(make_policy(WorkerKind::read, {}, kAll).hash());
  hashes.insert(make_policy(WorkerKind::ocr, {}, kAll).hash());
  hashes.insert(make_policy(WorkerKind::picture, {}, kAll).hash());
  hashes.insert(make_policy(WorkerKind::read, {.worker_recycle_jobs = 1}, kAll).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {true, true, 0, kEveryNamespace, true}).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {true, true, 6, kEveryNamespace, true}).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {true, false, 7, kEveryNamespace, true}).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {false, true, 7, kEveryNamespace, true}).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {true, true, 7, ns_user, true}).hash());
  hashes.insert(make_policy(WorkerKind::read, {}, {true, true, 7, kEveryNamespace, false}).hash());
  EXPECT_EQ(hashes.size(), 10U);
}

TEST(Policy, EveryRuleHasAReason) {
  for (const WorkerKind kind : kWorkerKinds) {
    std::set<std::string_view> allowed;
    for (const CallRule& rule : call_rules(kind, true, false)) {
      EXPECT_FALSE(rule.reason.empty()) << rule.name;
      EXPECT_EQ(rule.action == CallAction::refuse, rule.error != 0) << rule.name;
      if (rule.action == CallAction::allow) allowed.insert(rule.name);
    }
    EXPECT_LE(allowed.size(), 40U) << to_string(kind);
    std::printf("%s: %zu calls\n", std::string(to_string(kind)).c_str(), allowed.size());
  }
}

TEST(Policy, OnlyReadersLoadConverters) {
  for (const WorkerKind kind : kWorkerKinds) {
    bool executable = false;
    for (const RootFolder& folder : readable_folders(kind)) executable = executable || folder.executable;
    EXPECT_EQ(executable, kind == WorkerKind::read) << to_string(kind);
  }
}

TEST(Policy, WhereNothingGuardsFilesNoneIsOpened) {
  for (const CallRule& rule : call_rules(WorkerKind::read, false, false)) {
    if (rule.name == "open" || rule.name == "openat") {
      EXPECT_EQ(rule.action, CallAction::refuse);
    }
  }
  EXPECT_TRUE(make_policy(WorkerKind::read, {}, {true, true, 0, 0, false}).readable.empty());
  EXPECT_FALSE(make_policy(WorkerKind::read, {}, {true, true, 0, kEveryNamespace, false}).readable.empty());
}

TEST(Layers, AreNamedWhenMissing) {
  EXPECT_TRUE(missing(kAll).empty());
  EXPECT_TRUE(absent(kAll).empty());
  EXPECT_TRUE(missing({true, true, 7, 0, false}).empty());
  EXPECT_TRUE(missing({true, true, 0, ns_user | ns_mount, false}).empty());
  EXPECT_EQ(
      absent({true, true, 0, ns_user | ns_mount | ns_net, true}),
      (std::vector<std::string>{"Landlock", "ipc namespace", "uts namespace", "cgroup namespace", "pid namespace"}));
  EXPECT_EQ(missing({true, false, 7, kEveryNamespace, true}), std::vector<std::string>{"seccomp"});
  EXPECT_EQ(missing({false, false, 0, ns_user, false}),
            (std::vector<std::string>{"no_new_privs", "seccomp", "Landlock or user and mount namespaces"}));
}

TEST(Layers, APoolIsRefusedWithoutSeccomp) {
  EXPECT_EQ(in_child([] {
              fake_away(SYS_seccomp, ENOSYS);
              const auto pool = Pool::create({});
              if (pool || pool.error().kind != ErrorKind::denied) return 1;
              if (pool.error().message.find("seccomp") == std::string::npos) return 2;
              return Pool::create({.allow_weaker = true}) ? 0 : 3;
            }),
            0);
}

TEST(Layers, LandlockFakedAwayIsSeen) {
  EXPECT_EQ(in_child([] {
              fake_away(SYS_landlock_create_ruleset, EOPNOTSUPP);
              const Layers layers = probe();
              if (layers.landlock != 0) return 1;
              return Pool::create({}).has_value() == layers.has(ns_mount) ? 0 : 2;
            }),
            0);
}

TEST(Layers, WithoutLandlockAndNamespacesAPoolIsRefused) {
  EXPECT_EQ(in_child([] {
              fake_away(SYS_landlock_create_ruleset, EOPNOTSUPP);
              fake_away(SYS_unshare, EPERM);
              if (probe().guards_files()) return 1;
              const auto pool = Pool::create({});
              if (pool || pool.error().message.find("Landlock") == std::string::npos) return 2;
              return Pool::create({.allow_weaker = true}) ? 0 : 3;
            }),
            0);
}

TEST(Cgroup, OwnFolderIsFound) {
  const std::string mounts =
      "31 24 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n";
  EXPECT_EQ(own_cgroup(mounts, "4:memory:/a\n0::/user.slice/x.scope\n"), "/sys/fs/cgroup/unified/user.slice/x.scope");
  EXPECT_EQ(own_cgroup(mounts, "0::/\n"), "/sys/fs/cgroup/unified");
  EXPECT_FALSE(own_cgroup(mounts, "4:memory:/a\n"));
  EXPECT_FALSE(own_cgroup("", "0::/\n"));
  EXPECT_FALSE(own_cgroup(" - \n-\n - cgroup2\n", "0::/\n"));
}

}  // namespace
}  // namespace dragoman::sandbox
