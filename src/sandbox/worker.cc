// SPDX-License-Identifier: AGPL-3.0-or-later
// A worker's life: find the channels, hear the settings, warm up, lock, serve.
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/item.h"
#include "sandbox/channel.h"
#include "sandbox/job.h"
#include "sandbox/lock.h"

namespace dragoman::sandbox {
namespace {

constexpr int kWrongUsage = 2;
constexpr int kDidNotStart = 1;

bool channels_are_there() {
  struct stat control {};
  struct stat blob {};
  return ::fstat(kControlFd, &control) == 0 && S_ISSOCK(control.st_mode) && ::fstat(kBlobFd, &blob) == 0 &&
         S_ISFIFO(blob.st_mode);
}

/// Exceptions of third parties and of std become outcomes here, and nowhere else in a worker.
Outcome run_guarded(JobFunction run, JobContext& context) {
  Outcome outcome;
  try {
    Result<void> result = run(context);
    if (!result) outcome = {false, std::move(result).error(), false};
  } catch (const std::bad_alloc&) {
    outcome = {false, {ErrorKind::limit, "the worker's memory limit was reached", {}}, true};
  } catch (const std::exception&) {
    // Its text may quote the document.
    outcome = {false, {ErrorKind::crashed, "an exception left the job", {}}, true};
  } catch (...) {
    outcome = {false, {ErrorKind::crashed, "an unknown exception left the job", {}}, true};
  }
  return outcome;
}

Result<void> warm_up_guarded(const JobTable& table, const WorkerSettings& settings) {
  if (table.warm_up == nullptr) return {};
  try {
    return table.warm_up(settings.warm_up);
  } catch (const std::exception& exception) {
    return fail(ErrorKind::unsupported, fmt::format("a worker could not warm up: {}", exception.what()));
  }
}

/// By the layers that the parent found: one that this process cannot have after all is an error.
Result<void> lock_down(const WorkerSettings& settings) {
  const Policy policy = make_policy(settings.kind, settings.limits, settings.layers);
  const std::string hash = policy.hash();
  TRY_VOID(lock(policy));
  return send_frame(kControlFd, 'K', hash);
}

JobFunction find(const JobTable& table, std::string_view name) {
  for (const Job& job : table.jobs) {
    if (job.name == name) return job.run;
  }
  return nullptr;
}

Outcome run_job(const JobTable& table, const WorkerSettings& settings, ReceivedFrame frame) {
  auto head = decode_job(frame.payload, settings.limits.max_frame_bytes);
  if (!head) return {false, std::move(head).error(), true};
  const JobFunction run = find(table, head->name);
  if (run == nullptr) return {false, {ErrorKind::not_found, fmt::format("no job named {}", head->name), {}}, false};
  if (head->has_input && !frame.input) {
    return {false, {ErrorKind::io, "the input did not reach the worker", {}}, true};
  }
  frame.payload = {};
  JobContext context({kControlFd, kBlobFd, settings.limits.max_frame_bytes, settings.limits.max_reply_bytes},
                     frame.input.get(), std::move(head->request));
  Outcome outcome = run_guarded(run, context);
  if (context.child_open()) {
    auto ended = context.end_child(static_cast<std::uint8_t>(ChildEnd::truncated));
    if (!ended && outcome.ok) outcome = {false, std::move(ended).error(), true};
  }
  return outcome;
}

Result<void> serve(const JobTable& table, const WorkerSettings& settings) {
  while (true) {
    ReceivedFrame frame = TRY(receive_frame(kControlFd, settings.limits.max_frame_bytes));
    if (frame.tag != 'J') return fail(ErrorKind::malformed, "the parent sent something else than a job");
    const Outcome outcome = run_job(table, settings, std::move(frame));
    TRY_VOID(send_frame(kControlFd, 'F', encode(outcome)));
    TRY_VOID(send_frame(kBlobFd, 'Z', {}));
    if (outcome.replace) return {};
  }
}

Result<WorkerSettings> hear_settings() {
  const ReceivedFrame frame = TRY(receive_frame(kControlFd, kMaxSettings));
  if (frame.tag != 'H') return fail(ErrorKind::malformed, "the parent did not begin with settings");
  return decode_settings(frame.payload);
}

}  // namespace

bool is_worker(int argc, const char* const* argv) {
  return argc >= 2 && argv[0] == kWorkerName && argv[1] == kWorkerArgument;
}

int worker_main(const JobTable& table) {
  if (!channels_are_there()) {
    fmt::print(stderr, "dragoman: a worker is started by dragoman itself\n");
    return kWrongUsage;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  auto settings = hear_settings();
  if (!settings) std::_Exit(kDidNotStart);
  auto ready = warm_up_guarded(table, *settings);
  if (ready) ready = lock_down(*settings);
  if (!ready) {
    const Outcome outcome{false, std::move(ready).error(), true};
    static_cast<void>(send_frame(kControlFd, 'X', encode(outcome)));
    std::_Exit(kDidNotStart);
  }
  // A parent that closed the channel is the ordinary end of a worker's life.
  const auto served = serve(table, *settings);
  std::_Exit(served || served.error().kind == ErrorKind::cancelled ? 0 : kDidNotStart);
}

}  // namespace dragoman::sandbox
