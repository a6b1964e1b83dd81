// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pdf_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "read/pdf_bidi.h"
#include "read/pdf_layout.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/script.h"
#include "text/word_list.h"

namespace dragoman::read {
namespace {

// From this share of right-to-left letters on, a page is laid out from MuPDF's glyphs.
constexpr double kRtlPage = 0.02;
// Below this share of known words a Latin page is worth a second opinion, which must be better by kClearlyBetter.
constexpr float kPoorQuality = 0.6F;
constexpr float kClearlyBetter = 0.05F;
constexpr std::size_t kFewWords = 10;
// The language is told from this many words.
constexpr std::size_t kTellingWords = 120;

bool same_line(const Box& a, const Box& b) {
  const float shared = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  return shared > 0.5F * std::min(a.height(), b.height());
}

Box joined(const Box& a, const Box& b) {
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

// A token as printed: bidi controls split it; each part gets its share of the box by the number of letters.
std::vector<Word> words_of_token(const PdfToken& token) {
  const bool visual = has_rtl(token.text);
  std::vector<Word> out;
  std::size_t start = 0;
  const auto length = static_cast<float>(std::max<std::size_t>(1, token.text.size()));
  for (std::size_t i = 0; i <= token.text.size(); ++i) {
    if (i < token.text.size() && !is_bidi_control(token.text[i])) continue;
    const std::u32string_view part = std::u32string_view(token.text).substr(start, i - start);
    const std::u32string reading = visual ? logical_of_visual(part) : std::u32string(part);
    Word word{printed_form(reading), token.box, {}, Break::space};
    if (!word.text.empty() && part.size() != token.text.size()) {
      const float width = token.box.width() / length;
      word.box->x0 = token.box.x0 + width * static_cast<float>(start);
      word.box->x1 = token.box.x0 + width * static_cast<float>(i);
    }
    if (!word.text.empty()) out.push_back(std::move(word));
    start = i + 1;
  }
  return out;
}

bool continues(const PdfToken& before, const PdfToken& token) {
  if (before.space_after || before.quarter_turns != token.quarter_turns || !same_line(before.box, token.box))
    return false;
  if (before.quarter_turns != 0) return false;
  const float gap = token.box.x0 - before.box.x1;
  return std::abs(gap) < 0.1F * std::max(before.box.height(), token.box.height());
}

// Tokens of one line, pieces of a word joined.
struct TokenLine {
  std::vector<Word> words;
  int quarter_turns = 0;
  Box box;
};

bool breaks_line(const TokenLine& line, const PdfToken& token) {
  if (line.quarter_turns != token.quarter_turns) return true;
  const Box& last = *line.words.back().box;
  switch (token.quarter_turns) {
    case 0: return !same_line(last, token.box) || token.box.x1 < last.x0;
    case 2: return !same_line(last, token.box) || token.box.x0 > last.x1;
    default: return std::min(last.x1, token.box.x1) - std::max(last.x0, token.box.x0) <= 0;
  }
}

std::vector<TokenLine> lines_of(std::span<const PdfToken> tokens) {
  std::vector<TokenLine> lines;
  const PdfToken* before = nullptr;
  for (const PdfToken& token : tokens) {
    std::vector<Word> words = words_of_token(token);
    if (words.empty()) continue;
    if (lines.empty() || breaks_line(lines.back(), token)) {
      lines.push_back(TokenLine{{}, token.quarter_turns, token.box});
    } else if (before != nullptr && continues(*before, token) && !has_rtl(token.text) && !has_rtl(before->text)) {
      Word& last = lines.back().words.back();
      last.text += words.front().text;
      last.box = joined(*last.box, *words.front().box);
      words.erase(words.begin());
    }
    lines.back().box = joined(lines.back().box, token.box);
    std::move(words.begin(), words.end(), std::back_inserter(lines.back().words));
    before = &token;
  }
  return lines;
}

std::u32string utf32_of(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) out.push_back(next_codepoint(utf8, at));
  return out;
}

// The words of a line from visual order into reading order, whole words at a time.
void turn_line(std::vector<Word>& words) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Cell cell;
    cell.codes = utf32_of(words[i].text);
    cell.index = i;
    classify(cell);
    if (i > 0) cells.emplace_back();
    cells.push_back(std::move(cell));
  }
  const bool rtl = is_right_to_left(cells);
  to_reading_order(cells, rtl);
  std::vector<Word> out;
  for (const Cell& cell : cells) {
    if (!cell.gap()) out.push_back(std::move(words[cell.index]));
  }
  words = std::move(out);
}

// poppler's tokens by height on the page, to find the one that stands where a word does.
class TokenPlaces {
 public:
  explicit TokenPlaces(std::span<const PdfToken> tokens) {
    for (const PdfToken& token : tokens) {
      if (token.quarter_turns == 0) places_.push_back(&token);
      tallest_ = std::max(tallest_, token.box.height());
    }
    std::sort(places_.begin(), places_.end(),
              [](const PdfToken* a, const PdfToken* b) { return a->box.middle_y() < b->box.middle_y(); });
  }

  // The token whose extent along the line is nearly that of `box`, or null.
  const PdfToken* at(const Box& box) const {
    const float reach = (box.height() + tallest_) / 2;
    const auto low = std::lower_bound(places_.begin(), places_.end(), box.middle_y() - reach,
                                      [](const PdfToken* token, float y) { return token->box.middle_y() < y; });
    const PdfToken* best = nullptr;
    float best_share = 0.75F;
    for (auto it = low; it != places_.end() && (*it)->box.middle_y() <= box.middle_y() + reach; ++it) {
      const Box& other = (*it)->box;
      if (!same_line(box, other)) continue;
      const float shared = std::min(box.x1, other.x1) - std::max(box.x0, other.x0);
      const float all = std::max(box.x1, other.x1) - std::min(box.x0, other.x0);
      if (all > 0 && shared / all > best_share) {
        best = *it;
        best_share = shared / all;
      }
    }
    return best;
  }

 private:
  std::vector<const PdfToken*> places_;
  float tallest_ = 0;
};

std::string language_of(std::span<const Word> words) {
  return text::language_of(words.subspan(0, std::min(words.size(), kTellingWords)));
}

PdfText judged(std::vector<Word> words, std::string engine, std::string lang) {
  PdfText text;
  text.quality = static_cast<float>(text::sampled_known(words, lang));
  text.lang = std::move(lang);
  text.words = std::move(words);
  text.engine = std::move(engine);
  return text;
}

// Too few known words in a language whose words we know, or in none that could be told.
bool is_poor(const PdfText& text) {
  const bool judged = text.lang.empty() || text::WordList::find(text.lang) != nullptr;
  return judged && text.quality < kPoorQuality && text.words.size() >= kFewWords;
}

}  // namespace

double rtl_share(std::span<const PdfToken> tokens) {
  std::size_t rtl = 0;
  std::size_t all = 0;
  for (const PdfToken& token : tokens) {
    for (const char32_t c : token.text) {
      const text::Script script = text::script_of(c);
      all += script != text::Script::none ? 1U : 0U;
      rtl += text::is_right_to_left(script) ? 1U : 0U;
    }
  }
  return all == 0 ? 0 : static_cast<double>(rtl) / static_cast<double>(all);
}

std::vector<Word> words_of_tokens(std::span<const PdfToken> tokens) {
  std::vector<TokenLine> lines = lines_of(tokens);
  std::vector<Word> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    TokenLine& line = lines[i];
    turn_line(line.words);
    Break after = Break::line;
    if (i + 1 < lines.size() && line.quarter_turns == 0) {
      const Box& next = lines[i + 1].box;
      const float gap = next.y0 - line.box.y1;
      // poppler's boxes are as high as the font, so lines of a paragraph touch.
      if (gap > 0.6F * std::min(next.height(), line.box.height()) || next.y1 < line.box.y0) after = Break::paragraph;
    }
    line.words.back().after = after;
    std::move(line.words.begin(), line.words.end(), std::back_inserter(out));
  }
  return out;
}

std::vector<Word> refined(std::vector<Word> words, std::span<const PdfToken> tokens, const std::string& lang) {
  const TokenPlaces places(tokens);
  const text::WordList* list = text::WordList::find(lang);
  for (Word& word : words) {
    const PdfToken* token = word.box ? places.at(*word.box) : nullptr;
    if (token == nullptr) continue;
    const std::vector<Word> said = words_of_token(*token);
    if (said.size() != 1 || said.front().text == word.text) continue;
    const std::string theirs = text::fold_word(said.front().text);
    const std::string ours = text::fold_word(word.text);
    const bool same = theirs == ours && codepoint_count(said.front().text) >= codepoint_count(word.text);
    const bool better = theirs != ours && list != nullptr && list->contains(theirs) && !list->contains(ours);
    if (same || better) word.text = said.front().text;
  }
  return words;
}

std::optional<PdfText> text_of_tokens(const PdfTokens& tokens) {
  if (tokens.tokens.empty() || rtl_share(tokens.tokens) >= kRtlPage) return std::nullopt;
  std::vector<Word> words = words_of_tokens(tokens.tokens);
  std::string lang = language_of(words);
  PdfText text = judged(std::move(words), PopplerDocument::engine(), std::move(lang));
  if (is_poor(text)) return std::nullopt;
  return text;
}

PdfText text_of_page(const PdfTokens& tokens, const PdfInk& ink) {
  const auto from_glyphs = [&] {
    std::vector<Word> words = words_of_glyphs(ink.glyphs);
    std::string lang = language_of(words);
    return judged(std::move(words), MupdfDocument::engine(), std::move(lang));
  };
  if (tokens.tokens.empty()) return from_glyphs();
  if (rtl_share(tokens.tokens) >= kRtlPage && !ink.glyphs.empty()) {
    std::vector<Word> words = words_of_glyphs(ink.glyphs);
    std::string lang = language_of(words);
    words = refined(std::move(words), tokens.tokens, lang);
    return judged(std::move(words), MupdfDocument::engine() + " + " + PopplerDocument::engine(), std::move(lang));
  }
  std::vector<Word> words = words_of_tokens(tokens.tokens);
  std::string lang = language_of(words);
  PdfText first = judged(std::move(words), PopplerDocument::engine(), std::move(lang));
  if (!is_poor(first) || ink.glyphs.empty()) return first;
  PdfText second = from_glyphs();
  return second.quality > first.quality + kClearlyBetter ? second : first;
}

Page page_of_text(std::uint32_t number, const PdfInk& ink, PdfText text) {
  Page page;
  page.number = PageIndex{number};
  page.width = ink.width;
  page.height = ink.height;
  page.picture_cover = ink.picture_cover;
  page.has_ink = ink.has_ink;
  page.source = text.words.empty() ? TextSource::none : TextSource::text_layer;
  page.engine = text.words.empty() ? "" : std::move(text.engine);
  page.lang = std::move(text.lang);
  page.quality = text.quality;
  page.words = std::move(text.words);
  return page;
}

}  // namespace dragoman::read
