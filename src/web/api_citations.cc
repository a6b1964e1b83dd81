// SPDX-License-Identifier: AGPL-3.0-or-later
// GET /api/items/{id}/pages/{page}/citation, /api/resolve.
#include "web/api_annotation.h"
#include "web/api_json.h"

namespace dragoman::web {
namespace {

/// The citation that page and parameters spell; what does not fit is named by its parameter.
Result<Citation> spelt(const Request& request, const evidence::ItemRow& item, const evidence::PageRow& page) {
  const std::string words = request.parameter("words").value_or("");
  const std::string v = request.parameter("v").value_or("");
  if (words.empty() || words.find_first_not_of("0123456789-") != std::string::npos) {
    return fail(ErrorKind::malformed, "words are two numbers from 1, as in 12-15", "words");
  }
  const Citation place{item.content->sha256, page.number, WordIndex(1), WordIndex(1), ""};
  const std::string text = to_string(place);
  auto citation = parse_citation(text.substr(0, text.rfind('=') + 1) + words);
  if (!citation) {
    citation.error().where = "words";
    return citation;
  }
  if (v.empty()) return citation;
  if (v.size() != kVersionDigits || v.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(ErrorKind::malformed, "v is 12 lower-case hex digits", "v");
  }
  citation->version = v;
  return citation;
}

Result<Answer> answer_citation(const Request& request, CaseReader& reader) {
  const evidence::ItemRow item = TRY(item_of(request, reader.db()));
  const evidence::PageRow page = TRY(page_of(request, reader.db(), item));
  const Citation citation = TRY(spelt(request, item, page));
  const evidence::Resolved resolved = TRY(from_case(evidence::resolve(reader.db(), citation)));
  Json json;
  json["citation"] = to_string(resolved.citation);
  json["quote"] = quotation(resolved);
  json["annotation"] = annotation_json(resolved, item.content->mime);
  return answer_json(json);
}

Json resolved_json(const evidence::Resolved& resolved, const evidence::ItemRow& item) {
  const Citation& citation = resolved.citation;
  Json json;
  json["citation"] = to_string(citation);
  json["item"] = item.id.value();
  json["path"] = item.path;
  json["blob"] = citation.blob.hex();
  json["page"] = citation.page.value();
  if (!resolved.page.label.empty()) json["label"] = resolved.page.label;
  json["v"] = citation.version;
  json["first"] = citation.first_word.value();
  json["last"] = citation.last_word.value();
  json["text"] = quotation(resolved);
  json["newest"] = resolved.newest;
  json["stated"] = resolved.stated;
  Json boxes = Json::array();
  for (std::uint32_t word = citation.first_word.value(); word <= citation.last_word.value(); ++word) {
    const auto& box = resolved.version.words[word - 1].box;
    if (box) boxes.push_back(box_json(*box));
  }
  json["boxes"] = std::move(boxes);
  json["width"] = two_decimals(resolved.page.width);
  json["height"] = two_decimals(resolved.page.height);
  return json;
}

Result<Answer> answer_resolve(const Request& request, CaseReader& reader) {
  const auto text = request.parameter("citation");
  if (!text) return fail(ErrorKind::malformed, "the citation is missing", "citation");
  const Citation citation = TRY(parse_citation(*text));
  const evidence::Resolved resolved = TRY(from_case(evidence::resolve(reader.db(), citation)));
  const auto quote = request.parameter("quote");
  if (quote && *quote != quotation(resolved)) {
    return fail(ErrorKind::not_found, "other words stand at that place than were quoted", "quote");
  }
  const auto content = TRY(from_case(evidence::content(reader.db(), resolved.page.content)));
  if (!content) return fail(ErrorKind::not_found, "this case holds no file with that hash", "citation");
  const auto item = TRY(from_case(evidence::item(reader.db(), content->primary)));
  if (!item) return fail(ErrorKind::io, "the case names no path for that file");
  return answer_json(resolved_json(resolved, *item));
}

}  // namespace

std::vector<Route> citation_routes() {
  return {{Method::get, "/api/items/{id}/pages/{page}/citation", Lane::quick, answer_citation},
          {Method::get, "/api/resolve", Lane::quick, answer_resolve}};
}

}  // namespace dragoman::web
