// SPDX-License-Identifier: AGPL-3.0-or-later
// The threads that answer: each with its own reader of the case, opened when the thread starts.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "web/routes.h"
#include "web/server_limits.h"

namespace dragoman::web {

class Lanes {
 public:
  /// Called on a thread of the lane, with its reader, or with the error that kept it from opening the case.
  using Job = std::function<void(Result<CaseReader*>)>;

  Lanes(const store::CaseFolder& folder, const ServerLimits& limits);
  ~Lanes() { stop(); }
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  /// Any thread. False when too many wait already; the job is dropped then.
  bool run(Lane lane, Job job);
  /// Jobs that still wait are dropped, here; those at work end. For the thread that made the lanes.
  void stop();

 private:
  // One mutex for both lanes: it is held for a push or a pop only.
  struct Queue {
    std::deque<Job> jobs;
    std::condition_variable filled;
  };
  void work(Queue& queue, bool searches);
  Queue& queue_of(Lane lane) { return lane == Lane::quick ? quick_ : picture_; }

  store::CaseFolder folder_;
  std::size_t most_waiting_;
  std::mutex mutex_;  // guards the queues' jobs and stopping_
  bool stopping_ = false;
  Queue quick_;
  Queue picture_;
  std::vector<std::thread> threads_;
};

}  // namespace dragoman::web
