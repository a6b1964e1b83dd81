// SPDX-License-Identifier: AGPL-3.0-or-later
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

std::uint32_t utf16_units(std::string_view text) {
  std::uint32_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // One for each first byte of a code point, two where that lies outside of the basic plane.
    units += (byte & 0xC0U) == 0x80 ? 0U : byte >= 0xF0 ? 2U : 1U;
  }
  return units;
}

// The text as it grows, with where each word of it stands.
class SnippetText {
 public:
  explicit SnippetText(std::vector<WordRange> runs) : runs_(std::move(runs)) {}

  void add(std::string_view text) {
    out_ += text;
    units_ += utf16_units(text);
  }
  void add_word(std::uint32_t number, std::string_view text) {
    while (run_ < runs_.size() && runs_[run_].last.value() < number) ++run_;
    const bool marked = run_ < runs_.size() && runs_[run_].first.value() <= number;
    const std::uint32_t begin = units_;
    add(text);
    if (!marked) return;
    const bool goes_on = !marks_.empty() && run_ == last_run_;
    if (goes_on) {
      marks_.back().end = units_;
    } else {
      marks_.push_back({begin, units_});
    }
    last_run_ = run_;
  }
  std::string& text() { return out_; }
  std::vector<TextMark> marks() { return std::move(marks_); }

 private:
  std::vector<WordRange> runs_;
  std::size_t run_ = 0;
  std::size_t last_run_ = 0;
  std::string out_;
  std::uint32_t units_ = 0;
  std::vector<TextMark> marks_;
};

}  // namespace

Snippet snippet(std::span<const Word> words, std::span<const Match> matches) {
  if (words.empty()) return {{}, {WordIndex(1), WordIndex(0)}, {}};
  const auto count = static_cast<std::uint32_t>(words.size());
  const WordRange core = best_cluster(matches).value_or(WordRange{});
  Snippet result;
  result.range = around(core, count);
  SnippetText out(runs_of_matches(matches));
  if (result.range.first.value() > 1) out.add("… ");
  std::uint32_t at = result.range.first.value();
  for (; at <= result.range.last.value() && out.text().size() < kMaxSnippetBytes; ++at) {
    const Word& word = words[at - 1];
    const std::string_view shown = cut_word(word.text);
    out.add_word(at, shown);
    if (shown.size() < word.text.size()) out.add("…");
    const bool more = at < result.range.last.value();
    if (more && word.after != Break::none) out.add(" ");
  }
  result.range.last = WordIndex(at - 1);
  if (result.range.last.value() < count) out.add(out.text().ends_with(' ') ? "…" : " …");
  result.text.utf8 = std::move(out.text());
  result.marks = out.marks();
  return result;
}

}  // namespace dragoman::search
