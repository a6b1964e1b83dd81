// SPDX-License-Identifier: AGPL-3.0-or-later
// `verify` from the page: one at a time, on a thread and a database handle of its own.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/strong.h"
#include "store/case_folder.h"
#include "vault/verify.h"
#include "web/http.h"

namespace dragoman::web {

/// Any thread.
class Verifying {
 public:
  using Changed = std::function<void(const Json& status)>;
  /// `changed` as for Adding.
  Verifying(const store::CaseFolder& folder, Changed changed);
  /// Gives up what is running.
  ~Verifying();
  Verifying(const Verifying&) = delete;
  Verifying& operator=(const Verifying&) = delete;

  /// conflict while one runs. `record`: the outcome goes into the custody log.
  Result<void> start(std::optional<vault::Head> head, bool record);
  /// VerifyStatus of the API.
  Json status() const;
  void stop() { stopping_ = true; }

 private:
  enum class State : std::uint8_t { idle, running, done, failed };
  void run(std::optional<vault::Head> head, bool record);
  /// The item whose bytes a fault is about.
  struct Place {
    ItemId item{0};  // 0: it is about none
    std::string path;
  };
  /// A report and, fault by fault, its place.
  struct Checked {
    vault::VerifyReport report;
    std::vector<Place> places;
  };
  static Result<Place> place_of(store::Database& db, const vault::Fault& fault);
  Result<Checked> check(std::optional<vault::Head> head);
  void note(std::uint64_t done, std::uint64_t all);
  Json status_locked() const;

  store::CaseFolder folder_;
  Changed changed_;
  std::atomic<bool> stopping_ = false;

  mutable std::mutex mutex_;  // guards all below; `changed_` is called with it held
  State state_ = State::idle;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t all_bytes_ = 0;
  std::string finished_;
  std::optional<Checked> checked_;
  bool recorded_ = false;
  std::optional<Error> error_;
  Stopwatch since_told_;
  std::thread thread_;
};

}  // namespace dragoman::web
