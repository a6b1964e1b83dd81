// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/pool.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include "sandbox/conversation.h"

namespace dragoman::sandbox {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
// How often the memory of busy workers is looked at.
constexpr std::chrono::milliseconds kMemoryInterval{50};
constexpr int kMaxSilentStarts = 3;
constexpr std::size_t kJobHeadRoom = 4096;
constexpr std::size_t kMaxWarmUpSettings = 64 << 10;

Result<void> check_input(const UniqueFd& input) {
  if (!input) return {};
  const int flags = ::fcntl(input.get(), F_GETFL);
  if (flags < 0) return Failure(io_error("cannot use the input", {}, errno));
  if ((flags & O_ACCMODE) == O_RDONLY) return {};
  return fail(ErrorKind::denied, "the input of a job must be opened for reading only");
}

}  // namespace

class Pool::Impl {
 public:
  Impl(PoolSettings settings, Policy policy)
      : settings_(std::move(settings)),
        policy_(std::move(policy)),
        policy_hash_(policy_.hash()),
        buffer_(kBufferBytes) {}

  std::size_t busy() const {
    return static_cast<std::size_t>(
        std::count_if(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->has_job(); }));
  }
  std::size_t idle() const { return settings_.workers - std::min(settings_.workers, busy()); }
  Result<void> start(JobSpec spec, std::unique_ptr<JobListener> listener);
  Result<void> wait(std::chrono::milliseconds at_most);
  void stop();

  const Policy& policy() const { return policy_; }
  const PoolStats& stats() const { return stats_; }
  std::vector<pid_t> pids() const;

 private:
  Result<Conversation*> free_worker();
  Result<void> poll_once(std::chrono::milliseconds at_most);
  void serve(Conversation& worker, short control, short blob);
  void check_all();
  void sweep();
  int milliseconds_until(Clock::time_point when) const;

  const PoolSettings settings_;
  const Policy policy_;
  const std::string policy_hash_;
  PoolStats stats_;
  // Only wait() takes workers out of it, never while one of them is being served.
  std::vector<std::unique_ptr<Conversation>> workers_;
  std::vector<char> buffer_;
  std::optional<Error> start_error_;
  int silent_starts_ = 0;
  Clock::time_point memory_checked_;
  bool waiting_ = false;
};

Result<Conversation*> Pool::Impl::free_worker() {
  // The last one used first: its memory is warm.
  for (auto worker = workers_.rbegin(); worker != workers_.rend(); ++worker) {
    if ((*worker)->can_take() && !(*worker)->retire_if_broken()) return worker->get();
  }
  if (start_error_) return Failure(*start_error_);
  workers_.push_back(TRY(Conversation::open(settings_, policy_, policy_hash_, stats_)));
  return workers_.back().get();
}

Result<void> Pool::Impl::start(JobSpec spec, std::unique_ptr<JobListener> listener) {
  CHECK(idle() > 0);
  CHECK(spec.name.size() <= kMaxJobName);
  const std::size_t room =
      settings_.limits.max_frame_bytes - std::min<std::size_t>(kJobHeadRoom, settings_.limits.max_frame_bytes);
  if (spec.request.size() > room) {
    return fail(ErrorKind::limit, fmt::format("a request of {} bytes is too long for a worker", spec.request.size()));
  }
  TRY_VOID(check_input(spec.input));
  Conversation* worker = TRY(free_worker());
  worker->give(std::move(spec), std::move(listener));
  return {};
}

Result<void> Pool::Impl::wait(std::chrono::milliseconds at_most) {
  CHECK(!waiting_);
  waiting_ = true;
  sweep();
  const std::uint64_t before = stats_.jobs;
  const auto until = Clock::now() + at_most;
  Result<void> polled;
  while (polled && busy() > 0 && stats_.jobs == before) {
    const auto now = Clock::now();
    if (now >= until && at_most.count() > 0) break;
    polled = poll_once(std::chrono::ceil<std::chrono::milliseconds>(std::max(until - now, Clock::duration::zero())));
    if (at_most.count() <= 0) break;
  }
  sweep();
  waiting_ = false;
  return polled;
}

Result<void> Pool::Impl::poll_once(std::chrono::milliseconds at_most) {
  // Workers that a callback starts are served next time.
  const std::size_t count = workers_.size();
  std::vector<pollfd> channels;
  auto until = Clock::now() + std::min(at_most, kMemoryInterval);
  for (const auto& worker : workers_) {
    const bool send = worker->wants_to_send();
    channels.push_back({worker->control_fd(), static_cast<short>(send ? POLLIN | POLLOUT : POLLIN), 0});
    channels.push_back({worker->blob_fd(), POLLIN, 0});
    until = std::min(until, worker->deadline());
  }
  const int ready = ::poll(channels.data(), channels.size(), milliseconds_until(until));
  if (ready < 0 && errno != EINTR) return Failure(io_error("cannot wait for workers", {}, errno));
  const auto served_from = Clock::now();
  for (std::size_t i = 0; ready > 0 && i < count; ++i) {
    serve(*workers_[i], channels[2 * i].revents, channels[2 * i + 1].revents);
  }
  // A container of a million members keeps this side busy for minutes: no worker's clock runs meanwhile.
  const auto served = Clock::now() - served_from;
  for (const auto& worker : workers_) worker->grant(served);
  check_all();
  return {};
}

void Pool::Impl::serve(Conversation& worker, short control, short blob) {
  if (worker.state() == Conversation::State::idle) {
    if (control != 0 || blob != 0) worker.retire_if_broken();
    return;
  }
  if ((control & POLLOUT) != 0) worker.send();
  if (control != 0) worker.serve_control(buffer_);
  if (blob != 0) worker.serve_blob(buffer_);
}

void Pool::Impl::check_all() {
  const auto now = Clock::now();
  const bool memory = now - memory_checked_ >= kMemoryInterval;
  if (memory) memory_checked_ = now;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->check_time(now);
    if (memory) workers_[i]->check_memory();
  }
}

/// Forgets workers that are gone, and learns why some never started.
void Pool::Impl::sweep() {
  for (const auto& worker : workers_) {
    if (worker->state() == Conversation::State::idle || worker->state() == Conversation::State::busy)
      silent_starts_ = 0;
    const auto& error = worker->start_error();
    if (worker->state() != Conversation::State::gone || !error) continue;
    // Its own words are final: the next worker would say the same. A death may be chance.
    const bool silent = error->kind == ErrorKind::crashed || error->kind == ErrorKind::timeout;
    if (!silent || ++silent_starts_ >= kMaxSilentStarts) start_error_ = *error;
  }
  std::erase_if(workers_, [](const auto& worker) { return worker->state() == Conversation::State::gone; });
}

int Pool::Impl::milliseconds_until(Clock::time_point when) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

void Pool::Impl::stop() {
  CHECK(!waiting_);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->stop({ErrorKind::cancelled, "the run was stopped", {}});
  }
  workers_.clear();
}

std::vector<pid_t> Pool::Impl::pids() const {
  std::vector<pid_t> out;
  for (const auto& worker : workers_) {
    if (worker->pid() > 0) out.push_back(worker->pid());
  }
  return out;
}

Result<std::unique_ptr<Pool>> Pool::create(PoolSettings settings) {
  CHECK(settings.workers > 0);
  CHECK(settings.warm_up_settings.size() <= kMaxWarmUpSettings);
  const Layers layers = probe();
  const auto lacking = missing(layers);
  if (!lacking.empty() && !settings.allow_weaker) {
    return fail(ErrorKind::denied,
                fmt::format("this system cannot lock workers in: it does not offer {}; --allow-weaker-sandbox goes on "
                            "without, and the custody log says so",
                            fmt::join(lacking, ", ")));
  }
  Policy policy = make_policy(settings.kind, settings.limits, layers);
  return std::unique_ptr<Pool>(new Pool(std::make_unique<Impl>(std::move(settings), std::move(policy))));
}

Pool::Pool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pool::~Pool() {
  impl_->stop();
}
std::size_t Pool::idle() const {
  return impl_->idle();
}
std::size_t Pool::busy() const {
  return impl_->busy();
}
Result<void> Pool::start(JobSpec spec, std::unique_ptr<JobListener> listener) {
  return impl_->start(std::move(spec), std::move(listener));
}
Result<void> Pool::wait(std::chrono::milliseconds at_most) {
  return impl_->wait(at_most);
}
void Pool::stop() {
  impl_->stop();
}
const Policy& Pool::policy() const {
  return impl_->policy();
}
const PoolStats& Pool::stats() const {
  return impl_->stats();
}
std::vector<pid_t> Pool::worker_pids() const {
  return impl_->pids();
}

}  // namespace dragoman::sandbox
