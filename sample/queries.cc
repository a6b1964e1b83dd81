// SPDX-License-Identifier: AGPL-3.0-or-later
// Each sort of query is a way of typing a word of the leak differently from how it is printed. The
// answer is found by folding both and looking at every page; no index is involved, so that an index
// can be tested against it.
#include "queries.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/result.h"
#include "base/utf8.h"
#include "gold.h"
#include "prng.h"

namespace dragoman::sample {
namespace {

constexpr std::string_view kZwnj = "\u200C";
constexpr std::size_t kQueriesOfEachSort = 5;
constexpr std::size_t kMostPages = 20;

char32_t fold(char32_t c) {
  switch (c) {
    case U'ي':
    case U'ى': return U'ی';
    case U'ك': return U'ک';
    case U'ة': return U'ه';
    case U'ٱ': return U'ا';
    default: break;
  }
  const auto point = static_cast<UChar32>(c);
  const int digit = u_charDigitValue(point);
  return digit >= 0 ? U'0' + static_cast<char32_t>(digit)
                    : static_cast<char32_t>(u_foldCase(point, U_FOLD_CASE_DEFAULT));
}

// Harakat, hamza and madda after decomposition, accents; ZWNJ and other format controls; tatweel.
bool is_dropped(char32_t c) {
  const auto type = u_charType(static_cast<UChar32>(c));
  return type == U_NON_SPACING_MARK || type == U_FORMAT_CHAR || c == U'ـ';
}

std::string decompose(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(status);
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  std::string out;
  nfkd->normalize(source, status).toUTF8String(out);
  CHECK(U_SUCCESS(status));
  return out;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out.push_back(next_codepoint(text, at));
  return out;
}

std::string encode(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

struct SearchedPage {
  PageRef ref;
  Lang lang;
  bool scan;
  const GoldPage* gold;
  std::vector<std::string> tokens;
};

class Pages {
 public:
  explicit Pages(const std::vector<PlacedItem>& items) {
    for (const PlacedItem& placed : items) {
      if (placed.duplicate) continue;
      for (const GoldPage& page : placed.item->pages) {
        pages_.push_back({{placed.path, page.page}, page.lang, page.source == "scan", &page, folded_tokens(page.text)});
        for (const std::string& token : pages_.back().tokens) postings_[token].insert(pages_.size() - 1);
      }
    }
  }

  using Found = std::set<std::size_t>;

  const std::vector<SearchedPage>& all() const { return pages_; }
  const SearchedPage& at(std::size_t index) const { return pages_[index]; }

  Found with_all(const std::vector<std::string>& tokens) const {
    std::optional<Found> found;
    for (const std::string& token : tokens) {
      const auto posting = postings_.find(token);
      if (posting == postings_.end()) return {};
      found = found ? intersection(*found, posting->second) : posting->second;
    }
    return found.value_or(Found{});
  }
  Found with_phrase(const std::vector<std::string>& tokens) const {
    Found found;
    for (const std::size_t page : with_all(tokens)) {
      const auto& have = pages_[page].tokens;
      if (std::search(have.begin(), have.end(), tokens.begin(), tokens.end()) != have.end()) found.insert(page);
    }
    return found;
  }
  Found with_prefix(const std::string& prefix) const {
    Found found;
    for (auto it = postings_.lower_bound(prefix); it != postings_.end() && it->first.starts_with(prefix); ++it) {
      found.insert(it->second.begin(), it->second.end());
    }
    return found;
  }

 private:
  static Found intersection(const Found& a, const Found& b) {
    Found out;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
    return out;
  }

  std::vector<SearchedPage> pages_;
  std::map<std::string, Found> postings_;
};

// A word of a page as printed, without the punctuation around it. Words that tokenizers may cut
// differently, or that folding rules of hamza may treat differently, are no candidates.
struct Candidate {
  const SearchedPage* page;
  std::size_t word;
  std::u32string text;
};

bool is_plain(std::u32string_view word) {
  constexpr std::u32string_view kDisputed = U"ءئؤى";
  return std::all_of(word.begin(), word.end(), [&](char32_t c) {
    return (u_isalnum(static_cast<UChar32>(c)) || is_dropped(c)) && kDisputed.find(c) == std::u32string_view::npos;
  });
}

std::u32string trimmed(std::u32string text) {
  const auto edge = [](char32_t c) { return !u_isalnum(static_cast<UChar32>(c)) && !is_dropped(c); };
  while (!text.empty() && edge(text.back())) text.pop_back();
  while (!text.empty() && edge(text.front())) text.erase(0, 1);
  return text;
}

bool contains_any(std::u32string_view text, std::u32string_view letters) {
  return text.find_first_of(letters) != std::u32string_view::npos;
}

bool is_number(std::u32string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char32_t c) { return u_charDigitValue(static_cast<UChar32>(c)) >= 0; });
}

std::u32string replaced(std::u32string text, std::u32string_view from, std::u32string_view to) {
  for (char32_t& c : text) {
    const std::size_t at = from.find(c);
    if (at != std::u32string_view::npos) c = to[at];
  }
  return text;
}

std::u32string without(std::u32string text, const std::function<bool(char32_t)>& drop) {
  std::erase_if(text, drop);
  return text;
}

bool is_haraka(char32_t c) {
  return c >= 0x064B && c <= 0x0652;
}

// The typed form of a word, or nothing where this sort of query cannot be made of it.
using Typist = std::function<std::optional<std::u32string>(const Candidate&)>;

struct SortOfQuery {
  std::string_view why;
  Typist type;
};

std::optional<std::u32string> arabic_letters(const Candidate& c) {
  if (c.page->lang != Lang::fa || !contains_any(c.text, U"یک") || contains_any(c.text, U"\u200C")) return {};
  return replaced(c.text, U"یک", U"يك");
}

// Only affixes that docs/folding.md lists may also stand apart.
bool has_listed_affix(std::u32string_view word) {
  const std::size_t at = word.find(U'\u200C');
  if (at == std::u32string_view::npos || word.find(U'\u200C', at + 1) != std::u32string_view::npos) return false;
  const std::u32string_view before = word.substr(0, at);
  const std::u32string_view after = word.substr(at + 1);
  return before == U"می" || before == U"نمی" || after == U"ها" || after == U"های" || after == U"ترین";
}

std::optional<std::u32string> joined(const Candidate& c) {
  if (!has_listed_affix(c.text)) return {};
  return without(c.text, [](char32_t x) { return x == U'\u200C'; });
}

std::optional<std::u32string> spaced(const Candidate& c) {
  if (!has_listed_affix(c.text)) return {};
  return replaced(c.text, U"\u200C", U" ");
}

std::optional<std::u32string> western_number(const Candidate& c) {
  if (c.page->lang == Lang::en || !is_number(c.text) || c.text.size() < 3) return {};
  return replaced(replaced(c.text, U"۰۱۲۳۴۵۶۷۸۹", U"0123456789"), U"٠١٢٣٤٥٦٧٨٩", U"0123456789");
}

std::optional<std::u32string> persian_number(const Candidate& c) {
  if (c.page->lang == Lang::fa || !is_number(c.text) || c.text.size() < 3) return {};
  return replaced(replaced(c.text, U"0123456789", U"۰۱۲۳۴۵۶۷۸۹"), U"٠١٢٣٤٥٦٧٨٩", U"۰۱۲۳۴۵۶۷۸۹");
}

std::optional<std::u32string> harakat(const Candidate& c) {
  if (c.page->lang != Lang::ar || is_number(c.text)) return {};
  if (std::any_of(c.text.begin(), c.text.end(), is_haraka)) return without(c.text, is_haraka);
  std::u32string vowelled = c.text;
  vowelled.insert(1, 1, U'\u064E');  // and the other way: typed with a vowel, printed without
  return vowelled;
}

std::optional<std::u32string> bare_alef(const Candidate& c) {
  if (!contains_any(c.text, U"أإآ")) return {};
  return replaced(c.text, U"أإآ", U"ااا");
}

std::optional<std::u32string> other_case(const Candidate& c) {
  if (c.page->lang != Lang::en || is_number(c.text)) return {};
  std::u32string out = c.text;
  for (char32_t& x : out) {
    const auto point = static_cast<UChar32>(x);
    x = static_cast<char32_t>(u_isupper(point) ? u_tolower(point) : u_toupper(point));
  }
  return out;
}

std::optional<std::u32string> prefix(const Candidate& c) {
  if (c.text.size() < 6 || is_number(c.text) || contains_any(c.text, U"\u200C") ||
      std::any_of(c.text.begin(), c.text.end(), is_dropped)) {
    return {};
  }
  return c.text.substr(0, 4) + U"*";
}

// This word and the two after it, where no punctuation and no line end stands between.
std::optional<std::u32string> phrase(const Candidate& c) {
  const std::vector<GoldWord>& words = c.page->gold->words;
  std::u32string out;
  for (std::size_t i = c.word; i < c.word + 3; ++i) {
    if (i >= words.size()) return {};
    const std::u32string raw = decode(words[i].text);
    if (!is_plain(raw) || contains_any(raw, U"\u200C")) return {};
    if (i > c.word && words[i].box && words[i].line_top != words[c.word].line_top && c.page->gold->source == "born")
      return {};
    out += (out.empty() ? U"\"" : U" ") + raw;
  }
  return out + U"\"";
}

std::optional<std::u32string> two_words(const Candidate& c) {
  const std::vector<GoldWord>& words = c.page->gold->words;
  const std::u32string other = trimmed(decode(words[(c.word + words.size() / 2) % words.size()].text));
  if (other.size() < 4 || !is_plain(other) || contains_any(other + c.text, U"\u200C") || other == c.text) return {};
  return c.text + U" " + other;
}

const std::array<SortOfQuery, 11> kSorts{{{"arabic_letters_for_persian", arabic_letters},
                                          {"without_zwnj", joined},
                                          {"without_zwnj", spaced},
                                          {"western_digits", western_number},
                                          {"persian_digits", persian_number},
                                          {"harakat", harakat},
                                          {"alef_forms", bare_alef},
                                          {"case", other_case},
                                          {"phrase", phrase},
                                          {"prefix", prefix},
                                          {"two_words", two_words}}};

Pages::Found answer(const Pages& pages, const Candidate& candidate, const std::string& typed) {
  if (typed.ends_with('*')) return pages.with_prefix(folded_tokens(typed).at(0));
  if (typed.starts_with('"')) return pages.with_phrase(folded_tokens(typed));
  Pages::Found found = pages.with_all(folded_tokens(typed));
  // A half-space typed as a blank: the word as printed is meant too.
  if (contains_any(candidate.text, U"\u200C")) found.merge(pages.with_all(folded_tokens(encode(candidate.text))));
  return found;
}

std::vector<Candidate> candidates(const Pages& pages, Prng& prng) {
  std::vector<Candidate> out;
  for (const SearchedPage& page : pages.all()) {
    if (page.scan) continue;  // a query must be answerable without recognition, at least in part
    for (std::size_t i = 0; i < page.gold->words.size(); ++i) {
      std::u32string text = trimmed(decode(page.gold->words[i].text));
      if (text.size() >= 3 && is_plain(text)) out.push_back({&page, i, std::move(text)});
    }
  }
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[prng.below(i)]);
  return out;
}

}  // namespace

std::vector<std::string> folded_tokens(std::string_view text) {
  std::vector<std::string> tokens;
  bool inside = false;
  for (const char32_t c : decode(decompose(text))) {
    if (is_dropped(c)) continue;
    const bool part = u_isalnum(static_cast<UChar32>(c)) != 0;
    if (part && !inside) tokens.emplace_back();
    if (part) append_utf8(tokens.back(), fold(c));
    inside = part;
  }
  return tokens;
}

std::vector<Query> make_queries(const std::vector<PlacedItem>& items, std::uint64_t seed) {
  const Pages pages(items);
  Prng prng = Prng(seed).fork("queries");
  const std::vector<Candidate> words = candidates(pages, prng);
  std::vector<Query> out;
  std::set<std::string> asked;
  for (const SortOfQuery& sort : kSorts) {
    std::size_t made = 0;
    for (const Candidate& candidate : words) {
      if (made == kQueriesOfEachSort) break;
      const std::optional<std::u32string> typed = sort.type(candidate);
      if (!typed) continue;
      const std::string text = encode(*typed);
      const Pages::Found found = answer(pages, candidate, text);
      if (found.empty() || found.size() > kMostPages || !asked.insert(text).second) continue;
      Query query{fmt::format("q{:03}", out.size() + 1), std::string(sort.why), text, {}, {}, {}};
      for (const std::size_t page : found) {
        (pages.at(page).scan ? query.expect_scan : query.expect).push_back(pages.at(page).ref);
      }
      out.push_back(std::move(query));
      ++made;
    }
  }
  for (const SearchedPage& page : pages.all()) {
    if (page.gold->planted.empty()) continue;
    Query query{fmt::format("q{:03}", out.size() + 1), "planted", page.gold->planted, {page.ref}, {}, page.gold->label};
    out.push_back(std::move(query));
  }
  return out;
}

}  // namespace dragoman::sample
