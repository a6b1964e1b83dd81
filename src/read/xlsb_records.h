// SPDX-License-Identifier: AGPL-3.0-or-later
// Binary workbooks (XLSB, [MS-XLSB]): the parts of an XLSX as streams of records in place of XML.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read/table.h"
#include "read/xlsx_sheet.h"

namespace dragoman::read {

/// Cuts a stream, fed in pieces, into records ([MS-XLSB] 2.1.4). Records of more than 16 MiB are not looked into.
class XlsbRecords {
 public:
  using Eat = std::function<void(std::uint32_t id, std::string_view payload)>;
  explicit XlsbRecords(Eat eat) : eat_(std::move(eat)) {}
  /// False when what follows is no record.
  bool feed(std::string_view bytes);
  /// True when the stream ended behind a record.
  bool finish() const { return sound_ && skip_ == 0 && held_.empty(); }

 private:
  Eat eat_;
  std::string held_;
  std::uint64_t skip_ = 0;
  bool sound_ = true;
};

/// What workbook.bin, sharedStrings.bin, styles.bin and comments.bin say.
struct XlsbSheetName {
  std::string name;
  std::string id;  // of the relation to its part
  bool hidden = false;
};
class XlsbBook {
 public:
  void take(std::uint32_t id, std::string_view payload, std::vector<XlsbSheetName>& sheets);
  void take_string(std::uint32_t id, std::string_view payload, SharedStrings& strings);
  void take_style(std::uint32_t id, std::string_view payload, CellStyles& styles);
  void take_comment(std::uint32_t id, std::string_view payload);
  bool from_1904 = false;
  std::string comments;

 private:
  bool in_cell_styles_ = false;
  std::vector<std::string> authors_;
};

/// Rows of a sheet, as SheetEvents gives them.
class XlsbSheet {
 public:
  XlsbSheet(const CellContext& context, TablePages& pages, SheetEvents::Side side)
      : context_(context), pages_(pages), side_(side) {}
  void take(std::uint32_t id, std::string_view payload);
  /// To be called behind the last record.
  Result<void> finish();
  bool left_out() const { return left_out_; }
  bool done() const { return !sent_ || pages_.full(); }
  const std::string& edges() const { return edges_; }

 private:
  std::string value_of(std::uint32_t id, std::string_view payload) const;
  void take_cell(std::uint32_t id, std::string_view payload);
  void end_row();
  const CellContext& context_;
  TablePages& pages_;
  SheetEvents::Side side_;
  Result<void> sent_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> hidden_columns_;
  std::uint64_t row_ = 0;
  std::uint32_t column_ = 0;
  bool row_hidden_ = false;
  bool left_out_ = false;
  std::vector<std::string> cells_;
  std::string edges_;
};

}  // namespace dragoman::read
