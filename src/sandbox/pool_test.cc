// SPDX-License-Identifier: AGPL-3.0-or-later
// Workers as the rest of the program sees them. This program is its own worker: see main below.
#include "sandbox/pool.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/workbench_test.h"

namespace dragoman::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

TEST(Pool, EchoesRequestAndInput) {
  auto pool = make_pool();
  EXPECT_EQ(pool->idle(), 1U);
  EXPECT_TRUE(pool->worker_pids().empty());  // lazily
  const Heard heard = run(*pool, {"echo", std::string("a\0b", 3), file_with("the input")});
  ASSERT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.records, (std::vector<std::string>{std::string("a\0b", 3), "the input"}));
  EXPECT_EQ(pool->idle(), 1U);
}

TEST(Pool, ReusesItsWorkers) {
  auto pool = make_pool({.workers = 2});
  for (int i = 0; i < 20; ++i) expect_alive(*pool);
  EXPECT_EQ(pool->stats().workers, 1U);
  EXPECT_EQ(pool->stats().jobs, 20U);
}

TEST(Pool, RunsJobsSideBySide) {
  auto pool = make_pool({.workers = 3});
  std::array<Heard, 3> heard;
  for (Heard& one : heard) {
    ASSERT_TRUE(pool->start({"stream", "12", {}, milliseconds(20'000)}, std::make_unique<Ear>(one)));
  }
  EXPECT_EQ(pool->idle(), 0U);
  while (pool->busy() > 0) ASSERT_TRUE(pool->wait(milliseconds(50)));
  for (const Heard& one : heard) {
    EXPECT_TRUE(one.ok) << one.error.message;
    EXPECT_EQ(one.child_bytes, std::uint64_t{12} << 20);
  }
}

TEST(Pool, HandsOnChildrenWithTheirEnds) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"children", "", {}});
  ASSERT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.children, (std::vector<std::string>{"a.txt:bytes of a.txt:0", "b.txt:bytes of b.txt:0", "empty::2"}));
}

TEST(Pool, StreamsAHundredMegabytesInLittleMemory) {
  auto pool = make_pool();
  expect_alive(*pool);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const Heard heard = run(*pool, {"stream", "102", {}});
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.child_bytes, std::uint64_t{102} << 20);
  if (!kSanitized) {
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 8 * 1024);
  }  // KiB
}

TEST(Pool, TakesBigReplies) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"many", "64", {}});
  EXPECT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.records.size(), 64U);
  const Heard frame = run(*pool, {"large", std::to_string(4 << 20), {}});
  EXPECT_TRUE(frame.ok) << frame.error.message;
  EXPECT_EQ(frame.records, std::vector<std::string>{std::to_string(4 << 20)});
}

TEST(Pool, TakesRequestsUpToTheirLimit) {
  auto pool = make_pool();
  const std::size_t most = Limits{}.max_frame_bytes - 4096;
  const Heard heard = run(*pool, {"echo", std::string(most, 'q'), {}});
  EXPECT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(run(*pool, {"echo", std::string(most + 1, 'q'), {}}).error.kind, ErrorKind::limit);
  expect_alive(*pool);
}

TEST(Pool, ReportsTheJobsOwnError) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"error", "", {}});
  EXPECT_FALSE(heard.ok);
  EXPECT_EQ(heard.error.kind, ErrorKind::encrypted);
  EXPECT_EQ(heard.error.message, "it wants a password");
  EXPECT_EQ(heard.error.where, "page 3");
  EXPECT_EQ(heard.records, std::vector<std::string>{"before"});
  EXPECT_EQ(heard.children, std::vector<std::string>{"half:ha:1"});  // ended for it, as truncated
  EXPECT_EQ(pool->stats().workers, 1U);
  EXPECT_EQ(run(*pool, {"no such job", "", {}}).error.kind, ErrorKind::not_found);
  expect_alive(*pool);
  EXPECT_EQ(pool->stats().workers, 1U);
}

TEST(Pool, AnExceptionIsACrashThatQuotesNothing) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"exception", "", {}});
  EXPECT_EQ(heard.error.kind, ErrorKind::crashed);
  EXPECT_EQ(heard.error.message.find("words"), std::string::npos);
  expect_alive(*pool);
  EXPECT_EQ(pool->stats().workers, 2U);
}

TEST(Pool, SurvivesCrashes) {
  auto pool = make_pool();
  for (const char* job : {"abort", "segfault", "overflow", "leave"}) {
    const Heard heard = run(*pool, {job, "", {}});
    EXPECT_FALSE(heard.ok) << job;
    EXPECT_EQ(heard.error.kind, ErrorKind::crashed) << job << ": " << heard.error.message;
    expect_alive(*pool);
  }
  EXPECT_EQ(run(*pool, {"leave", "", {}}).records, std::vector<std::string>{"before"});  // kept
  EXPECT_EQ(run(*pool, {"abort", "", {}}).records, std::vector<std::string>{"before"});
}

TEST(Pool, StopsAnEndlessLoop) {
  auto pool = make_pool();
  expect_alive(*pool);
  const Stopwatch watch;
  const Heard heard = run(*pool, {"loop", "", {}, milliseconds(200)});
  EXPECT_EQ(heard.error.kind, ErrorKind::timeout);
  EXPECT_GE(watch.milliseconds(), 195);
  EXPECT_LT(watch.milliseconds(), 2000);
  expect_alive(*pool);
}

TEST(Pool, AnAllocationBeyondTheLimitFailsTheJobAlone) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"100 GB", "", {}});
  EXPECT_FALSE(heard.ok);
  if (!kSanitized) {
    EXPECT_EQ(heard.error.kind, ErrorKind::limit) << heard.error.message;
  }
  expect_alive(*pool);
}

TEST(Pool, KillsAJobThatGrows) {
  auto pool = make_pool({.limits = {.worker_resident = std::uint64_t{256} << 20}});
  const Heard heard = run(*pool, {"hold", "600", {}});
  EXPECT_EQ(heard.error.kind, ErrorKind::limit) << heard.error.message;
  expect_alive(*pool);
}

TEST(Pool, ReplacesWorkersAfterTheirShareOfJobs) {
  auto pool = make_pool({.limits = {.worker_recycle_jobs = 5}});
  std::set<std::string> pids;
  for (int i = 0; i < 12; ++i) {
    const Heard heard = run(*pool, {"identity", "", {}});
    ASSERT_TRUE(heard.ok) << heard.error.message;
    pids.insert(heard.records[0]);
  }
  EXPECT_EQ(pids.size(), 3U);
  EXPECT_EQ(pool->stats().recycled, 2U);
}

TEST(Pool, AWorkerHasNothingButItsChannels) {
  ::setenv("DRAGOMAN_TEST_SECRET", "1", 1);
  const int extra = ::open("/etc/passwd", O_RDONLY);  // without close-on-exec
  auto pool = make_pool();
  const Heard heard = run(*pool, {"identity", "", file_with("x")});
  ::close(extra);
  ASSERT_TRUE(heard.ok) << heard.error.message;
  EXPECT_EQ(heard.records[1], "0 1 2 3 4 5 ");
  EXPECT_EQ(heard.records[2].find("SECRET"), std::string::npos);
  EXPECT_EQ(heard.records[2].find("HOME"), std::string::npos);
  EXPECT_NE(heard.records[2].find("OMP_THREAD_LIMIT=1"), std::string::npos);
}

TEST(Pool, RefusesAnInputThatCanBeWritten) {
  auto pool = make_pool();
  const Heard heard = run(*pool, {"echo", "", UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC))});
  EXPECT_EQ(heard.error.kind, ErrorKind::denied);
  EXPECT_EQ(heard.finished, 0);
}

class Lies : public testing::TestWithParam<std::pair<const char*, ErrorKind>> {};

TEST_P(Lies, EndTheJobAndNothingElse) {
  auto pool = make_pool({.limits = {.max_reply_bytes = 8 << 20}});
  const auto [how, kind] = GetParam();
  const Heard heard = run(*pool, {"lie", how, {}, milliseconds(600)});
  EXPECT_FALSE(heard.ok);
  EXPECT_EQ(heard.error.kind, kind) << heard.error.message;
  expect_alive(*pool);
}

INSTANTIATE_TEST_SUITE_P(
    Protocol, Lies,
    testing::Values(std::pair{"huge length", ErrorKind::limit}, std::pair{"unknown tag", ErrorKind::malformed},
                    std::pair{"greeting again", ErrorKind::malformed}, std::pair{"endless reply", ErrorKind::limit},
                    std::pair{"data without begin", ErrorKind::malformed},
                    std::pair{"end without begin", ErrorKind::malformed},
                    std::pair{"begin twice", ErrorKind::malformed}, std::pair{"long header", ErrorKind::limit},
                    std::pair{"long data", ErrorKind::limit}, std::pair{"empty data", ErrorKind::malformed},
                    std::pair{"unknown end", ErrorKind::malformed},
                    std::pair{"Z inside a member", ErrorKind::malformed},
                    std::pair{"junk after Z", ErrorKind::malformed}, std::pair{"junk after F", ErrorKind::malformed},
                    std::pair{"two last words", ErrorKind::malformed}, std::pair{"half a head", ErrorKind::timeout},
                    std::pair{"close a channel", ErrorKind::timeout}, std::pair{"close both", ErrorKind::crashed}),
    [](const auto& instance) {
      std::string name = instance.param.first;
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

TEST(Pool, LimitsAreSaidByTheWorkerFirst) {
  auto pool = make_pool({.limits = {.max_frame_bytes = 1 << 20, .max_reply_bytes = 3 << 20}});
  EXPECT_EQ(run(*pool, {"large", std::to_string((1 << 20) + 1), {}}).error.kind, ErrorKind::limit);
  const Heard heard = run(*pool, {"many", "5", {}});
  EXPECT_EQ(heard.error.kind, ErrorKind::limit);
  EXPECT_EQ(heard.records.size(), 2U);
  EXPECT_EQ(pool->stats().killed, 0U);
}

TEST(Pool, CountsMembersAndTheirBytes) {
  auto pool = make_pool({.limits = {.max_members = 2, .max_unpacked_bytes = 5 << 20}});
  EXPECT_EQ(run(*pool, {"children", "", {}}).error.kind, ErrorKind::limit);
  EXPECT_EQ(run(*pool, {"stream", "9", {}}).error.kind, ErrorKind::limit);
  EXPECT_TRUE(run(*pool, {"stream", "3", {}}).ok);
}

/// Fails at the first word of the kind that is named.
class FullDisk : public Ear {
 public:
  FullDisk(Heard& heard, std::string at) : Ear(heard), at_(std::move(at)) {}
  Result<void> record(std::string_view bytes) override { return at_ == "record" ? full() : Ear::record(bytes); }
  Result<void> child_begin(std::string_view header) override {
    return at_ == "begin" ? full() : Ear::child_begin(header);
  }
  Result<void> child_bytes(std::string_view bytes) override {
    return at_ == "bytes" ? full() : Ear::child_bytes(bytes);
  }
  Result<void> child_end(std::uint8_t how) override { return at_ == "end" ? full() : Ear::child_end(how); }

 private:
  static Result<void> full() { return fail(ErrorKind::io, "no space left", "blobs"); }
  std::string at_;
};

TEST(Pool, AListenersErrorEndsTheJob) {
  auto pool = make_pool();
  for (const auto& [at, job] : {std::pair{"record", "many"}, std::pair{"begin", "children"},
                                std::pair{"bytes", "children"}, std::pair{"end", "children"}}) {
    Heard heard;
    ASSERT_TRUE(pool->start({job, "3", {}, milliseconds(20'000)}, std::make_unique<FullDisk>(heard, at)));
    while (heard.finished == 0) ASSERT_TRUE(pool->wait(milliseconds(100)));
    EXPECT_EQ(heard.finished, 1);
    EXPECT_EQ(heard.error.kind, ErrorKind::io) << at;
    EXPECT_EQ(heard.error.where, "blobs");
    expect_alive(*pool);
  }
}

/// Starts another echo when one is finished.
class Chain : public Ear {
 public:
  Chain(Pool& pool, Heard& heard, int left) : Ear(heard), pool_(pool), heard_(heard), left_(left) {}
  void finished(Result<void> outcome) override {
    EXPECT_TRUE(outcome);
    Ear::finished(std::move(outcome));
    if (left_ == 0) return;
    auto next = std::make_unique<Chain>(pool_, heard_, left_ - 1);
    EXPECT_TRUE(pool_.start({"echo", "next", {}, milliseconds(20'000)}, std::move(next)));
  }

 private:
  Pool& pool_;
  Heard& heard_;
  int left_;
};

TEST(Pool, AListenerMayStartTheNextJob) {
  auto pool = make_pool({.limits = {.worker_recycle_jobs = 7}});
  Heard heard;
  ASSERT_TRUE(pool->start({"echo", "next", {}, milliseconds(20'000)}, std::make_unique<Chain>(*pool, heard, 29)));
  while (pool->busy() > 0) ASSERT_TRUE(pool->wait(milliseconds(100)));
  EXPECT_EQ(heard.finished, 30);
}

TEST(Pool, AFailedWarmUpIsSaidOnceAndForAll) {
  for (const auto& [settings, kind] :
       {std::pair{"fail", ErrorKind::not_found}, std::pair{"throw", ErrorKind::unsupported}}) {
    auto pool = make_pool({.warm_up_settings = settings});
    const Heard first = run(*pool, {"echo", "", {}});
    EXPECT_EQ(first.finished, 1);
    EXPECT_EQ(first.error.kind, kind) << first.error.message;
    const Heard second = run(*pool, {"echo", "", {}});
    EXPECT_EQ(second.finished, 0);  // start() itself says it
    EXPECT_EQ(second.error.message, first.error.message);
    EXPECT_EQ(pool->stats().workers, 1U);
  }
}

TEST(Pool, WorkersThatDieAtTheStartAreNotTriedForEver) {
  auto pool = make_pool({.warm_up_settings = "die"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run(*pool, {"echo", "", {}}).finished, 1);
  const Heard heard = run(*pool, {"echo", "", {}});
  EXPECT_EQ(heard.finished, 0);
  EXPECT_EQ(heard.error.kind, ErrorKind::crashed);
  EXPECT_EQ(pool->stats().workers, 3U);
  auto hanging = make_pool({.warm_up_settings = "hang", .start_timeout = milliseconds(100)});
  EXPECT_EQ(run(*hanging, {"echo", "", {}}).error.kind, ErrorKind::timeout);
}

TEST(Pool, AnIdleWorkerThatDiesIsReplaced) {
  auto pool = make_pool();
  expect_alive(*pool);
  ASSERT_EQ(pool->worker_pids().size(), 1U);
  ::kill(pool->worker_pids()[0], SIGKILL);
  ::usleep(50'000);
  expect_alive(*pool);
  EXPECT_EQ(pool->stats().workers, 2U);
}

TEST(Pool, StoppingCancelsWhatRuns) {
  Heard heard;
  {
    auto pool = make_pool();
    ASSERT_TRUE(pool->start({"loop", "", {}, milliseconds(20'000)}, std::make_unique<Ear>(heard)));
    ASSERT_TRUE(pool->wait(milliseconds(20)));
  }
  EXPECT_EQ(heard.finished, 1);
  EXPECT_EQ(heard.error.kind, ErrorKind::cancelled);
}

TEST(Pool, AProgramThatIsNotThereIsAnError) {
  auto pool = make_pool({.program = "/no/such/program"});
  const Heard heard = run(*pool, {"echo", "", {}});
  EXPECT_EQ(heard.finished, 0);
  EXPECT_EQ(heard.error.kind, ErrorKind::not_found);
}

bool is_running(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t paren = text.rfind(')');
  return paren != std::string::npos && text.size() > paren + 2 && text[paren + 2] != 'Z' && text[paren + 2] != 'X';
}

/// Runs as a parent that will be killed: one busy worker, one idle; prints their numbers.
int doomed_parent() {
  auto pool = make_pool({.workers = 2});
  Heard busy;
  if (!pool->start({"loop", "", {}, milliseconds(60'000)}, std::make_unique<Ear>(busy))) return 1;
  expect_alive(*pool);
  const auto pids = pool->worker_pids();
  std::printf("%d %d\n", pids.at(0), pids.at(1));
  std::fflush(stdout);
  ::sleep(60);
  return 0;
}

TEST(Pool, WorkersDieWithTheirParent) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(::pipe(pipe_fds.data()), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
  std::string name = "sandbox_test";
  std::string argument = "--doomed-parent";
  std::array<char*, 3> argv{name.data(), argument.data(), nullptr};
  pid_t parent = -1;
  ASSERT_EQ(::posix_spawn(&parent, "/proc/self/exe", &actions, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_fds[1]);
  FILE* lines = ::fdopen(pipe_fds[0], "r");
  std::array<int, 2> workers{};
  ASSERT_EQ(std::fscanf(lines, "%d %d", &workers[0], &workers[1]), 2);
  std::fclose(lines);
  EXPECT_TRUE(is_running(workers[0]));
  EXPECT_TRUE(is_running(workers[1]));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  for (int i = 0; i < 100 && (is_running(workers[0]) || is_running(workers[1])); ++i) ::usleep(20'000);
  EXPECT_FALSE(is_running(workers[0]));
  EXPECT_FALSE(is_running(workers[1]));
}

/// Not asserted: the goal is at most 0.3 ms a job.
TEST(Pool, PrintsWhatAJobCosts) {
  auto pool = make_pool({.limits = {.worker_recycle_jobs = 1'000'000}});
  const Stopwatch starting;
  expect_alive(*pool);
  const double start = starting.milliseconds();
  constexpr int kJobs = 1000;
  const Stopwatch watch;
  for (int i = 0; i < kJobs; ++i) run(*pool, {"echo", "request", file_with("input")});
  std::printf("a worker's start with its first job: %.2f ms; a job: %.4f ms\n", start, watch.milliseconds() / kJobs);
  const Stopwatch streaming;
  run(*pool, {"stream", "300", {}});
  std::printf("members: %.0f MB/s\n", 300.0 / streaming.elapsed().count());
}

}  // namespace
}  // namespace dragoman::sandbox

int main(int argc, char** argv) {
  if (dragoman::sandbox::is_worker(argc, argv)) return dragoman::sandbox::worker_main(dragoman::sandbox::test_table());
  if (argc == 2 && std::strcmp(argv[1], "--doomed-parent") == 0) return dragoman::sandbox::doomed_parent();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
