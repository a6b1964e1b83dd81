// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/reflow.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/utf8.h"
#include "read/input.h"
#include "text/language.h"
#include "text/word_list.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kBite = 64 * 1024;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Where a page of at most `most` of these words ends: behind the last paragraph in its second half, else the last
// line end, else at the limit.
std::size_t page_end(const std::vector<Word>& words, std::size_t most) {
  if (words.size() <= most) return words.size();
  std::size_t line = 0;
  for (std::size_t at = most; at > 0; --at) {
    if (words[at - 1].after == Break::paragraph) return at;
    if (line == 0 && words[at - 1].after == Break::line) line = at;
  }
  return line > 0 ? line : most;
}

// Bytes of the longest prefix of at most `most` bytes that ends between two code points.
std::size_t whole_prefix(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

Word piece_of(const Word& word, std::size_t from, std::size_t count) {
  Word piece{word.text.substr(from, count), word.box, word.conf, Break::none};
  if (piece.box) {
    const float width = word.box->width() / static_cast<float>(word.text.size());
    piece.box->x0 = word.box->x0 + width * static_cast<float>(from);
    piece.box->x1 = std::min(word.box->x1, piece.box->x0 + width * static_cast<float>(count));
    piece.box->x0 = std::min(piece.box->x0, piece.box->x1);
  }
  return piece;
}

}  // namespace

void split_long_words(std::vector<Word>& words) {
  const auto is_long = [](const Word& word) { return word.text.size() > kMaxWordBytes; };
  if (std::none_of(words.begin(), words.end(), is_long)) return;
  std::vector<Word> out;
  out.reserve(words.size() + 16);
  for (Word& word : words) {
    if (!is_long(word)) {
      out.push_back(std::move(word));
      continue;
    }
    for (std::size_t at = 0; at < word.text.size();) {
      const std::size_t count = whole_prefix(std::string_view(word.text).substr(at), kMaxWordBytes);
      out.push_back(piece_of(word, at, count));
      at += count;
    }
    out.back().after = word.after;
  }
  words = std::move(out);
}

Reflow::Reflow(std::string_view text, const Limits& limits)
    : rest_(text), most_(std::max<std::size_t>(1, limits.reflow_words_per_page)) {}

void Reflow::refill() {
  while (words_.size() <= most_ && !segment_.empty()) {
    // A bite ends behind white space, so that what follows its last word is known.
    std::size_t end = std::min(kBite, segment_.size());
    while (end < segment_.size() && !is_blank(segment_[end]) && end < kMaxWordBytes * kBite / 64) ++end;
    while (end < segment_.size() && is_blank(segment_[end])) ++end;
    end = whole_prefix(segment_, end);
    std::vector<Word> more = words_of(segment_.substr(0, end));
    split_long_words(more);
    std::move(more.begin(), more.end(), std::back_inserter(words_));
    segment_.remove_prefix(end);
  }
}

std::optional<std::vector<Word>> Reflow::next() {
  for (;;) {
    refill();
    if (!words_.empty()) break;
    if (rest_.empty()) return std::nullopt;
    const std::size_t feed = rest_.find('\f');
    segment_ = rest_.substr(0, feed);
    rest_.remove_prefix(feed == rest_.npos ? rest_.size() : feed + 1);
  }
  const auto end = words_.begin() + static_cast<std::ptrdiff_t>(page_end(words_, most_));
  std::vector<Word> page(std::make_move_iterator(words_.begin()), std::make_move_iterator(end));
  words_.erase(words_.begin(), end);
  return page;
}

namespace {

/// The pages of a body one by one: its text, then its parts, each from a page of its own.
class BodyPages {
 public:
  BodyPages(const Body& body, const Limits& limits) : body_(body), limits_(limits), reflow_(body.text, limits) {}

  struct Leaf {
    std::string_view label;
    std::vector<Word> words;
  };
  std::optional<Leaf> next() {
    for (;;) {
      std::optional<std::vector<Word>> words = reflow_.next();
      if (words) return Leaf{label_, std::move(*words)};
      if (part_ == body_.parts.size()) return std::nullopt;
      const BodyPart& part = body_.parts[part_++];
      label_ = part.label;
      reflow_ = Reflow(part.text, limits_);
    }
  }

 private:
  const Body& body_;
  const Limits& limits_;
  Reflow reflow_;
  std::string_view label_;
  std::size_t part_ = 0;
};

}  // namespace

Result<ItemState> send_body(Body body, const Limits& limits, ReadSink& sink) {
  std::uint32_t count = 0;
  bool cut = false;
  BodyPages counting(body, limits);
  for (auto leaf = counting.next(); leaf; leaf = counting.next()) {
    if (count == 0 && body.document.lang.empty()) body.document.lang = text::language_of(leaf->words);
    cut = count == limits.max_pages;
    if (cut) break;
    ++count;
  }
  body.document.first_page = PageIndex{1};
  body.document.last_page = PageIndex{count};
  TRY_VOID(sink.record(body.document));
  BodyPages sending(body, limits);
  for (std::uint32_t number = 1; number <= count; ++number) {
    auto leaf = sending.next();
    CHECK(leaf.has_value());
    TRY_VOID(sink.record(body_page(PageIndex{number}, leaf->label, std::move(leaf->words), body.engine)));
  }
  if (!cut) return ItemState::read;
  TRY_VOID(send_gap(sink, GapKind::limit, "page " + std::to_string(limits.max_pages), "later pages were not read"));
  return ItemState::partial;
}

Page body_page(PageIndex number, std::string_view label, std::vector<Word> words, const std::string& engine) {
  Page page;
  page.number = number;
  page.label = label_of(label);
  page.source = TextSource::body;
  page.engine = engine;
  page.lang = text::language_of(words);
  page.quality = static_cast<float>(text::sampled_known(words, page.lang));
  page.has_ink = true;
  page.words = std::move(words);
  return page;
}

}  // namespace dragoman::read
