// SPDX-License-Identifier: AGPL-3.0-or-later
// What the tests of this room share: the test program is its own worker, with a table of well and badly
// behaved jobs.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/job.h"
#include "sandbox/pool.h"

namespace dragoman::sandbox {

/// Jobs of workbench_test.cc and escape_test.cc.
JobTable test_table();
std::vector<Job> escape_jobs();

/// Everything that one job said.
struct Heard {
  std::vector<std::string> records;
  std::vector<std::string> children;  // "header:bytes:how"; bytes as a count above 100
  std::uint64_t child_bytes = 0;
  int finished = 0;
  bool ok = false;
  Error error;
};

class Ear : public JobListener {
 public:
  explicit Ear(Heard& heard) : heard_(heard) {}
  Result<void> record(std::string_view bytes) override;
  Result<void> child_begin(std::string_view header) override;
  Result<void> child_bytes(std::string_view bytes) override;
  Result<void> child_end(std::uint8_t how) override;
  void finished(Result<void> outcome) override;

 private:
  Heard& heard_;
  std::string header_;
  std::string bytes_;
  std::uint64_t size_ = 0;
};

std::unique_ptr<Pool> make_pool(PoolSettings settings = {});

struct Call {
  std::string name;
  std::string request;
  UniqueFd input;
  std::chrono::milliseconds timeout{20'000};
};
/// Starts one job and waits for its end.
Heard run(Pool& pool, Call call);

/// Runs "echo" and checks that it works: the pool goes on.
void expect_alive(Pool& pool);

/// An unnamed file that holds these bytes, opened read-only.
UniqueFd file_with(std::string_view bytes);

/// A filter that makes one call fail in this process and those that it starts, as a system without it would.
void fake_away(std::uint32_t call, std::uint32_t error);

/// Exit status of `body` in a process of its own; -1 when it died.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) std::_Exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace dragoman::sandbox
