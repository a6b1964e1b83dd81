// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/gaps, /api/gaps/list.
#include "web/api_json.h"

namespace dragoman::web {
namespace {

constexpr std::int64_t kGaps = 100;
constexpr std::int64_t kMostGaps = 1'000;
constexpr std::size_t kCauseDigits = 16;

Result<Answer> answer_groups(const Request&, CaseReader& reader) {
  std::int64_t total = 0;
  Json groups = Json::array();
  for (const evidence::GapGroup& group : TRY(from_case(evidence::gap_groups(reader.db())))) {
    Json causes = Json::array();
    for (const evidence::GapCause& cause : group.causes) {
      Json one{{"cause", cause.key}, {"detail", cause.detail}, {"count", cause.count}};
      if (!cause.remedy.empty()) one["remedy"] = cause.remedy;
      one["retry"] = cause.retry;
      causes.push_back(std::move(one));
    }
    total += group.count;
    groups.push_back({{"kind", to_string(group.kind)},
                      {"count", group.count},
                      {"items", group.items},
                      {"causes", std::move(causes)}});
  }
  return answer_json(Json{{"total", total}, {"groups", std::move(groups)}});
}

Result<evidence::GapQuery> gaps_of(const Request& request) {
  evidence::GapQuery query;
  if (const auto word = request.parameter("kind")) {
    const auto kind = gap_kind_from(*word);
    if (!kind) return fail(ErrorKind::malformed, "there is no such kind of gap", "kind");
    query.kind = *kind;
  }
  query.cause = request.parameter("cause").value_or("");
  const bool hex = query.cause.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!query.cause.empty() && (!hex || query.cause.size() != kCauseDigits)) {
    return fail(ErrorKind::malformed, "a cause is the word that the list of groups gives it", "cause");
  }
  const std::int64_t item = TRY(request.number("item", 0, 1, INT64_MAX));
  if (item > 0) query.item = ItemId(item);
  return query;
}

Result<Answer> answer_list(const Request& request, CaseReader& reader) {
  const evidence::GapQuery query = TRY(gaps_of(request));
  std::string about = query.cause;
  if (query.kind) about += '\0' + std::string(to_string(*query.kind));
  if (query.item) about += '\0' + std::to_string(query.item->value());
  const std::int64_t after = TRY(cursor_of(request, "gaps", about));
  const std::int64_t limit = TRY(request.number("limit", kGaps, 1, kMostGaps));
  const std::int64_t total = TRY(from_case(evidence::gap_count(reader.db(), query)));
  auto list = TRY(from_case(evidence::gap_list(reader.db(), query, after, limit + 1)));
  Json next = nullptr;
  if (static_cast<std::int64_t>(list.size()) > limit) {
    list.pop_back();
    next = to_text({"gaps", about, list.back().id});
  }
  Json gaps = Json::array();
  for (const auto& gap : list) gaps.push_back(gap_json(gap));
  return answer_json(Json{{"total", total}, {"gaps", std::move(gaps)}, {"next", std::move(next)}});
}

}  // namespace

std::vector<Route> gap_routes() {
  return {{Method::get, "/api/gaps", Lane::quick, answer_groups},
          {Method::get, "/api/gaps/list", Lane::quick, answer_list}};
}

}  // namespace dragoman::web
