// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/utf8.h"
#include "read/input.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

// Of a table's name, so that its rows still fit into the label of a page (200 bytes).
constexpr std::size_t kTableLabel = 150;
// Bytes of a row up to which it is held as words at once.
constexpr std::size_t kShortRow = 64 * 1024;
// A header beyond this is none: columns, bytes of a name.
constexpr std::size_t kHeaderCells = 5'000;
constexpr std::size_t kHeaderCell = 1'000;

std::string cut_label(std::string_view label) {
  std::size_t end = std::min(label.size(), kTableLabel);
  while (end > 0 && end < label.size() && (static_cast<unsigned char>(label[end]) & 0xC0U) == 0x80U) --end;
  return std::string(label.substr(0, end));
}

void add_cell(std::string_view cell, std::vector<Word>& words) {
  std::vector<Word> more = is_valid_utf8(cell) ? words_of(cell) : words_of(to_valid_utf8(cell));
  for (Word& word : more) {
    if (word.after != Break::none) word.after = Break::space;
  }
  std::move(more.begin(), more.end(), std::back_inserter(words));
}

}  // namespace

TablePages::TablePages(const Limits& limits, ReadSink& sink, Document document, std::string engine)
    : limits_(limits), sink_(sink), document_(std::move(document)), engine_(std::move(engine)) {
  document_.first_page = PageIndex{1};
  document_.last_page = PageIndex{0};
}

Result<void> TablePages::begin_table(std::string_view label) {
  TRY_VOID(flush());
  table_ = cut_label(label);
  return {};
}

Result<void> TablePages::header(std::span<const std::string> cells) {
  if (full_) return {};
  for (const std::string& cell : cells.first(std::min<std::size_t>(cells.size(), kHeaderCells))) {
    add_cell(std::string_view(cell).substr(0, kHeaderCell), words_);
  }
  if (words_.empty()) return {};
  words_.back().after = Break::line;
  split_long_words(words_);
  return {};
}

Result<void> TablePages::row(std::uint64_t number, std::span<const std::string> cells) {
  if (full_) return {};
  std::size_t bytes = 0;
  for (const std::string& cell : cells) bytes += cell.size() + 1;
  if (text_bytes_ + bytes > limits_.max_text_bytes) return stop("the rows behind this were not read");
  text_bytes_ += bytes;
  if (bytes > kShortRow) return long_row(number, cells);
  std::vector<Word> words;
  for (const std::string& cell : cells) add_cell(cell, words);
  if (words.empty()) return {};
  words.back().after = Break::line;
  split_long_words(words);
  const std::size_t most = std::max<std::size_t>(1, limits_.reflow_words_per_page);
  if (words.size() > most) {
    TRY_VOID(flush());
    return send_words(label_of_rows(number, number), std::move(words));
  }
  if (words_.size() + words.size() > most) TRY_VOID(flush());
  if (!std::exchange(has_rows_, true)) first_row_ = number;
  last_row_ = number;
  std::move(words.begin(), words.end(), std::back_inserter(words_));
  return {};
}

// A row longer than a page gets pages of its own; a long cell begins one, so that it is never held as words whole.
Result<void> TablePages::long_row(std::uint64_t number, std::span<const std::string> cells) {
  TRY_VOID(flush());
  const std::string label = label_of_rows(number, number);
  std::vector<Word> words;
  for (const std::string& cell : cells) {
    if (cell.size() <= kShortRow) {
      add_cell(cell, words);
    } else {
      TRY_VOID(send_words(label, std::exchange(words, {})));
      TRY_VOID(send_text(label, cell));
    }
    if (words.size() >= limits_.reflow_words_per_page) TRY_VOID(send_words(label, std::exchange(words, {})));
  }
  return send_words(label, std::move(words));
}

Result<void> TablePages::send_words(std::string_view label, std::vector<Word> words) {
  split_long_words(words);
  const std::size_t most = std::max<std::size_t>(1, limits_.reflow_words_per_page);
  for (std::size_t at = 0; at < words.size(); at += most) {
    const auto from = words.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), at + most));
    TRY_VOID(send(label, {std::make_move_iterator(from), std::make_move_iterator(to)}));
  }
  return {};
}

Result<void> TablePages::send_text(std::string_view label, std::string_view text) {
  const std::string valid = is_valid_utf8(text) ? std::string() : to_valid_utf8(text);
  Reflow reflow(valid.empty() ? text : std::string_view(valid), limits_);
  for (auto words = reflow.next(); words && !full_; words = reflow.next()) {
    TRY_VOID(send(label, std::move(*words)));
  }
  return {};
}

Result<void> TablePages::note(std::string_view label, std::string_view text) {
  TRY_VOID(flush());
  if (full_) return {};
  if (text_bytes_ + text.size() > limits_.max_text_bytes) return stop("the text behind this was not read");
  text_bytes_ += text.size();
  return send_text(label, text);
}

Result<ItemState> TablePages::finish() {
  TRY_VOID(flush());
  document_.last_page = PageIndex{pages_};
  if (document_.lang.empty() && !languages_.empty()) {
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    document_.lang = std::max_element(languages_.begin(), languages_.end(), less)->first;
  }
  TRY_VOID(sink_.record(document_));
  return full_ ? ItemState::partial : ItemState::read;
}

std::string TablePages::label_of_rows(std::uint64_t first, std::uint64_t last) const {
  std::string label = table_;
  if (!label.empty()) label += ", ";
  if (first == last) return label + "row " + std::to_string(first);
  return label + "rows " + std::to_string(first) + "–" + std::to_string(last);
}

Result<void> TablePages::flush() {
  if (words_.empty()) return {};
  const bool rows = std::exchange(has_rows_, false);
  return send(rows ? label_of_rows(first_row_, last_row_) : table_, std::exchange(words_, {}));
}

Result<void> TablePages::send(std::string_view label, std::vector<Word> words) {
  if (full_) return {};
  if (pages_ == limits_.max_pages) return stop("later pages were not read");
  if (!std::exchange(announced_, true)) TRY_VOID(sink_.record(document_));
  const Page page = body_page(PageIndex{++pages_}, label, std::move(words), engine_);
  if (!page.lang.empty()) ++languages_[page.lang];
  return sink_.record(page);
}

// Rows that wait for their page come before the place where the limit was reached: they are kept.
Result<void> TablePages::stop(const char* why) {
  TRY_VOID(flush());
  if (std::exchange(full_, true)) return {};
  return send_gap(sink_, GapKind::limit, "page " + std::to_string(pages_), why);
}

}  // namespace dragoman::read
