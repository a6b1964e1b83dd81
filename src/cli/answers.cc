// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/answers.h"

#include <cmath>

#include <fmt/format.h>

namespace dragoman::cli {
namespace {

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

}  // namespace

Json box_json(const Box& box) {
  Json json = Json::array();
  for (const float edge : {box.x0, box.y0, box.x1, box.y1}) json.push_back(rounded(static_cast<double>(edge), 100));
  return json;
}

Json word_json(const Word& word) {
  Json json;
  json["t"] = word.text;
  json["box"] = word.box ? box_json(*word.box) : Json(nullptr);
  json["conf"] = word.conf ? Json(rounded(static_cast<double>(*word.conf), 1000)) : Json(nullptr);
  return json;
}

Json page_json(const evidence::PageRow& page, const evidence::VersionRow* version) {
  Json json;
  json["page"] = page.number.value();
  json["label"] = page.label;
  json["width"] = page.width > 0 ? Json(rounded(page.width, 100)) : Json(nullptr);
  json["height"] = page.height > 0 ? Json(rounded(page.height, 100)) : Json(nullptr);
  json["source"] = to_string(version != nullptr ? version->source : TextSource::none);
  json["engine"] = version != nullptr ? version->engine : "";
  json["lang"] = version != nullptr ? version->lang : "";
  json["text"] = version != nullptr ? text_of(version->words) : "";
  Json words = Json::array();
  if (version != nullptr) {
    for (const Word& word : version->words) words.push_back(word_json(word));
  }
  json["words"] = std::move(words);
  return json;
}

Json gap_json(const evidence::GapListed& gap) {
  Json json;
  json["blob"] = gap.blob ? Json(gap.blob->hex()) : Json(nullptr);
  json["path"] = gap.path;
  json["kind"] = to_string(gap.gap.kind);
  json["where"] = gap.gap.where;
  json["detail"] = gap.gap.detail;
  return json;
}

Json member_count_json(const MemberCount& count) {
  return {{"what", count.what}, {"expected", count.expected}, {"read", count.read}, {"unreadable", count.unreadable}};
}

std::string member_count_text(const MemberCount& count) {
  return fmt::format("{}: expected {}, read {}, unreadable {}", count.what, count.expected, count.read,
                     count.unreadable);
}

Json status_json(const evidence::Counts& counts, const std::vector<evidence::GapGroup>& groups) {
  Json json;
  json["items"] = counts.items;
  for (const ItemState state : kItemStates) {
    const auto found = counts.by_state.find(state);
    json[std::string(to_string(state))] = found == counts.by_state.end() ? 0 : found->second;
  }
  json["pages"] = counts.pages;
  json["ocr_pages"] = counts.ocr_pages;
  json["words"] = counts.words;
  json["bytes"] = counts.bytes;
  Json causes = Json::array();
  for (const evidence::GapGroup& group : groups) {
    for (const evidence::GapCause& cause : group.causes) {
      causes.push_back({{"kind", to_string(group.kind)},
                        {"detail", cause.detail},
                        {"count", cause.count},
                        {"remedy", cause.remedy},
                        {"retry", cause.retry}});
    }
  }
  json["causes"] = std::move(causes);
  return json;
}

Json removal_json(const evidence::RemovalRow& removal) {
  return {{"sha256", removal.blob.hex()}, {"size", removal.size}, {"path", removal.path},
          {"day", removal.day},           {"who", removal.who},   {"reason", removal.reason}};
}

std::string removal_text(const evidence::RemovalRow& removal) {
  const std::string by = removal.who.empty() ? "" : " by " + removal.who;
  return fmt::format("removed on {}{}: {}", removal.day, by, removal.reason);
}

Json found_json(const search::Found& found, double took_ms) {
  Json json;
  json["total"] = found.total;
  json["took_ms"] = rounded(took_ms, 1000);
  Json hits = Json::array();
  for (const search::FoundPage& page : found.pages) {
    Json hit;
    hit["item"] = page.item.value();
    hit["title"] = page.title;
    hit["path"] = page.path;
    hit["page"] = page.page.value();
    hit["label"] = page.label;
    hit["score"] = rounded(page.score, 1e6);
    hit["snippet"] = page.snippet;
    hit["citation"] = to_string(page.citation);
    Json boxes = Json::array();
    for (const Box& box : page.boxes) boxes.push_back(box_json(box));
    hit["boxes"] = std::move(boxes);
    hits.push_back(std::move(hit));
  }
  json["hits"] = std::move(hits);
  return json;
}

Json resolved_json(const evidence::Resolved& resolved, const std::string& path) {
  const std::uint32_t first = resolved.citation.first_word.value() - 1;
  const std::uint32_t last = resolved.citation.last_word.value();
  const std::vector<Word> words(resolved.version.words.begin() + first, resolved.version.words.begin() + last);
  Json json;
  json["citation"] = to_string(resolved.citation);
  json["sha256"] = resolved.citation.blob.hex();
  json["path"] = path;
  json["page"] = resolved.page.number.value();
  json["label"] = resolved.page.label;
  json["version"] = resolved.version.v();
  json["newest"] = resolved.newest;
  json["source"] = to_string(resolved.version.source);
  json["engine"] = resolved.version.engine;
  json["text"] = text_of(words);
  Json list = Json::array();
  for (const Word& word : words) list.push_back(word_json(word));
  json["words"] = std::move(list);
  return json;
}

Json verify_json(const vault::VerifyReport& report) {
  Json json;
  json["ok"] = report.ok;
  json["blobs"] = report.blobs;
  json["removed"] = report.removed;
  json["entries"] = report.entries;
  json["head"] = vault::to_string(report.head);
  Json faults = Json::array();
  for (const vault::Fault& fault : report.faults) {
    Json entry;
    entry["what"] = fault.what;
    entry["where"] = fault.where;
    entry["detail"] = fault.detail;
    faults.push_back(std::move(entry));
  }
  json["faults"] = std::move(faults);
  json["notes"] = report.notes;
  return json;
}

}  // namespace dragoman::cli
