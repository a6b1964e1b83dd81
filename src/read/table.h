// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages of tables (sheets, database tables, CSV): a row becomes a line, and a page says which rows of which table it
// shows, so that a citation of words on it names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/reader.h"

namespace dragoman::read {

/// Takes rows one by one and sends pages; holds one page at a time. Use: (begin_table, row …)*, note anywhere, finish
/// once. Pages end behind the row that reaches limits.reflow_words_per_page; a row that is longer than a page gets
/// pages of its own. A page is called by its table and rows: "sheet Budget (hidden), rows 1–87".
/// Beyond limits.max_pages or limits.max_text_bytes: one gap, what follows is dropped, full() is true from then on.
class TablePages {
 public:
  /// `document` is sent before the first page and again by finish, its page range filled in, and its language where it
  /// has none. `limits` and `sink` outlive this. `engine` is what stands as reader of the pages ("xlsx").
  TablePages(const Limits& limits, ReadSink& sink, Document document, std::string engine);

  /// Rows from here on belong to the table called `label` ("sheet Budget (hidden)", "table payments"): it starts on a
  /// page of its own. An empty label gives pages called "rows 1–87".
  Result<void> begin_table(std::string_view label);
  /// The names of the columns of the table that just began: words on its first page, no row.
  Result<void> header(std::span<const std::string> cells);
  /// One row, `number` as its program counts it (ascending within a table). Cells are UTF-8; what is not becomes
  /// U+FFFD. Line ends within a cell are spaces. A row without content gives nothing.
  Result<void> row(std::uint64_t number, std::span<const std::string> cells);
  /// Running text on pages of its own called `label` ("comments", "schema"); the table goes on behind it.
  Result<void> note(std::string_view label, std::string_view text);
  /// The state of what was given: read, or partial when a limit cut it.
  Result<ItemState> finish();

  /// A limit was reached: further rows are dropped, the reader may stop.
  bool full() const { return full_; }
  /// Pages sent so far.
  std::uint32_t pages() const { return pages_; }
  /// Fields that are known only at the end may be added before finish.
  Document& document() { return document_; }

 private:
  Result<void> flush();
  Result<void> send(std::string_view label, std::vector<Word> words);
  Result<void> send_text(std::string_view label, std::string_view text);
  Result<void> stop(const char* why);
  Result<void> long_row(std::uint64_t number, std::span<const std::string> cells);
  Result<void> send_words(std::string_view label, std::vector<Word> words);
  std::string label_of_rows(std::uint64_t first, std::uint64_t last) const;

  const Limits& limits_;
  ReadSink& sink_;
  Document document_;
  std::string engine_;
  std::string table_;
  std::vector<Word> words_;
  bool has_rows_ = false;  // words_ holds rows, not only the header
  std::uint64_t first_row_ = 0;
  std::uint64_t last_row_ = 0;
  std::uint64_t text_bytes_ = 0;
  std::uint32_t pages_ = 0;
  std::map<std::string, std::uint32_t> languages_;  // pages of each
  bool announced_ = false;
  bool full_ = false;
};

}  // namespace dragoman::read
