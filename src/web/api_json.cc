// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/api_json.h"

#include <cmath>

#include "text/script.h"

namespace dragoman::web {

double two_decimals(double value) {
  return std::round(value * 100) / 100;
}

double four_decimals(double value) {
  return std::round(value * 10'000) / 10'000;
}

Json box_json(const Box& box) {
  return Json::array({two_decimals(box.x0), two_decimals(box.y0), two_decimals(box.x1), two_decimals(box.y1)});
}

Json gap_json(const evidence::GapListed& gap) {
  Json json;
  json["id"] = gap.id;
  json["kind"] = to_string(gap.gap.kind);
  json["path"] = gap.path;
  json["item"] = gap.item ? Json(gap.item->value()) : Json(nullptr);
  json["blob"] = gap.blob ? gap.blob->hex() : std::string();
  json["page"] = gap.gap.page.value();
  json["where"] = gap.gap.where;
  json["detail"] = gap.gap.detail;
  return json;
}

std::string_view direction(bool right_to_left) {
  return right_to_left ? "rtl" : "ltr";
}

bool right_to_left(std::span<const Word> words) {
  return text::is_right_to_left(text::main_script(words));
}

std::string last_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Result<evidence::ItemRow> item_of(const Request& request, store::Database& db) {
  const std::int64_t id = TRY(request.id(0));
  auto item = TRY(from_case(evidence::item(db, ItemId(id))));
  if (!item) return fail(ErrorKind::not_found, "the case has no item of that number", "id");
  return std::move(*item);
}

Result<evidence::PageRow> page_of(const Request& request, store::Database& db, const evidence::ItemRow& item) {
  const std::int64_t number = TRY(request.id(1));
  if (item.content && number <= UINT32_MAX) {
    const PageIndex wanted(static_cast<std::uint32_t>(number));
    const auto page = TRY(from_case(evidence::page(db, item.content->id, wanted)));
    if (page) return *page;
  }
  return fail(ErrorKind::not_found, "the item has no page of that number", "page");
}

std::vector<Route> reading_routes() {
  const auto trees = std::make_shared<evidence::TreeCache>();
  std::vector<Route> all;
  for (auto& part :
       {search_routes(trees), item_routes(trees), page_routes(), citation_routes(), gap_routes(), custody_routes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace dragoman::web
