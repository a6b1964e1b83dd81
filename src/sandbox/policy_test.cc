// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/policy.h"

#include <set>

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/pool.h"

namespace dragoman::sandbox {
namespace {

constexpr Layers kAll{true, true, 7, true};

TEST(Policy, TheSameTextHasTheSameHash) {
  const Policy one = make_policy("worker", {}, kAll);
  const Policy two = make_policy("worker", {}, kAll);
  EXPECT_EQ(one.text(), two.text());
  EXPECT_EQ(one.hash().size(), 64U);
  EXPECT_EQ(one.hash(), two.hash());
  EXPECT_EQ(policy_hash("worker"), make_policy("worker", {}, probe()).hash());
}

TEST(Policy, WhateverIsWeakerShowsInTheHash) {
  std::set<std::string> hashes;
  hashes.insert(make_policy("worker", {}, kAll).hash());
  hashes.insert(make_policy("other", {}, kAll).hash());
  hashes.insert(make_policy("worker", {.worker_recycle_jobs = 1}, kAll).hash());
  hashes.insert(make_policy("worker", {}, {true, true, 0, true}).hash());
  hashes.insert(make_policy("worker", {}, {true, true, 6, true}).hash());
  hashes.insert(make_policy("worker", {}, {true, false, 7, true}).hash());
  hashes.insert(make_policy("worker", {}, {false, true, 7, true}).hash());
  EXPECT_EQ(hashes.size(), 7U);
}

TEST(Policy, EveryRuleHasAReason) {
  for (const CallRule& rule : call_rules(true, false)) {
    EXPECT_FALSE(rule.reason.empty()) << rule.name;
    EXPECT_EQ(rule.action == CallAction::refuse, rule.error != 0) << rule.name;
  }
}

TEST(Policy, WithoutLandlockNoFileIsOpened) {
  for (const CallRule& rule : call_rules(false, false)) {
    if (rule.name == "open" || rule.name == "openat") {
      EXPECT_EQ(rule.action, CallAction::refuse);
    }
  }
  EXPECT_TRUE(make_policy("worker", {}, {true, true, 0, false}).readable.empty());
}

TEST(Layers, AreNamedWhenMissing) {
  EXPECT_TRUE(missing(kAll).empty());
  EXPECT_TRUE(missing({true, true, 0, false}).empty());  // the filter then refuses every file
  EXPECT_EQ(missing({true, false, 7, true}), std::vector<std::string>{"seccomp"});
  EXPECT_EQ(missing({false, false, 0, false}), (std::vector<std::string>{"no_new_privs", "seccomp"}));
}

/// A filter that makes one call fail in this process, as a system without it would.
void fake_away(std::uint32_t call, std::uint32_t error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{4, code};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/// Exit status of `body` in a process of its own.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) std::_Exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
              return probe().landlock == 0 && Pool::create({}) ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace dragoman::sandbox
