// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gold.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/digest.h"
#include "base/file.h"
#include "base/utf8.h"
#include "queries.h"

namespace dragoman::sample {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order in which docs/gold.md lists them

Json null_if_empty(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

// Hundredths of a point are finer than any reader.
Json rounded(double value) {
  return std::round(value * 100) / 100;
}

Json to_json(const GoldWord& word) {
  Json out{{"t", word.text}, {"box", nullptr}, {"line", nullptr}};
  if (word.box) {
    out["box"] = {rounded(word.box->x0), rounded(word.box->y0), rounded(word.box->x1), rounded(word.box->y1)};
    out["line"] = {rounded(word.line_top), rounded(word.line_bottom)};
  }
  return out;
}

Json to_json(const PlacedItem& placed) {
  const LeakItem& item = *placed.item;
  Json gaps = Json::array();
  for (const GoldGap& gap : item.gaps) gaps.push_back({{"kind", gap.kind}, {"where", gap.where}});
  return {{"path", placed.path},
          {"sha256", null_if_empty(item.sha256)},
          {"state", placed.duplicate ? "duplicate" : item.state},
          {"type", null_if_empty(item.type)},
          {"children", placed.children},
          {"gaps", placed.duplicate ? Json::array() : gaps},
          {"producer", null_if_empty(item.producer)},
          {"scan", null_if_empty(item.scan)}};
}

Json to_json(const PlacedItem& placed, const GoldPage& page) {
  Json words = Json::array();
  for (const GoldWord& word : page.words) words.push_back(to_json(word));
  const bool paged = page.width > 0;
  return {{"path", placed.path},
          {"sha256", placed.item->sha256},
          {"page", page.page},
          {"lang", code(page.lang)},
          {"source", page.source},
          {"producer", null_if_empty(page.producer)},
          {"scan", null_if_empty(page.scan)},
          {"dpi", page.dpi > 0 ? Json(page.dpi) : Json(nullptr)},
          {"upside_down", page.upside_down},
          {"face", null_if_empty(page.face)},
          {"width", paged ? rounded(page.width) : Json(nullptr)},
          {"height", paged ? rounded(page.height) : Json(nullptr)},
          {"label", page.label},
          {"text", page.text},
          {"words", words}};
}

Json locked_json(const PlacedItem& placed, const GoldPage& page) {
  Json out = to_json(placed, page);
  if (!placed.item->locked_sha256.empty()) out["sha256"] = placed.item->locked_sha256;
  return out;
}

Json to_json(const PlacedItem& placed, const GoldDocument& document) {
  Json dates = Json::array();
  for (const DateMention& date : document.dates) {
    dates.push_back({{"text", date.text},
                     {"calendar", date.calendar},
                     {"from", date.from},
                     {"to", date.to},
                     {"precision", date.precision}});
  }
  return {{"path", placed.path},
          {"page_from", document.page_from},
          {"page_to", document.page_to},
          {"kind", document.kind},
          {"lang", code(document.lang)},
          {"from", document.from},
          {"to", document.to},
          {"number", null_if_empty(document.number)},
          {"date", document.date},
          {"subject", document.subject},
          {"marking", null_if_empty(document.marking)},
          {"dates", dates}};
}

Json to_json(const Query& query) {
  const auto pages = [](const std::vector<PageRef>& refs) {
    Json out = Json::array();
    for (const PageRef& ref : refs) out.push_back({{"path", ref.path}, {"page", ref.page}});
    return out;
  };
  return {{"id", query.id},
          {"why", query.why},
          {"query", query.text},
          {"expect", pages(query.expect)},
          {"expect_scan", pages(query.expect_scan)},
          {"label", query.label}};
}

class JsonLines {
 public:
  void add(const Json& object) { text_ += object.dump() + "\n"; }
  Result<void> write(const std::filesystem::path& path) const { return write_file_atomically(path, text_); }

 private:
  std::string text_;
};

// A path on its way through place_items: raw bytes decide the order.
struct Pending {
  const LeakItem* item;
  std::string raw_path;
};

}  // namespace

void seal(LeakItem& item) {
  if (item.has_bytes) item.sha256 = sha256(item.bytes).hex();
  for (LeakItem& child : item.children) seal(child);
}

std::string gold_path(std::string_view raw) {
  return path_from_bytes(raw);
}

std::vector<PlacedItem> place_items(const std::vector<LeakItem>& files) {
  std::vector<PlacedItem> out;
  std::set<std::string> seen;
  std::vector<Pending> level;
  for (const LeakItem& file : files) level.push_back({&file, file.name});
  while (!level.empty()) {
    std::sort(level.begin(), level.end(), [](const Pending& a, const Pending& b) { return a.raw_path < b.raw_path; });
    std::vector<Pending> below;
    for (const Pending& pending : level) {
      PlacedItem placed{pending.item, gold_path(pending.raw_path), false, {}};
      placed.duplicate = !pending.item->sha256.empty() && !seen.insert(pending.item->sha256).second;
      if (!placed.duplicate) {
        for (const LeakItem& child : pending.item->children) {
          const std::string raw = pending.raw_path + "!/" + child.name;
          placed.children.push_back(gold_path(raw));
          below.push_back({&child, raw});
        }
      }
      out.push_back(std::move(placed));
    }
    level = std::move(below);
  }
  return out;
}

Result<void> write_gold(const std::filesystem::path& folder, const GoldHeader& header,
                        const std::vector<PlacedItem>& items) {
  JsonLines gold, item_lines, pages, unlocked, documents, queries;
  gold.add({{"schema", kGoldSchema},
            {"program", "dragoman-sample"},
            {"version", header.version},
            {"seed", header.seed},
            {"pages", header.pages},
            {"producers", header.producers}});
  for (const PlacedItem& placed : items) {
    item_lines.add(to_json(placed));
    if (placed.duplicate) continue;
    for (const GoldPage& page : placed.item->pages) pages.add(to_json(placed, page));
    for (const GoldPage& page : placed.item->locked_pages) unlocked.add(locked_json(placed, page));
    for (const GoldDocument& document : placed.item->documents) documents.add(to_json(placed, document));
  }
  for (const Query& query : make_queries(items, header.seed)) queries.add(to_json(query));
  std::string passwords;
  for (const std::string& password : header.passwords) passwords += password + "\n";
  TRY_VOID(gold.write(folder / "gold.json"));
  TRY_VOID(item_lines.write(folder / "items.jsonl"));
  TRY_VOID(pages.write(folder / "pages.jsonl"));
  TRY_VOID(unlocked.write(folder / "unlocked.jsonl"));
  TRY_VOID(documents.write(folder / "documents.jsonl"));
  TRY_VOID(queries.write(folder / "queries.jsonl"));
  return write_file_atomically(folder / "passwords.txt", passwords);
}

}  // namespace dragoman::sample
