#include <algorithm>

#include "search/match.h"

namespace dragoman::search {
namespace {

constexpr std::uint32_t kSnippetWords = 30;
// A "word" may be a megabyte of base64: what is shown stays short.
constexpr std::size_t kMaxWordBytes = 200;
constexpr std::size_t kMaxSnippetBytes = 2'000;

// The words to show: `core` and as many before as after it, up to kSnippetWords in all.
WordRange around(WordRange core, std::uint32_t words) {
  std::uint32_t first = core.first.value();
  std::uint32_t last = std::min(core.last.value(), first + kSnippetWords - 1);
  const std::uint32_t spare = kSnippetWords - std::min(kSnippetWords, last - first + 1);
  const std::uint32_t before = std::min(first - 1, spare / 2);
  const std::uint32_t after = std::min(words - last, spare - before);
  first -= std::min(first - 1, spare - after);
  last += after;
  return {WordIndex(first), WordIndex(last)};
}

std::string_view cut_word(std::string_view word) {
  if (word.size() <= kMaxWordBytes) return word;
  std::size_t size = kMaxWordBytes;
  while (size > 0 && (static_cast<unsigned char>(word[size]) & 0xC0U) == 0x80) --size;
  return word.substr(0, size);
}

}  // namespace

Snippet snippet(std::span<const Word> words, std::span<const Match> matches) {
  if (words.empty()) return {{}, {WordIndex(1), WordIndex(0)}};
  const auto count = static_cast<std::uint32_t>(words.size());
  const WordRange core = best_cluster(matches).value_or(WordRange{});
  Snippet result;
  result.range = around(core, count);
  std::string& out = result.text.utf8;
  if (result.range.first.value() > 1) out += "… ";
  std::uint32_t at = result.range.first.value();
  for (; at <= result.range.last.value() && out.size() < kMaxSnippetBytes; ++at) {
    const Word& word = words[at - 1];
    const std::string_view shown = cut_word(word.text);
    out += shown;
    if (shown.size() < word.text.size()) out += "…";
    const bool more = at < result.range.last.value();
    if (more && word.after != Break::none) out += ' ';
  }
  result.range.last = WordIndex(at - 1);
  if (result.range.last.value() < count) out += out.ends_with(' ') ? "…" : " …";
  return result;
}

}  // namespace dragoman::search
