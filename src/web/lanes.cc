// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/lanes.h"

#include <optional>

namespace dragoman::web {

Lanes::Lanes(const store::CaseFolder& folder, const ServerLimits& limits)
    : folder_(folder), most_waiting_(limits.waiting) {
  for (std::size_t i = 0; i < limits.quick_threads; ++i) threads_.emplace_back([this] { work(quick_, true); });
  for (std::size_t i = 0; i < limits.picture_threads; ++i) threads_.emplace_back([this] { work(picture_, false); });
}

void Lanes::stop() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(quick_.jobs);
    for (Job& job : picture_.jobs) dropped.push_back(std::move(job));
    picture_.jobs.clear();
  }
  quick_.filled.notify_all();
  picture_.filled.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Lanes::run(Lane lane, Job job) {
  Queue& queue = queue_of(lane);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue.jobs.size() >= most_waiting_) return false;
    queue.jobs.push_back(std::move(job));
  }
  queue.filled.notify_one();
  return true;
}

void Lanes::work(Queue& queue, bool searches) {
  auto reader = CaseReader::open(folder_);
  bool index_tried = !searches;
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      // The first search should not have to open the index; but nobody should wait for it who does not search.
      while (!stopping_ && queue.jobs.empty() && index_tried) queue.filled.wait(lock);
      if (stopping_) return;
      if (!queue.jobs.empty()) {
        job = std::move(queue.jobs.front());
        queue.jobs.pop_front();
      }
    }
    if (!reader) reader = CaseReader::open(folder_);
    if (!job) {
      index_tried = true;
      if (reader) static_cast<void>((*reader)->index());
      continue;
    }
    if (reader) {
      job(reader->get());
    } else {
      job(Failure(reader.error()));
    }
  }
}

}  // namespace dragoman::web
