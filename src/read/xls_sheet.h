// SPDX-License-Identifier: AGPL-3.0-or-later
// One sheet of an Excel workbook: its cells in the order of rows, and what hangs on them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/table.h"
#include "read/xls_book.h"

namespace dragoman::read {

class XlsSheetReader {
 public:
  /// Both outlive this.
  XlsSheetReader(const XlsBook& book, const XlsSheet& sheet) : book_(book), sheet_(sheet) {}
  /// Sends the rows, then hidden rows and columns, comments, links, drawings, header and footer on pages of their own.
  Result<void> send(TablePages& pages);
  /// The sheet does not begin where the workbook says, or ends early.
  bool cut() const { return cut_; }
  /// Bytes of the stream that it was made of.
  std::uint64_t scanned() const { return scanned_; }

 private:
  struct Cell {
    std::uint32_t row;
    std::uint32_t at;  // of its record
  };
  struct Row {
    std::vector<std::string> shown;
    std::vector<std::string> hidden;
  };
  void gather();
  void take(const XlsRecord& record, unsigned depth);
  void take_note(std::string_view data);
  void take_object(const XlsRecord& record);
  void take_link(std::string_view data);
  void take_columns(std::string_view data);
  Result<void> send_rows(TablePages& pages, bool hidden);
  Result<void> send_notes(TablePages& pages, const std::string& label);
  void put_cells(const XlsRecord& record, Row& row) const;
  void put(Row& row, unsigned column, bool hidden_row, std::string text) const;
  std::string formula_result(const XlsRecord& record) const;
  std::string label_text(std::string_view data) const;

  const XlsBook& book_;
  const XlsSheet& sheet_;
  bool cut_ = false;
  std::uint64_t scanned_ = 0;
  bool has_hidden_ = false;
  std::vector<Cell> cells_;
  std::map<std::uint32_t, bool> hidden_rows_;
  std::vector<bool> hidden_columns_;
  std::map<unsigned, std::string> objects_;  // texts by the number of their object
  unsigned last_object_ = 0;
  struct Note {
    std::string place;
    std::string author;
    unsigned object = 0;
    std::string text;
  };
  std::vector<Note> notes_;
  std::string links_;
  std::string edges_;
  std::string charts_;
};

/// "B7" for row 6, column 1.
std::string xls_place(std::uint32_t row, std::uint32_t column);

}  // namespace dragoman::read
