// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/probing.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr std::chrono::milliseconds kClock{400};     // for acts that never end
constexpr std::chrono::milliseconds kGrace{20'000};  // for the others, on a busy machine
constexpr std::array<std::string_view, 4> kRefusals{"EACCES", "EPERM", "ENOSYS", "EAGAIN"};

struct Heard {
  std::vector<std::string> records;
  Result<void> outcome;
  bool done = false;
};

class ProbeListener final : public JobListener {
 public:
  explicit ProbeListener(Heard& heard) : heard_(heard) {}
  Result<void> record(std::string_view bytes) override {
    // "trying" and the outcome; floods are not kept.
    if (heard_.records.size() < 2) heard_.records.emplace_back(bytes.substr(0, 64));
    return {};
  }
  Result<void> child_begin(std::string_view) override { return {}; }
  Result<void> child_bytes(std::string_view) override { return {}; }
  Result<void> child_end(std::uint8_t) override { return {}; }
  void finished(Result<void> outcome) override {
    heard_.outcome = std::move(outcome);
    heard_.done = true;
  }

 private:
  Heard& heard_;
};

/// Floods end at a fraction of what a document may need.
Limits small_limits(Limits limits) {
  limits.worker_recycle_jobs = 1;
  limits.max_reply_bytes = std::uint64_t{16} << 20;
  limits.max_unpacked_bytes = std::uint64_t{64} << 20;
  limits.max_members = 10'000;
  limits.worker_resident = std::uint64_t{384} << 20;
  return limits;
}

/// A file with a few bytes, opened read-only: every worker has an input to attack. On a disk, as evidence is: of files
/// in memory Landlock says nothing.
Result<UniqueFd> some_input() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> written(std::tmpfile(), std::fclose);
  if (!written || std::fputs("probe", written.get()) < 0 || std::fflush(written.get()) != 0) {
    return Failure(io_error("cannot make a temporary file", {}, errno));
  }
  UniqueFd read(::open(fmt::format("/proc/self/fd/{}", ::fileno(written.get())).c_str(), O_RDONLY | O_CLOEXEC));
  if (!read) return Failure(io_error("cannot make a temporary file", {}, errno));
  return read;
}

bool is_refusal(const Probe& probe, std::string_view name) {
  if (probe.barrier != Barrier::lock) return false;
  if (probe.also != 0 && name == ::strerrorname_np(probe.also)) return true;
  return std::find(kRefusals.begin(), kRefusals.end(), name) != kRefusals.end();
}

bool is_right_end(const Probe& probe, const Error& error) {
  switch (probe.barrier) {
    case Barrier::lock:
      return error.kind == ErrorKind::crashed && error.message.find("the lock forbids") != std::string::npos;
    case Barrier::death: return error.kind == ErrorKind::crashed;
    case Barrier::clock: return error.kind == ErrorKind::timeout;
    case Barrier::protocol: return error.kind == ErrorKind::limit || error.kind == ErrorKind::malformed;
  }
  return false;
}

ProbeOutcome judge(const Probe& probe, const Heard& heard, WorkerKind kind) {
  if (heard.records.empty() || heard.records.front() != "trying") {
    return {kind, probe.name, false, heard.outcome ? "was not tried" : heard.outcome.error().message};
  }
  if (!heard.outcome) {
    const Error& error = heard.outcome.error();
    const bool by_filter = probe.barrier == Barrier::lock && is_right_end(probe, error);
    return {kind, probe.name, is_right_end(probe, error),
            by_filter ? "killed by the filter" : fmt::format("stopped: {}", error.message)};
  }
  const std::string_view word = heard.records.size() > 1 ? std::string_view(heard.records[1]) : "nothing";
  if (is_refusal(probe, word)) return {kind, probe.name, true, fmt::format("refused: {}", word)};
  return {kind, probe.name, false, word == "done" ? "was possible" : fmt::format("ended with {}", word)};
}

}  // namespace

Result<void> try_start(Pool& pool) {
  Heard heard;
  JobSpec spec;
  spec.name = "none";  // no table has it: only a locked worker can say so
  TRY_VOID(pool.start(std::move(spec), std::make_unique<ProbeListener>(heard)));
  while (!heard.done) TRY_VOID(pool.wait(std::chrono::milliseconds(500)));
  if (heard.outcome || heard.outcome.error().kind == ErrorKind::not_found) return {};
  return heard.outcome;
}

Result<ProbeOutcome> run_probe(const PoolSettings& settings, std::size_t number) {
  const Probe probe = probes().at(number);
  if (kSanitized && probe.full_profile_only)
    return ProbeOutcome{settings.kind, probe.name, true, "not in this profile"};
  PoolSettings own = settings;
  own.workers = 1;
  own.limits = small_limits(settings.limits);
  const auto pool = TRY(Pool::create(std::move(own)));
  Heard heard;
  JobSpec spec;
  spec.name = "escape";
  spec.request = std::to_string(number);
  spec.input = TRY(some_input());
  spec.timeout = probe.barrier == Barrier::clock ? kClock : kGrace;
  TRY_VOID(pool->start(std::move(spec), std::make_unique<ProbeListener>(heard)));
  while (!heard.done) TRY_VOID(pool->wait(std::chrono::milliseconds(500)));
  return judge(probe, heard, settings.kind);
}

Result<bool> run_probes(const PoolSettings& settings, const std::function<void(const ProbeOutcome&)>& hear) {
  bool all = true;
  const std::size_t count = probes().size();
  for (std::size_t i = 0; i < count; ++i) {
    const ProbeOutcome outcome = TRY(run_probe(settings, i));
    all = all && outcome.blocked;
    hear(outcome);
  }
  return all;
}

}  // namespace dragoman::sandbox
