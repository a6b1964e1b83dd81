// SPDX-License-Identifier: AGPL-3.0-or-later
// One sheet of SpreadsheetML as a stream of rows; sheets of hundreds of megabytes are never held.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read/table.h"
#include "read/xlsx_cells.h"
#include "read/xml_events.h"

namespace dragoman::read {

/// What the cells of a workbook share; borrowed.
struct CellContext {
  const SharedStrings& strings;
  const CellStyles& styles;
  bool from_1904 = false;
};

/// Gives the rows of a worksheet, macro sheet or the sheet data of another workbook to a table that was begun.
class SheetEvents : public XmlHandler {
 public:
  /// `visible` gives what is seen on the sheet; `hidden` the rows and columns that are hidden, and nothing else.
  enum class Side { visible, hidden };
  SheetEvents(const CellContext& context, TablePages& pages, Side side)
      : context_(context), pages_(pages), side_(side) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;
  bool done() const override { return !sent_ || pages_.full(); }

  /// What came of the rows.
  Result<void> sent() && { return std::move(sent_); }
  /// Cells with content were left to the other side.
  bool left_out() const { return left_out_; }
  /// Words of the sheet's headers and footers.
  const std::string& edges() const { return edges_; }
  /// Prompts and lists of permitted values.
  const std::string& prompts() const { return prompts_; }

 private:
  void start_cell(const XmlAttributes& attributes);
  void end_cell();
  std::string shown() const;
  bool column_hidden() const;
  const CellContext& context_;
  TablePages& pages_;
  Side side_;
  Result<void> sent_;
  bool left_out_ = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> hidden_columns_;
  std::uint64_t row_ = 0;
  bool row_hidden_ = false;
  std::uint64_t column_ = 0;
  std::vector<std::string> cells_;
  std::string type_;
  std::uint64_t style_ = 0;
  std::string value_;
  std::string formula_;
  std::string inline_;
  std::string edges_;
  std::string prompts_;
  std::string* to_ = nullptr;
  int readings_ = 0;
  bool in_cell_ = false;
};

/// The text of a header or footer without its codes (section 18.3.1.46).
std::string edge_text(std::string_view coded);

}  // namespace dragoman::read
