// SPDX-License-Identifier: AGPL-3.0-or-later
#include "record/citation.h"

#include <charconv>

#include <fmt/format.h>

namespace dragoman {
namespace {

constexpr std::string_view kPrefix = "dragoman:sha256:";

Failure bad(std::string_view part, std::string_view rule) {
  return fail(
      ErrorKind::malformed,
      fmt::format("not a citation: {} (it looks like {}<64 hex>#page=3&words=120-134&v=<12 hex>)", rule, kPrefix),
      std::string(part));
}

Result<std::uint32_t> positive(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value == 0) {
    return bad(digits, "pages and words are whole numbers from 1");
  }
  return value;
}

Result<void> set_words(Citation& citation, std::string_view value) {
  const std::size_t dash = value.find('-');
  citation.first_word = WordIndex(TRY(positive(value.substr(0, dash))));
  citation.last_word =
      dash == std::string_view::npos ? citation.first_word : WordIndex(TRY(positive(value.substr(dash + 1))));
  if (citation.last_word < citation.first_word) return bad(value, "words end before they begin");
  return {};
}

Result<void> set_version(Citation& citation, std::string_view value) {
  const bool hex = value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (value.size() != kVersionDigits || !hex) return bad(value, "v is 12 lower-case hex digits");
  citation.version = std::string(value);
  return {};
}

}  // namespace

std::string to_string(const Citation& citation) {
  std::string out = fmt::format("{}{}#page={}&words={}-{}", kPrefix, citation.blob.hex(), citation.page.value(),
                                citation.first_word.value(), citation.last_word.value());
  if (!citation.version.empty()) out += "&v=" + citation.version;
  return out;
}

Result<Citation> parse_citation(std::string_view text) {
  if (!text.starts_with(kPrefix)) return bad(text.substr(0, 40), "it does not begin with dragoman:sha256:");
  text.remove_prefix(kPrefix.size());
  const std::size_t hash = text.find('#');
  if (hash == std::string_view::npos) return bad(text.substr(0, 80), "the part after # is missing");
  Citation citation;
  const auto blob = Sha256::from_hex(text.substr(0, hash));
  if (!blob) return bad(text.substr(0, hash), "the blob is 64 hex digits");
  citation.blob = *blob;
  text.remove_prefix(hash + 1);
  bool has_page = false;
  bool has_words = false;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (part.starts_with("page=") && !has_page) {
      citation.page = PageIndex(TRY(positive(part.substr(5))));
      has_page = true;
    } else if (part.starts_with("words=") && !has_words) {
      TRY_VOID(set_words(citation, part.substr(6)));
      has_words = true;
    } else if (part.starts_with("v=") && citation.version.empty()) {
      TRY_VOID(set_version(citation, part.substr(2)));
    } else {
      return bad(part, "only page, words and v may follow #, each once");
    }
  }
  if (!has_page || !has_words) return bad({}, "page and words are both needed");
  return citation;
}

}  // namespace dragoman
