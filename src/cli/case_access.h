// SPDX-License-Identifier: AGPL-3.0-or-later
// What the commands on a case share: opening it, and finding what an argument names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "evidence/items.h"
#include "evidence/pages.h"
#include "store/case_folder.h"
#include "store/database.h"

namespace dragoman::cli {

struct OpenCase {
  store::CaseFolder folder;
  store::Database db;
};
/// For reading. Errors name the remedy.
Result<OpenCase> open_case(const std::string& path);

/// A citation, or an item by its number or path.
struct Target {
  evidence::ItemRow item;
  std::optional<evidence::Resolved> cited;
};
Result<Target> find_target(store::Database& db, const std::string& argument);

}  // namespace dragoman::cli
