// SPDX-License-Identifier: AGPL-3.0-or-later
// How a word is cut, in this order:
//   - runs of letters, digits and remaining marks are pieces; everything else separates;
//   - an apostrophe between letters is nothing (Qur'an, O'Brien), but a final 's is dropped (Iran's) and so is a
//     French elision (l'homme);
//   - a comma between groups of three digits is nothing (1,234,567);
//   - single letters with full stops between them are one token (U.S.A.).
#include "text/tokens.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "text/affixes.h"
#include "text/fold.h"
#include "text/fold_table.h"
#include "text/letters.h"

namespace dragoman::text {
namespace {

// Words that may be joined at most: prefix, stem, two suffixes.
constexpr std::uint32_t kMaxChain = 4;
// Two Arabic letters.
constexpr std::size_t kMinStemBytes = 4;

bool is_arabic_letter(std::string_view text) {
  if (text.size() < 2) return false;
  const auto lead = static_cast<unsigned char>(text[0]);
  return lead >= 0xD8 && lead <= 0xDB;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_apostrophe(std::string_view text) {
  return text == "'" || text == "’" || text == "‘" || text == "`";
}

bool groups_digits(std::string_view text) {
  return text == "," || text == "٬" || text == "،";
}

bool is_elision(std::string_view before, std::string_view after) {
  constexpr std::string_view kElided = "ldjncmts";
  const bool elided = before == "qu" || (before.size() == 1 && kElided.find(before[0]) != std::string_view::npos);
  return elided && !after.empty() && std::string_view("aeiouyh").find(after[0]) != std::string_view::npos;
}

// Bytes of `text` that fit in kMaxTokenBytes without cutting a code point.
std::size_t fitting(std::string_view text) {
  if (text.size() <= kMaxTokenBytes) return text.size();
  std::size_t size = kMaxTokenBytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80) --size;
  return size;
}

}  // namespace

void Tokeniser::clear() {
  bytes_.clear();
  pieces_.clear();
  words_.clear();
}

void Tokeniser::add_word(std::string_view word) {
  if (add_plain_word(word)) return;
  folded_.clear();
  fold_append(word, folded_);
  find_runs();
  WordPieces pieces;
  pieces.first = static_cast<std::uint32_t>(pieces_.size());
  if (runs_.size() == 1) {
    add_piece(run_text(0));
  } else if (!runs_.empty()) {
    cut();
  }
  pieces.count = static_cast<std::uint32_t>(pieces_.size()) - pieces.first;
  if (runs_.size() == 1) {
    pieces.open_left = runs_[0].begin == 0;
    pieces.open_right = runs_[0].begin + runs_[0].size == folded_.size();
    pieces.role = role_of(run_text(0));
  }
  words_.push_back(pieces);
}

// Most words are letters of the table from end to end: folded straight into place, without a look for runs.
// False, with nothing changed, for any other.
bool Tokeniser::add_plain_word(std::string_view word) {
  const FoldTable& table = fold_table();
  const std::size_t begin = bytes_.size();
  // A code point takes at least one byte and gives at most seven; each is written as eight.
  if (word.size() > kMaxTokenBytes) return false;
  bytes_.resize(begin + word.size() * 7 + 1);
  char* out = bytes_.data() + begin;
  for (std::size_t at = 0; at < word.size();) {
    char32_t c = static_cast<unsigned char>(word[at]);
    std::size_t size = 1;
    if (c >= 0x80) {
      const bool two =
          c >= 0xC2 && c <= 0xDF && at + 1 < word.size() && (static_cast<unsigned char>(word[at + 1]) & 0xC0U) == 0x80;
      const bool zwnj = word.compare(at, 3, "\u200C") == 0;
      if (!two && !zwnj) {
        bytes_.resize(begin);
        return false;
      }
      c = zwnj ? U'\u00AD'
               : (c & 0x1FU) << 6 | (static_cast<unsigned char>(word[at + 1]) & 0x3FU);  // both fold to nothing
      size = zwnj ? 3 : 2;
    }
    if (!table.is_plain(c)) {
      bytes_.resize(begin);
      return false;
    }
    const FoldEntry& entry = table.low(c);
    std::memcpy(out, entry.bytes, sizeof entry.bytes);
    out += entry.size;
    at += size;
  }
  const auto folded = static_cast<std::size_t>(out - bytes_.data()) - begin;
  if (folded > kMaxTokenBytes) {
    bytes_.resize(begin);
    return false;
  }
  bytes_.resize(begin + folded);
  WordPieces pieces;
  pieces.first = static_cast<std::uint32_t>(pieces_.size());
  if (folded > 0) {
    pieces.count = 1;
    pieces.open_left = true;
    pieces.open_right = true;
    pieces_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(folded)});
    pieces.role = role_of(std::string_view(bytes_).substr(begin));
  }
  words_.push_back(pieces);
  return true;
}

// Fills runs_ with the letter runs of folded_.
void Tokeniser::find_runs() {
  runs_.clear();
  bool open = false;
  std::size_t at = 0;
  while (at < folded_.size()) {
    const std::size_t begin = at;
    const auto lead = static_cast<unsigned char>(folded_[at]);
    LetterKind kind = LetterKind::none;
    if (lead < 0x80) {
      kind = letter_kind(lead);
      ++at;
    } else {
      kind = letter_kind(next_codepoint(folded_, at));
    }
    if (kind == LetterKind::none) {
      open = false;
      continue;
    }
    if (!open || kind == LetterKind::alone) {
      runs_.push_back({static_cast<std::uint32_t>(begin), 0});
    }
    runs_.back().size = static_cast<std::uint32_t>(at) - runs_.back().begin;
    open = kind != LetterKind::alone;
  }
}

std::string_view Tokeniser::run_text(std::size_t run) const {
  return std::string_view(folded_).substr(runs_[run].begin, runs_[run].size);
}

std::string_view Tokeniser::gap_after(std::size_t run) const {
  if (run + 1 >= runs_.size()) return {};
  const std::size_t end = runs_[run].begin + runs_[run].size;
  return std::string_view(folded_).substr(end, runs_[run + 1].begin - end);
}

// A word of several runs.
void Tokeniser::cut() {
  if (add_initials()) return;
  for (std::size_t run = 0; run < runs_.size();) {
    std::string_view text = run_text(run);
    if (is_apostrophe(gap_after(run)) && is_elision(text, run_text(run + 1))) {
      ++run;
      continue;
    }
    merged_.assign(text);
    const bool number = all_digits(text) && text.size() <= 3;
    for (; run + 1 < runs_.size(); ++run) {
      const std::string_view next = run_text(run + 1);
      if (is_apostrophe(gap_after(run)) && !all_digits(next)) {
        if (next != "s" || run + 2 < runs_.size()) merged_ += next;
      } else if (number && groups_digits(gap_after(run)) && next.size() == 3 && all_digits(next)) {
        merged_ += next;
      } else {
        break;
      }
    }
    add_piece(merged_);
    ++run;
  }
}

bool Tokeniser::add_initials() {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    const std::string_view text = run_text(run);
    std::size_t size = 0;
    next_codepoint(text, size);
    if (size != text.size() || all_digits(text)) return false;
    if (run + 1 < runs_.size() && gap_after(run) != ".") return false;
  }
  merged_.clear();
  for (std::size_t run = 0; run < runs_.size(); ++run) merged_ += run_text(run);
  add_piece(merged_);
  return true;
}

void Tokeniser::add_piece(std::string_view text) {
  const std::size_t size = fitting(text);
  pieces_.push_back({static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(size)});
  bytes_.append(text.substr(0, size));
}

Tokeniser::Role Tokeniser::role_of(std::string_view token) {
  if (!is_arabic_letter(token)) return Role::other;
  switch (affix_kind(token)) {
    case AffixKind::prefix: return Role::prefix;
    case AffixKind::suffix: return Role::suffix;
    case AffixKind::none: break;
  }
  return token.size() >= kMinStemBytes ? Role::stem : Role::other;
}

std::uint32_t Tokeniser::chain_from(std::uint32_t at, std::uint32_t& least) const {
  if (words_[at].role != Role::prefix && words_[at].role != Role::stem) return 0;
  std::uint32_t end = at;  // behind the last word taken
  bool stem = false;
  while (end < words_.size() && end - at < kMaxChain) {
    const WordPieces& word = words_[end];
    if (end > at && (!word.open_left || !words_[end - 1].open_right)) break;
    if (word.role == Role::other || (word.role == Role::suffix) != stem) break;
    if (word.role == Role::stem) {
      stem = true;
      least = std::max<std::uint32_t>(2, end - at + 1);
    }
    ++end;
  }
  return stem && end - at >= 2 ? end - at : 0;
}

std::string_view Tokeniser::joined(std::uint32_t at, std::uint32_t count) const {
  chain_.clear();
  for (std::uint32_t word = at; word < at + count; ++word) {
    const Piece& piece = pieces_[words_[word].first];
    chain_.append(bytes_, piece.begin, piece.size);
  }
  chain_.resize(fitting(chain_));
  return chain_;
}

std::vector<Token> tokens_of(std::span<const Word> words) {
  Tokeniser tokeniser;
  for (const Word& word : words) tokeniser.add_word(word.text);
  std::vector<Token> tokens;
  tokens.reserve(words.size());
  tokeniser.walk([&](const TokenView& view) {
    tokens.push_back({std::string(view.text), WordIndex(view.word), WordIndex(view.last_word), view.joined});
    return true;
  });
  return tokens;
}

std::vector<std::pair<std::string, std::string>> split_affixes(std::string_view token) {
  std::vector<std::pair<std::string, std::string>> splits;
  for (std::string_view prefix : kPrefixes) {
    const bool fits = token.starts_with(prefix) && token.size() >= prefix.size() + kMinStemBytes;
    if (fits) splits.emplace_back(prefix, token.substr(prefix.size()));
  }
  for (std::string_view suffix : kSuffixes) {
    const bool fits =
        suffix.size() >= kMinStemBytes && token.ends_with(suffix) && token.size() >= suffix.size() + kMinStemBytes;
    if (fits) splits.emplace_back(token.substr(0, token.size() - suffix.size()), suffix);
  }
  return splits;
}

}  // namespace dragoman::text
