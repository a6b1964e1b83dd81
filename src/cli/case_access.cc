// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/case_access.h"

#include <charconv>

#include "ingest/workspace.h"

namespace dragoman::cli {
namespace {

Result<evidence::ItemRow> find_item(store::Database& db, const std::string& argument) {
  std::int64_t number = 0;
  const char* end = argument.data() + argument.size();
  const auto parsed = std::from_chars(argument.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) {
    auto item = TRY(evidence::item(db, ItemId(number)));
    if (item) return std::move(*item);
  }
  return evidence::item_by_path(db, argument);
}

}  // namespace

Result<OpenCase> open_case(const std::string& path) {
  const store::CaseFolder folder = TRY(store::CaseFolder::open(path));
  store::Database db = TRY(ingest::open_for_reading(folder));
  return OpenCase{folder, std::move(db)};
}

Result<Target> find_target(store::Database& db, const std::string& argument) {
  if (!argument.starts_with("dragoman:")) return Target{TRY(find_item(db, argument)), std::nullopt};
  const Citation citation = TRY(parse_citation(argument));
  evidence::Resolved resolved = TRY(evidence::resolve(db, citation));
  const auto content = TRY(evidence::content(db, resolved.page.content));
  CHECK(content);
  auto item = TRY(evidence::item(db, content->primary));
  CHECK(item);
  return Target{std::move(*item), std::move(resolved)};
}

}  // namespace dragoman::cli
