// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/adding.h"

#include <unistd.h>

#include "ingest/pipeline.h"
#include "vault/keys.h"

namespace dragoman::web {
namespace {

constexpr double kTellMilliseconds = 200;

std::string_view word_of(ingest::Phase phase) {
  switch (phase) {
    case ingest::Phase::receiving: return "receiving";
    case ingest::Phase::reading: return "reading";
    case ingest::Phase::recognising: return "recognising";
    case ingest::Phase::settling: return "settling";
  }
  return "";
}

bool another_process_adds(const store::CaseFolder& folder) {
  const auto holder = store::lock_holder(folder);
  return holder && holder->pid != ::getpid();
}

Failure not_now(std::string message) {
  return fail(ErrorKind::conflict, std::move(message));
}

}  // namespace

/// What ingest tells of its progress, and asks.
class Adding::Sink final : public ingest::ProgressSink {
 public:
  explicit Sink(Adding& adding) : adding_(adding) {}
  void update(const ingest::Progress& progress) override {
    // Called for every file: most calls cost a look at the clock.
    if (asked_.milliseconds() < kTellMilliseconds && progress.phase == phase_) return;
    asked_ = Stopwatch();
    phase_ = progress.phase;
    adding_.note(progress);
  }
  bool cancelled() override { return adding_.should_end(); }

 private:
  Adding& adding_;
  Stopwatch asked_;
  std::optional<ingest::Phase> phase_;
};

Adding::Adding(const store::CaseFolder& folder, Uploads& uploads, Changed changed, bool allow_weaker_sandbox)
    : folder_(folder), uploads_(&uploads), changed_(std::move(changed)), allow_weaker_sandbox_(allow_weaker_sandbox) {}

Adding::~Adding() {
  stop();
  std::thread thread;
  {
    const std::lock_guard lock(mutex_);
    thread = std::move(thread_);
  }
  if (thread.joinable()) thread.join();
}

std::string_view Adding::to_word(State state) {
  switch (state) {
    case State::idle: return "idle";
    case State::running: return "running";
    case State::pausing: return "pausing";
    case State::paused: return "paused";
    case State::cancelling: return "cancelling";
    case State::cancelled: return "cancelled";
    case State::done: return "done";
    case State::failed: return "failed";
  }
  return "";
}

/// With the mutex held, as those below.
bool Adding::works() const {
  return state_ == State::running || state_ == State::pausing || state_ == State::cancelling;
}

Result<void> Adding::check_free(bool elsewhere) const {
  if (works()) return not_now("files are being added already; wait until they are, or cancel that first");
  if (state_ == State::paused) return not_now("an addition is paused; let it go on, or cancel it first");
  if (elsewhere) return not_now("another dragoman adds to this case just now; wait until it is done");
  return {};
}

Result<void> Adding::can_start() const {
  const bool elsewhere = another_process_adds(folder_);
  const std::lock_guard lock(mutex_);
  return check_free(elsewhere);
}

Result<void> Adding::start(AddOrder order) {
  const bool elsewhere = another_process_adds(folder_);
  std::string left;
  {
    const std::lock_guard lock(mutex_);
    TRY_VOID(check_free(elsewhere));
    // Of an order that failed and is not tried again.
    if (!order_.upload.empty() && order_.upload != order.upload) left = order_.upload;
    worked_before_ = 0;
    has_progress_ = false;
    progress_ = {};
    TRY_VOID(run_order(std::move(order)));
  }
  if (!left.empty()) uploads_->done(left);
  return {};
}

/// With the mutex held and no run at work.
Result<void> Adding::run_order(AddOrder order) {
  if (stopping_) return not_now("the server ends");
  if (thread_.joinable()) thread_.join();  // a run that has ended: it has let go of the mutex for good
  order_ = std::move(order);
  error_.reset();
  state_ = State::running;
  stretch_ = Stopwatch();
  thread_ = std::thread([this] { run(); });
  tell();
  return {};
}

void Adding::remember(AddOrder order) {
  const std::lock_guard lock(mutex_);
  order_ = std::move(order);
  state_ = State::paused;
  tell();
}

Result<void> Adding::pause() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::running) return not_now("nothing is being added");
  state_ = State::pausing;
  tell();
  return {};
}

Result<void> Adding::resume() {
  const bool elsewhere = another_process_adds(folder_);
  const std::lock_guard lock(mutex_);
  if (state_ != State::paused && state_ != State::failed) return not_now("nothing is paused");
  if (elsewhere) return not_now("another dragoman adds to this case just now; wait until it is done");
  return run_order(std::move(order_));
}

Result<void> Adding::cancel() {
  std::string left;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::running || state_ == State::pausing) {
      state_ = State::cancelling;
    } else if (state_ == State::paused || state_ == State::failed) {
      state_ = State::cancelled;
      left = order_.upload;
      order_.upload.clear();
    } else {
      return not_now("nothing is being added");
    }
    tell();
  }
  if (!left.empty()) uploads_->done(left);
  return {};
}

void Adding::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
}

bool Adding::should_end() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || state_ == State::pausing || state_ == State::cancelling;
}

void Adding::run() {
  ingest::AddOptions options;
  {
    const std::lock_guard lock(mutex_);
    options.paths = order_.paths;
    if (!order_.langs.empty()) options.langs = order_.langs;
    options.passwords = order_.passwords;
    options.allow_weaker_sandbox = allow_weaker_sandbox_;
  }
  Sink sink(*this);
  const auto keys = vault::default_key_folder();
  ended(keys ? ingest::add(folder_, *keys, options, sink) : Result<void>(Failure(keys.error())));
}

void Adding::ended(const Result<void>& outcome) {
  std::string left;
  {
    const std::lock_guard lock(mutex_);
    worked_before_ += stretch_.elapsed().count();
    const bool stopped = !outcome && outcome.error().kind == ErrorKind::cancelled;
    if (outcome) {
      state_ = State::done;
    } else if (!stopped) {
      state_ = State::failed;
      error_ = outcome.error();
    } else {
      state_ = state_ == State::cancelling ? State::cancelled : State::paused;
    }
    if (state_ == State::done || state_ == State::cancelled) {
      left = std::move(order_.upload);
      order_.upload.clear();
      order_.passwords.clear();
    }
    tell();
  }
  if (!left.empty()) uploads_->done(left);
}

void Adding::note(const ingest::Progress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
  has_progress_ = true;
  if (since_told_.milliseconds() < kTellMilliseconds) return;
  since_told_ = Stopwatch();
  tell();
}

void Adding::look_elsewhere() {
  const bool elsewhere = another_process_adds(folder_);
  const std::lock_guard lock(mutex_);
  if (elsewhere == elsewhere_) return;
  elsewhere_ = elsewhere;
  tell();
}

Json Adding::status() const {
  const bool elsewhere = another_process_adds(folder_);
  const std::lock_guard lock(mutex_);
  Json json = status_locked();
  json["elsewhere"] = elsewhere;
  return json;
}

Json Adding::status_locked() const {
  Json json{{"state", to_word(state_)},
            {"phase", works() && has_progress_ ? word_of(progress_.phase) : ""},
            {"files_done", progress_.files_done},
            {"files_total", progress_.files_total},
            {"pages_done", progress_.pages_done},
            {"pages_total", progress_.pages_total},
            {"seconds", worked_before_ + (works() ? stretch_.elapsed().count() : 0)},
            {"names", order_.names},
            {"elsewhere", elsewhere_}};
  if (error_) json["problem"] = Json::parse(answer_problem(*error_).body);
  return json;
}

void Adding::tell() const {
  changed_(status_locked());
}

}  // namespace dragoman::web
