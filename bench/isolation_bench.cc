// SPDX-License-Identifier: AGPL-3.0-or-later
// What the lock costs a file: the same small files read by the same readers in this process and in a locked worker,
// and what a worker's start costs. The goal is 0.3 ms a file.
//
//   isolation_bench [FILES] [ROUNDS]
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "ingest/worker_jobs.h"
#include "read/reader.h"
#include "record/wire.h"
#include "sandbox/pool.h"

namespace {

using namespace dragoman;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return Milliseconds(Clock::now() - start).count();
}

class NullSink final : public read::ReadSink {
 public:
  Result<void> record(const Record& record) override {
    // Encoding is the worker's work either way: it belongs to the readers' side.
    bytes += encode(record).size();
    return {};
  }
  Result<void> begin_child(const ChildHeader&) override { return {}; }
  Result<void> child_bytes(std::string_view) override { return {}; }
  Result<void> end_child(ChildEnd) override { return {}; }
  std::size_t bytes = 0;
};

class NullListener final : public sandbox::JobListener {
 public:
  explicit NullListener(int& failed) : failed_(failed) {}
  Result<void> record(std::string_view) override { return {}; }
  Result<void> child_begin(std::string_view) override { return {}; }
  Result<void> child_bytes(std::string_view) override { return {}; }
  Result<void> child_end(std::uint8_t) override { return {}; }
  void finished(Result<void> outcome) override { failed_ += outcome ? 0 : 1; }

 private:
  int& failed_;
};

/// A mail of a few hundred words, each another.
UniqueFd some_mail(int number) {
  std::string text = fmt::format(
      "From: a@example.org\r\nTo: b@example.org\r\nSubject: number {}\r\nMessage-ID: <{}@example.org>\r\n"
      "Date: Tue, 02 Jan 2024 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
      number, number);
  for (int i = 0; i < 40; ++i) text += fmt::format("Line {} of mail {} says where the money went.\r\n", i, number);
  std::FILE* file = std::tmpfile();
  if (file == nullptr || std::fputs(text.c_str(), file) < 0 || std::fflush(file) != 0) std::abort();
  UniqueFd input(::open(fmt::format("/proc/self/fd/{}", ::fileno(file)).c_str(), O_RDONLY | O_CLOEXEC));
  std::fclose(file);
  return input;
}

double in_process(const std::vector<UniqueFd>& files) {
  NullSink sink;
  const auto start = Clock::now();
  for (const UniqueFd& file : files) {
    if (!read::read_content(file.get(), {.name = "a.eml", .passwords = {}, .limits = {}}, sink)) std::abort();
  }
  return since(start) / static_cast<double>(files.size());
}

int run_all(sandbox::Pool& pool, const std::vector<UniqueFd>& files) {
  int failed = 0;
  for (const UniqueFd& file : files) {
    while (pool.idle() == 0) {
      if (!pool.wait(std::chrono::milliseconds(1000))) std::abort();
    }
    sandbox::JobSpec spec;
    spec.name = "read";
    spec.request = ingest::read_request({.name = "a.eml", .passwords = {}, .limits = {}});
    spec.input = UniqueFd(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0));
    if (!pool.start(std::move(spec), std::make_unique<NullListener>(failed))) std::abort();
  }
  while (pool.busy() > 0) {
    if (!pool.wait(std::chrono::milliseconds(1000))) std::abort();
  }
  return failed;
}

void measure(int count, int rounds) {
  std::vector<UniqueFd> files;
  for (int i = 0; i < count; ++i) files.push_back(some_mail(i));
  sandbox::PoolSettings settings;
  settings.limits.worker_recycle_jobs = 1'000'000;
  const auto before_probe = Clock::now();
  auto pool = sandbox::Pool::create(settings);
  if (!pool) std::abort();
  const double probing = since(before_probe);
  const auto before_start = Clock::now();
  if (run_all(**pool, {}) != 0) std::abort();
  std::vector<UniqueFd> one;
  one.push_back(some_mail(0));
  if (run_all(**pool, one) != 0) std::abort();
  fmt::print("looking for layers {:.1f} ms; a worker's start, warm-up and lock {:.1f} ms\n", probing,
             since(before_start));
  in_process(files);
  double best_bare = 1e9;
  double best_locked = 1e9;
  for (int round = 0; round < rounds; ++round) {
    best_bare = std::min(best_bare, in_process(files));
    const auto start = Clock::now();
    if (run_all(**pool, files) != 0) std::abort();
    best_locked = std::min(best_locked, since(start) / static_cast<double>(files.size()));
  }
  fmt::print("a file in this process {:.3f} ms, in a locked worker {:.3f} ms: isolation costs {:.3f} ms (goal 0.3)\n",
             best_bare, best_locked, best_locked - best_bare);
}

}  // namespace

int main(int argc, char** argv) {
  if (sandbox::is_worker(argc, argv)) return sandbox::worker_main(ingest::worker_jobs());
  read::warm_up();
  constexpr int kFiles = 400;
  constexpr int kRounds = 5;
  measure(argc > 1 ? std::atoi(argv[1]) : kFiles, argc > 2 ? std::atoi(argv[2]) : kRounds);
  return 0;
}
