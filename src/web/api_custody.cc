// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/custody.
#include "vault/custody.h"
#include "vault/entries.h"
#include "web/api_json.h"

namespace dragoman::web {
namespace {

constexpr std::int64_t kEntries = 50;
constexpr std::int64_t kMostEntries = 500;

Json entry_json(const vault::ListedEntry& entry) {
  Json json;
  json["number"] = entry.number;
  json["kind"] = entry.whole ? entry.kind : "note";
  json["hash"] = entry.hash.hex();
  json["time"] = entry.at;
  json["tool"] = entry.tool;
  json["items"] = entry.items;
  json["policy"] = entry.policy;
  json["detail"] = entry.whole ? entry.detail : "this line of the log was altered: run verify";
  return json;
}

/// Empty when nothing was signed yet.
Result<std::string> key_of(store::Database& db) {
  const auto key = vault::case_key(db);
  if (key) return key->hex();
  if (key.error().kind == ErrorKind::not_found) return std::string();
  return Failure(key.error());
}

Result<Answer> answer_custody(const Request& request, CaseReader& reader) {
  const std::int64_t before = TRY(cursor_of(request, "custody", ""));
  const std::int64_t limit = TRY(request.number("limit", kEntries, 1, kMostEntries));
  const vault::Head head = TRY(from_case(vault::custody_head(reader.db())));
  auto list = TRY(from_case(vault::entries(reader.db(), static_cast<std::uint64_t>(before), limit + 1)));
  Json next = nullptr;
  if (static_cast<std::int64_t>(list.size()) > limit) {
    list.pop_back();
    next = to_text({"custody", "", static_cast<std::int64_t>(list.back().number)});
  }
  Json entries = Json::array();
  for (const auto& entry : list) entries.push_back(entry_json(entry));
  Json json;
  json["head"] = vault::to_string(head);
  json["entries"] = head.count;
  json["key"] = TRY(from_case(key_of(reader.db())));
  json["list"] = std::move(entries);
  json["next"] = std::move(next);
  return answer_json(json);
}

}  // namespace

std::vector<Route> custody_routes() {
  return {{Method::get, "/api/custody", Lane::quick, answer_custody}};
}

}  // namespace dragoman::web
