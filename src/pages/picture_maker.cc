// SPDX-License-Identifier: AGPL-3.0-or-later
// One mutex guards what is asked for; the thread of run() alone touches the pool. Bytes move outside the mutex.
#include "pages/picture_maker.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "pages/picture_cache.h"
#include "pages/picture_job.h"
#include "pages/picture_listener.h"
#include "sandbox/pool.h"
#include "vault/originals.h"

namespace dragoman::pages {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kJobTimeout{15'000};
// How soon a new request is seen while one worker draws and another is free.
constexpr std::chrono::milliseconds kGlance{3};
constexpr std::chrono::milliseconds kWhileBusy{100};
constexpr std::size_t kMostErrors = 1000;
// Pages ahead that wait: the neighbours of the page on the screen, and of the one before.
constexpr std::size_t kMostAhead = 6;
constexpr int kMostFailedStarts = 3;

/// What a request waits for. The order of the values is the order of service.
enum class Urgency : std::uint8_t { look, thumb, ahead };

Urgency urgency_of(Size size) {
  return size == Size::thumb ? Urgency::thumb : Urgency::look;
}

/// One picture that is being made, for however many wait.
struct Slot {
  Urgency urgency = Urgency::look;
  std::uint64_t ticket = 0;  // the newest is the greatest
  bool running = false;
  std::optional<Result<PagePicture>> outcome;
};

/// A worker's words are not passed on: whoever took it over would choose them.
Error in_own_words(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed: return {kind, "the page is damaged and cannot be drawn", {}};
    case ErrorKind::encrypted: return {kind, "the file needs a password, and passwords are not kept", {}};
    case ErrorKind::unsupported: return {kind, "this kind of file has no pages to draw", {}};
    case ErrorKind::limit: return {kind, "drawing the page would take more memory than it may have", {}};
    case ErrorKind::timeout: return {kind, "drawing the page took too long", {}};
    case ErrorKind::crashed: return {kind, "the worker that drew the page died", {}};
    case ErrorKind::not_found: return {kind, "there is no such page", {}};
    case ErrorKind::denied: return {kind, "workers cannot be started or locked in on this machine", {}};
    case ErrorKind::cancelled: return {kind, "the picture was given up; ask again", {}};
    case ErrorKind::conflict:
    case ErrorKind::io: break;
  }
  return {ErrorKind::io, "the file cannot be read", {}};
}

}  // namespace

class PictureMaker::Impl {
 public:
  Impl(const store::CaseFolder& folder, MakerSettings settings)
      : settings_(settings),
        cache_(folder.derived(), {settings.memory_bytes, settings.disk_bytes}),
        disk_(vault::real_disk()),
        originals_(folder, *disk_),
        thread_([this] { run(); }) {}
  ~Impl();

  Result<PagePicture> get(const PageKey& key);
  MakerStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Slots = std::map<PageKey, std::shared_ptr<Slot>>;

  // Callers' side; the mutex is held.
  std::optional<Error> remembered(const PageKey& key);
  std::shared_ptr<Slot> ask_for(const PageKey& key);
  void look_ahead(const PageKey& key);
  void refuse_oldest();

  // The thread's side.
  void run();
  void serve(sandbox::Pool& pool);
  void refuse_all(const Error& error);
  bool keep_ready(sandbox::Pool& pool);
  std::optional<PageKey> next(bool may_look_ahead);
  void start(sandbox::Pool& pool, const PageKey& key);
  void settle(const PageKey& key, Result<std::string> bytes);
  void finish(const PageKey& key, Result<PagePicture> outcome);

  const MakerSettings settings_;
  PictureCache cache_;
  const std::unique_ptr<vault::Disk> disk_;
  vault::Originals originals_;  // for the thread

  mutable std::mutex mutex_;
  std::condition_variable wake_;  // of the thread
  std::condition_variable done_;  // of callers
  Slots slots_;
  std::deque<PageKey> ahead_;
  std::map<PageKey, std::pair<Error, Clock::time_point>> errors_;
  MakerStats stats_;
  std::uint64_t tickets_ = 0;
  std::size_t callers_ = 0;
  bool stopping_ = false;
  int failed_starts_ = 0;  // the thread's own

  std::thread thread_;  // last: it uses all of the above
};

PictureMaker::Impl::~Impl() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  done_.notify_all();
  thread_.join();
  Lock lock(mutex_);
  done_.wait(lock, [this] { return callers_ == 0; });
}

// ----- callers

Result<PagePicture> PictureMaker::Impl::get(const PageKey& key) {
  auto found = cache_.find(key);
  Lock lock(mutex_);
  ++stats_.asked;
  if (settings_.read_ahead && key.size == Size::screen) look_ahead(key);
  if (found) {
    ++(found->from_disk ? stats_.from_disk : stats_.from_memory);
    return std::move(found->picture);
  }
  if (const auto error = remembered(key)) return Failure(*error);
  const std::shared_ptr<Slot> slot = ask_for(key);
  wake_.notify_one();
  ++callers_;
  const auto until = Clock::now() + settings_.timeout;
  done_.wait_until(lock, until, [&] { return slot->outcome || stopping_; });
  --callers_;
  if (stopping_) done_.notify_all();
  if (slot->outcome) return *slot->outcome;
  return Failure(in_own_words(stopping_ ? ErrorKind::cancelled : ErrorKind::timeout));
}

std::optional<Error> PictureMaker::Impl::remembered(const PageKey& key) {
  const auto known = errors_.find(key);
  if (known == errors_.end()) return std::nullopt;
  if (Clock::now() < known->second.second) return known->second.first;
  errors_.erase(known);
  return std::nullopt;
}

std::shared_ptr<Slot> PictureMaker::Impl::ask_for(const PageKey& key) {
  std::shared_ptr<Slot>& slot = slots_[key];
  if (!slot) slot = std::make_shared<Slot>();
  slot->urgency = urgency_of(key.size);
  slot->ticket = ++tickets_;
  std::shared_ptr<Slot> mine = slot;
  if (slots_.size() > settings_.queue) refuse_oldest();
  return mine;
}

void PictureMaker::Impl::refuse_oldest() {
  auto oldest = slots_.end();
  for (auto it = slots_.begin(); it != slots_.end(); ++it) {
    if (!it->second->running && (oldest == slots_.end() || it->second->ticket < oldest->second->ticket)) oldest = it;
  }
  if (oldest == slots_.end()) return;
  oldest->second->outcome = Failure(in_own_words(ErrorKind::cancelled));
  slots_.erase(oldest);
  done_.notify_all();
}

void PictureMaker::Impl::look_ahead(const PageKey& key) {
  const std::uint32_t page = key.page.value();
  std::vector<std::uint32_t> neighbours;
  if (page > 1) neighbours.push_back(page - 1);
  if (page < UINT32_MAX - 2) neighbours.insert(neighbours.end(), {page + 2, page + 1});
  for (const std::uint32_t neighbour : neighbours) ahead_.push_front({key.blob, PageIndex(neighbour), key.size});
  if (ahead_.size() > kMostAhead) ahead_.resize(kMostAhead);
  wake_.notify_one();
}

// ----- the thread that holds the workers

void PictureMaker::Impl::run() {
  sandbox::PoolSettings pool_settings;
  pool_settings.workers = settings_.workers;
  pool_settings.kind = sandbox::WorkerKind::picture;
  pool_settings.allow_weaker = settings_.allow_weaker;
  auto pool = sandbox::Pool::create(std::move(pool_settings));
  if (pool) {
    serve(**pool);
    (*pool)->stop();
    return;
  }
  Lock lock(mutex_);
  while (!stopping_) {
    refuse_all(in_own_words(pool.error().kind));
    wake_.wait(lock, [this] { return stopping_ || !slots_.empty(); });
  }
}

void PictureMaker::Impl::refuse_all(const Error& error) {
  for (auto& [key, slot] : slots_) slot->outcome = Failure(error);
  slots_.clear();
  done_.notify_all();
}

void PictureMaker::Impl::serve(sandbox::Pool& pool) {
  for (;;) {
    if (pool.busy() == 0 && !keep_ready(pool)) {
      // Nobody is served just now: the time for what can wait, in small pieces.
      Lock lock(mutex_);
      const auto called = [this] { return stopping_ || !slots_.empty() || !ahead_.empty(); };
      if (!called()) {
        lock.unlock();
        const bool swept = cache_.sweep_step();
        lock.lock();
        if (!swept) wake_.wait(lock, called);
      }
    }
    while (pool.idle() > 0) {
      const auto key = next(pool.busy() == 0);
      if (!key) break;
      start(pool, *key);
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (pool.busy() > 0) static_cast<void>(pool.wait(pool.idle() > 0 ? kGlance : kWhileBusy));
  }
}

/// True when workers are starting or warming up because some were missing.
bool PictureMaker::Impl::keep_ready(sandbox::Pool& pool) {
  if (pool.worker_pids().size() >= settings_.workers || failed_starts_ >= kMostFailedStarts) return false;
  // As many at once as there are workers: a single one would go to a worker that is ready already.
  for (std::size_t i = 0; i < settings_.workers && pool.idle() > 0; ++i) {
    sandbox::JobSpec spec;
    spec.name = kReadyJob;
    auto listener = std::make_unique<PictureListener>(
        0, [this](const Result<std::string>& ready) { failed_starts_ = ready ? 0 : failed_starts_ + 1; });
    if (!pool.start(std::move(spec), std::move(listener))) ++failed_starts_;
  }
  return pool.busy() > 0;
}

std::optional<PageKey> PictureMaker::Impl::next(bool may_look_ahead) {
  Lock lock(mutex_);
  auto best = slots_.end();
  for (auto it = slots_.begin(); it != slots_.end(); ++it) {
    const Slot& slot = *it->second;
    if (slot.running) continue;
    const bool sooner = best == slots_.end() || slot.urgency < best->second->urgency ||
                        (slot.urgency == best->second->urgency && slot.ticket > best->second->ticket);
    if (sooner) best = it;
  }
  if (best != slots_.end()) {
    best->second->running = true;
    return best->first;
  }
  while (may_look_ahead && !ahead_.empty()) {
    const PageKey key = ahead_.front();
    ahead_.pop_front();
    if (slots_.contains(key) || remembered(key)) continue;
    lock.unlock();
    const bool there = cache_.holds(key);
    lock.lock();
    if (there || slots_.contains(key)) continue;
    auto slot = std::make_shared<Slot>();
    slot->urgency = Urgency::ahead;
    slot->running = true;
    slots_[key] = std::move(slot);
    return key;
  }
  return std::nullopt;
}

void PictureMaker::Impl::start(sandbox::Pool& pool, const PageKey& key) {
  auto blob = originals_.open(key.blob);
  if (!blob) {
    const ErrorKind kind = blob.error().kind == ErrorKind::not_found ? ErrorKind::not_found : ErrorKind::io;
    finish(key, Failure(in_own_words(kind)));
    return;
  }
  const SizeRule& rule = rule_of(key.size);
  sandbox::JobSpec spec;
  spec.name = kPictureJob;
  spec.request = encode_order({key.page, rule.width, kMostDpi, rule.max_pixels, Format::smallest});
  spec.input = std::move(*blob);
  spec.timeout = kJobTimeout;
  auto listener = std::make_unique<PictureListener>(
      rule.max_bytes, [this, key](Result<std::string> bytes) { settle(key, std::move(bytes)); });
  failed_starts_ = 0;
  const auto started = pool.start(std::move(spec), std::move(listener));
  if (!started) finish(key, Failure(in_own_words(ErrorKind::denied)));
}

void PictureMaker::Impl::settle(const PageKey& key, Result<std::string> bytes) {
  if (!bytes) return finish(key, Failure(in_own_words(bytes.error().kind)));
  auto picture = picture_from(std::move(*bytes), key.size);
  if (!picture) return finish(key, Failure(in_own_words(ErrorKind::crashed)));
  cache_.keep_in_memory(key, *picture);
  finish(key, *picture);
  cache_.keep_on_disk(key, *picture);
}

void PictureMaker::Impl::finish(const PageKey& key, Result<PagePicture> outcome) {
  const std::lock_guard lock(mutex_);
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return;
  if (!outcome) {
    ++stats_.failed;
    const ErrorKind kind = outcome.error().kind;
    if (errors_.size() >= kMostErrors) errors_.clear();
    if (kind != ErrorKind::cancelled) {
      errors_[key] = {outcome.error(), Clock::now() + settings_.remember_errors};
    }
  } else {
    ++(slot->second->urgency == Urgency::ahead ? stats_.ahead : stats_.drawn);
  }
  slot->second->outcome = std::move(outcome);
  slots_.erase(slot);
  done_.notify_all();
}

// ----- the room's door

PictureMaker::PictureMaker(const store::CaseFolder& folder, MakerSettings settings)
    : impl_(std::make_unique<Impl>(folder, settings)) {}
PictureMaker::~PictureMaker() = default;

Result<PagePicture> PictureMaker::get(const PageKey& key) {
  return impl_->get(key);
}
MakerStats PictureMaker::stats() const {
  return impl_->stats();
}

}  // namespace dragoman::pages
