// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/api_annotation.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "web/api_json.h"

namespace dragoman::web {
namespace {

// Words of the page before and behind the quotation, so that a person finds the place in another edition.
constexpr std::size_t kAround = 8;

std::string spaced(std::span<const Word> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += words[i].text;
    if (i + 1 < words.size() && words[i].after != Break::none) text += ' ';
  }
  return text;
}

// Numbers alone go into it: it is markup.
std::string boxes_svg(const evidence::Resolved& resolved, std::span<const Word> words) {
  std::string svg = fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.2f} {:.2f}">)",
                                resolved.page.width, resolved.page.height);
  for (const Word& word : words) {
    if (!word.box) continue;
    svg += fmt::format(R"(<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}"/>)", word.box->x0, word.box->y0,
                       word.box->width(), word.box->height());
  }
  return svg + "</svg>";
}

}  // namespace

std::string quotation(const evidence::Resolved& resolved) {
  const std::size_t first = resolved.citation.first_word.value() - 1;
  const std::size_t last = resolved.citation.last_word.value();
  return spaced(std::span(resolved.version.words).subspan(first, last - first));
}

Json annotation_json(const evidence::Resolved& resolved, const std::string& mime) {
  const std::span<const Word> words(resolved.version.words);
  const std::size_t first = resolved.citation.first_word.value() - 1;
  const std::size_t last = resolved.citation.last_word.value();
  const std::size_t before = std::min(first, kAround);
  const std::string citation = to_string(resolved.citation);
  Json selectors = Json::array();
  selectors.push_back({{"type", "TextQuoteSelector"},
                       {"exact", quotation(resolved)},
                       {"prefix", spaced(words.subspan(first - before, before))},
                       {"suffix", spaced(words.subspan(last, std::min(kAround, words.size() - last)))}});
  selectors.push_back({{"type", "FragmentSelector"}, {"value", citation.substr(citation.find('#') + 1)}});
  const auto cited = words.subspan(first, last - first);
  const bool boxed = std::any_of(cited.begin(), cited.end(), [](const Word& word) { return word.box.has_value(); });
  if (boxed) selectors.push_back({{"type", "SvgSelector"}, {"value", boxes_svg(resolved, cited)}});
  Json source{{"id", "urn:sha256:" + resolved.citation.blob.hex()}};
  if (!mime.empty()) source["format"] = mime;
  if (!resolved.version.lang.empty()) source["language"] = resolved.version.lang;
  return {{"@context", "http://www.w3.org/ns/anno.jsonld"},
          {"type", "Annotation"},
          {"motivation", "identifying"},
          {"target",
           {{"id", citation},
            {"type", "SpecificResource"},
            {"source", std::move(source)},
            {"selector", std::move(selectors)}}}};
}

}  // namespace dragoman::web
