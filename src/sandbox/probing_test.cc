// SPDX-License-Identifier: AGPL-3.0-or-later
// What a locked worker must not be able to do, for each kind of worker; and that the judgement can fail.
#include "sandbox/probing.h"

#include <set>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sandbox/probes.h"
#include "sandbox/workbench_test.h"

namespace dragoman::sandbox {
namespace {

// The other kinds, which may do less, are tried by tests/escapes.
TEST(Escapes, AreBlocked) {
  std::set<std::string_view> names;
  const auto all = run_probes({}, [&](const ProbeOutcome& outcome) {
    EXPECT_TRUE(outcome.blocked) << outcome.name << ": " << outcome.how;
    EXPECT_TRUE(names.insert(outcome.name).second) << outcome.name << " is there twice";
  });
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_TRUE(*all);
  EXPECT_GE(names.size(), 60U);
}

TEST(Probing, SeesWhatIsPossibleWithoutAFilter) {
  // A worker without a filter and without anything that guards files may open what its user may.
  EXPECT_EQ(in_child([] {
              fake_away(SYS_landlock_create_ruleset, ENOSYS);
              fake_away(SYS_unshare, EPERM);
              fake_away(SYS_seccomp, ENOSYS);
              const auto outcome = run_probe({.allow_weaker = true}, 0);
              if (!outcome) return 1;
              return outcome->name == "open /etc/passwd" && !outcome->blocked ? 0 : 2;
            }),
            0);
}

Result<void> read_font_folder(JobContext& context) {
  const UniqueFd folder(::open("/usr/share", O_RDONLY | O_DIRECTORY));
  return context.record(folder ? "done" : "refused");
}

TEST(Lock, LeavesFontsReadable) {
  for (const WorkerKind kind : kWorkerKinds) {
    auto pool = make_pool({.kind = kind});
    if (!pool->policy().layers.guards_files()) GTEST_SKIP() << "nothing guards files here";
    EXPECT_EQ(run(*pool, {"fonts", "", {}}).records, std::vector<std::string>{"done"});
  }
}

/// Without Landlock the private root alone must do; without namespaces Landlock alone.
TEST(Lock, HoldsWithEitherGuardOfFiles) {
  for (const long call : {SYS_landlock_create_ruleset, SYS_unshare}) {
    EXPECT_EQ(in_child([call] {
                fake_away(static_cast<std::uint32_t>(call), EPERM);
                if (!probe().guards_files()) return 0;
                auto pool = make_pool();
                if (run(*pool, {"fonts", "", {}}).records != std::vector<std::string>{"done"}) return 1;
                for (std::size_t i = 0; i < file_probes().size(); ++i) {
                  const auto outcome = run_probe({}, i);
                  if (outcome && outcome->blocked) continue;
                  std::fprintf(stderr, "%s\n",
                               outcome ? fmt::format("{}: {}", outcome->name, outcome->how).c_str()
                                       : outcome.error().message.c_str());
                  return 2;
                }
                return 0;
              }),
              0);
  }
}

}  // namespace

std::vector<Job> escape_jobs() {
  std::vector<Job> jobs = probe_jobs();
  jobs.push_back({"fonts", read_font_folder});
  return jobs;
}

}  // namespace dragoman::sandbox
