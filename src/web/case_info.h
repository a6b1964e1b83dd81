// SPDX-License-Identifier: AGPL-3.0-or-later
// What GET /api/case says. Counting reads every page's row, so it is done once for each state of the case and shared.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/case_folder.h"
#include "store/database.h"
#include "web/http.h"

namespace dragoman::web {

/// Any thread.
class CaseInfo {
 public:
  /// `started` is this server's: another value tells a page that it was restarted.
  static Result<std::unique_ptr<CaseInfo>> open(const store::CaseFolder& folder, std::string started);

  const std::string& id() const { return id_; }
  const std::string& started() const { return started_; }
  /// As of the newest commit. Callers wait for the one that counts.
  Result<Json> get();
  /// True when get() says something else than it did when this was last asked.
  Result<bool> changed();

 private:
  CaseInfo(const store::CaseFolder& folder, store::Database db) : folder_(folder), db_(std::move(db)) {}
  Result<Json> count();

  store::CaseFolder folder_;
  std::string id_;
  std::string title_;
  std::string started_;
  std::vector<std::string> langs_;
  bool writable_ = false;

  std::mutex mutex_;  // guards all below
  store::Database db_;
  std::int64_t mark_ = -1;
  std::optional<Json> newest_;
  std::string told_;  // what changed() last saw
};

}  // namespace dragoman::web
