// SPDX-License-Identifier: AGPL-3.0-or-later
#include "sandbox/conversation.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/item.h"

namespace dragoman::sandbox {
namespace {

// Buffers read from one channel before the other workers get their turn.
constexpr int kTurns = 16;
// Memory of a control group counts the page cache of models and fonts too.
constexpr std::uint64_t kCacheRoom = std::uint64_t{512} << 20;

Failure broke(std::string_view rule) {
  return fail(ErrorKind::malformed, fmt::format("a worker broke the protocol: {}", rule));
}

/// Bytes read; 0 at the end of the channel; -1 when there are none now.
ssize_t read_now(int fd, std::span<char> buffer) {
  ssize_t got = 0;
  do {
    got = ::read(fd, buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got >= 0) return got;
  return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
}

/// Before the worker has heard anything from outside.
Result<WorkerGroup> own_group(pid_t worker, const Limits& limits) {
  const auto delegated = offered_cgroup();
  if (!delegated) return fail(ErrorKind::denied, "cannot lock the worker: the control group is gone");
  return WorkerGroup::create(*delegated, worker, limits.worker_resident + kCacheRoom);
}

Error error_of(const Ending& ending) {
  if (ending.signalled && ending.number == SIGXCPU) {
    return {ErrorKind::timeout, "the worker used up the processor time of its life", {}};
  }
  return {ErrorKind::crashed, "the worker " + describe(ending), {}};
}

}  // namespace

std::string describe(const Ending& ending) {
  if (!ending.signalled) return fmt::format("left in the middle of a job (status {})", ending.number);
  if (ending.number == SIGSYS) return "was killed: it made a system call that the lock forbids";
  if (ending.number == SIGKILL) return "was killed from outside, perhaps for lack of memory";
  const char* name = ::sigdescr_np(ending.number);
  return fmt::format("was killed by signal {} ({})", ending.number, name != nullptr ? name : "unknown");
}

/// What a FrameParser finds, passed on to the conversation.
class Conversation::ControlSink : public FrameSink {
 public:
  explicit ControlSink(Conversation& owner) : owner_(owner) {}
  Result<void> announced(char tag, std::uint32_t length) override { return owner_.check_control(tag, length); }
  Result<void> frame(char tag, std::string_view payload) override { return owner_.hear_control(tag, payload); }
  Result<void> piece(std::string_view) override { return {}; }

 private:
  Conversation& owner_;
};

class Conversation::BlobSink : public FrameSink {
 public:
  explicit BlobSink(Conversation& owner) : owner_(owner) {}
  Result<void> announced(char tag, std::uint32_t length) override { return owner_.check_blob(tag, length); }
  Result<void> frame(char tag, std::string_view payload) override { return owner_.hear_blob(tag, payload); }
  Result<void> piece(std::string_view bytes) override { return owner_.child_piece(bytes); }

 private:
  Conversation& owner_;
};

Conversation::Conversation(const PoolSettings& settings, const std::string& policy_hash, PoolStats& stats)
    : settings_(settings), policy_hash_(policy_hash), stats_(stats) {}

Result<std::unique_ptr<Conversation>> Conversation::open(const PoolSettings& settings, const Policy& policy,
                                                         const std::string& policy_hash, PoolStats& stats) {
  std::unique_ptr<Conversation> made(new Conversation(settings, policy_hash, stats));
  made->process_ = TRY(WorkerProcess::spawn(settings.program, settings.keep_stderr));
  ++stats.workers;
  if (policy.layers.cgroup) made->group_ = TRY(own_group(made->process_.pid(), settings.limits));
  const std::string hello =
      encode(WorkerSettings{settings.kind, policy.layers, settings.limits, settings.warm_up_settings});
  made->outgoing_ = frame_head('H', hello.size()) + hello;
  made->deadline_ = Clock::now() + settings.start_timeout;
  made->send();
  return made;
}

void Conversation::give(JobSpec spec, std::unique_ptr<JobListener> listener) {
  CHECK(can_take());
  spec_ = std::move(spec);
  listener_ = std::move(listener);
  outcome_.reset();
  blob_done_ = false;
  child_open_ = false;
  reply_bytes_ = 0;
  child_bytes_ = 0;
  children_ = 0;
  if (state_ == State::idle) send_job();
}

void Conversation::send_job() {
  state_ = State::busy;
  const std::string job =
      encode(JobHead{std::move(spec_.name), static_cast<bool>(spec_.input), std::move(spec_.request)});
  spec_.request = {};
  outgoing_ = frame_head('J', job.size()) + job;
  sent_ = 0;
  deadline_ = Clock::now() + spec_.timeout;
  send();
}

void Conversation::send() {
  while (wants_to_send() && !control_ended_) {
    const auto put = send_some(process_.control(), std::string_view(outgoing_).substr(sent_), spec_.input.get());
    if (!put) return;  // the worker is gone: the end of its channels will be read, with what it said before
    if (*put == 0) return;
    // Before it is ready nothing but the hello is sent, and that carries no descriptor.
    if (state_ == State::busy) spec_.input.reset();
    sent_ += *put;
  }
  outgoing_ = {};
  sent_ = 0;
}

void Conversation::serve_control(std::span<char> buffer) {
  ControlSink sink(*this);
  for (int turn = 0; turn < kTurns && state_ != State::gone && !control_ended_; ++turn) {
    const ssize_t got = read_now(process_.control(), buffer);
    if (got < 0) return;
    if (got == 0) {
      control_ended_ = true;
      if (blob_ended_) both_ended();
      return;
    }
    auto heard = control_parser_.feed({buffer.data(), static_cast<std::size_t>(got)}, sink);
    if (!heard) return stop(std::move(heard).error());
    settle();
  }
}

void Conversation::serve_blob(std::span<char> buffer) {
  BlobSink sink(*this);
  for (int turn = 0; turn < kTurns && state_ != State::gone && !blob_ended_; ++turn) {
    const ssize_t got = read_now(process_.blob(), buffer);
    if (got < 0) return;
    if (got == 0) {
      blob_ended_ = true;
      if (control_ended_) both_ended();
      return;
    }
    auto heard = blob_parser_.feed({buffer.data(), static_cast<std::size_t>(got)}, sink);
    if (!heard) return stop(std::move(heard).error());
    settle();
  }
}

Result<void> Conversation::check_control(char tag, std::uint32_t length) {
  if (state_ == State::starting) {
    if (tag != 'K' && tag != 'X') return broke("it spoke before it was ready");
    return length <= kMaxOutcome ? Result<void>{} : broke("its greeting is too long");
  }
  if (state_ != State::busy || outcome_) return broke("it spoke without a job");
  if (tag == 'F') return length <= kMaxOutcome ? Result<void>{} : broke("its last word is too long");
  if (tag != 'R') return broke("an unknown frame on the record channel");
  if (length > settings_.limits.max_frame_bytes) {
    return fail(ErrorKind::limit, fmt::format("a worker announced a record of {} bytes; at most {} are taken", length,
                                              settings_.limits.max_frame_bytes));
  }
  return count_reply(length + kFrameHead);
}

Result<void> Conversation::count_reply(std::uint64_t bytes) {
  reply_bytes_ += bytes;
  if (reply_bytes_ <= settings_.limits.max_reply_bytes) return {};
  return fail(ErrorKind::limit,
              fmt::format("a worker's reply is larger than {} bytes", settings_.limits.max_reply_bytes));
}

Result<void> Conversation::check_blob(char tag, std::uint32_t length) {
  if (state_ != State::busy || blob_done_) return broke("it sent a member without a job");
  switch (tag) {
    case 'B':
      if (child_open_) return broke("a member inside a member");
      if (length > kMaxChildHeader) return fail(ErrorKind::limit, "the head of a member is too long");
      if (++children_ <= settings_.limits.max_members) return {};
      return fail(ErrorKind::limit, fmt::format("more than {} members", settings_.limits.max_members));
    case 'D':
      if (!child_open_) return broke("data without a member");
      if (length == 0) return broke("an empty piece of a member");
      if (length > kMaxChildData) return fail(ErrorKind::limit, "a piece of a member is too long");
      return count_child_bytes(length);
    case 'E':
      if (!child_open_) return broke("the end of a member that did not begin");
      return length == 1 ? Result<void>{} : broke("the end of a member is one byte");
    case 'Z':
      if (child_open_) return broke("the end of a job inside a member");
      return length == 0 ? Result<void>{} : broke("the end of a job has no bytes");
    default: return broke("an unknown frame on the blob channel");
  }
}

Result<void> Conversation::count_child_bytes(std::uint64_t bytes) {
  child_bytes_ += bytes;
  if (child_bytes_ <= settings_.limits.max_unpacked_bytes) return {};
  return fail(ErrorKind::limit, fmt::format("members of more than {} bytes", settings_.limits.max_unpacked_bytes));
}

Result<void> Conversation::hear_control(char tag, std::string_view payload) {
  if (tag == 'R') return listener_->record(payload);
  if (tag == 'K') {
    if (payload != policy_hash_) return fail(ErrorKind::denied, "a worker locked itself by another policy");
    become_ready();
    return {};
  }
  Outcome outcome = TRY(decode_outcome(payload));
  if (tag == 'X') return Failure(std::move(outcome.error));
  outcome_ = std::move(outcome);
  return {};
}

Result<void> Conversation::hear_blob(char tag, std::string_view payload) {
  if (tag == 'B') {
    child_open_ = true;
    return listener_->child_begin(payload);
  }
  if (tag == 'E') {
    const auto how = static_cast<std::uint8_t>(payload[0]);
    if (how > static_cast<std::uint8_t>(ChildEnd::failed)) return broke("an unknown end of a member");
    child_open_ = false;
    return listener_->child_end(how);
  }
  blob_done_ = true;
  return {};
}

Result<void> Conversation::child_piece(std::string_view bytes) {
  return listener_->child_bytes(bytes);
}

void Conversation::become_ready() {
  state_ = State::idle;
  deadline_ = Clock::time_point::max();
  if (listener_) send_job();
}

/// Ends the job when both channels have said so.
void Conversation::settle() {
  if (state_ != State::busy || !outcome_ || !blob_done_) return;
  if (control_parser_.pending() || blob_parser_.pending())
    return stop(std::move(broke("bytes behind the end").value()));
  ++jobs_done_;
  state_ = State::idle;
  deadline_ = Clock::time_point::max();
  const bool large = process_.resident_bytes() > settings_.limits.worker_resident;
  if (outcome_->replace || large || jobs_done_ >= settings_.limits.worker_recycle_jobs) {
    state_ = State::gone;
    process_.end();
    ++stats_.recycled;
  }
  const Outcome outcome = std::move(*outcome_);
  if (outcome.ok) return finish({});
  finish(Failure(outcome.error));
}

void Conversation::both_ended() {
  if (state_ == State::gone) return;
  const Ending ending = process_.await_end();
  Error error = error_of(ending);
  if (state_ == State::starting) {
    error.message = "a worker did not start: it " + describe(ending);
    start_error_ = error;
  }
  if (state_ == State::busy) ++stats_.crashed;
  state_ = State::gone;
  finish(Failure(std::move(error)));
}

void Conversation::check_time(Clock::time_point now) {
  if (state_ == State::gone || now < deadline_) return;
  if (state_ == State::starting) return stop({ErrorKind::timeout, "a worker did not start in time", {}});
  const double seconds = std::chrono::duration<double>(spec_.timeout).count();
  stop({ErrorKind::timeout, fmt::format("the job was stopped after {:g} s", seconds), {}});
}

void Conversation::check_memory() {
  if (state_ != State::busy) return;
  const std::uint64_t limit = settings_.limits.worker_resident;
  if (process_.resident_bytes() <= limit) return;
  stop({ErrorKind::limit, fmt::format("the job took more than {} MiB of memory", limit >> 20), {}});
}

bool Conversation::retire_if_broken() {
  if (state_ != State::idle) return state_ == State::gone;
  pollfd channels[] = {{process_.control(), POLLIN, 0}, {process_.blob(), POLLIN, 0}};
  if (::poll(channels, 2, 0) <= 0) return false;
  process_.end();
  state_ = State::gone;
  return true;
}

void Conversation::stop(Error error) {
  if (state_ == State::gone) return;
  if (state_ == State::starting) start_error_ = error;
  process_.end();
  state_ = State::gone;
  ++stats_.killed;
  finish(Failure(std::move(error)));
}

void Conversation::finish(Result<void> outcome) {
  spec_.input.reset();
  if (!listener_) return;
  const std::unique_ptr<JobListener> listener = std::move(listener_);
  ++stats_.jobs;
  listener->finished(std::move(outcome));
}

}  // namespace dragoman::sandbox
