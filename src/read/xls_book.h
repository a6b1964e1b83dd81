// SPDX-License-Identifier: AGPL-3.0-or-later
// What holds for all sheets of an Excel workbook ([MS-XLS] 2.1.7.20.1): their names and places, shared strings,
// formats.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/code_page.h"
#include "read/xls_records.h"
#include "read/xlsx_cells.h"

namespace dragoman::read {

struct XlsSheet {
  std::string name;
  std::size_t at = 0;       // of its first record
  unsigned visibility = 0;  // 1 hidden, 2 very hidden
};

class XlsBook {
 public:
  /// `stream` outlives this. encrypted; malformed: it begins with no BOF record.
  static Result<XlsBook> open(std::string_view stream);

  std::string_view stream() const { return stream_; }
  const std::vector<XlsSheet>& sheets() const { return sheets_; }
  std::string_view shared_string(std::uint32_t index) const;
  /// As the cell shows it, near enough: dates as ISO 8601, other numbers in full precision.
  std::string number(double value, unsigned style) const;
  bool biff8() const { return version_ == 8; }
  int version() const { return version_; }
  const CodePage& page() const { return page_; }
  /// Records of pictures, their continuations joined.
  const std::string& drawings() const { return drawings_; }
  /// The stream ended inside a string or a record, or the table of strings promises more than it has.
  bool cut() const { return cut_; }

 private:
  explicit XlsBook(std::string_view stream) : stream_(stream) {}
  Result<void> read_globals();
  void take(const XlsRecord& record);
  void read_strings(const XlsRecord& record);
  void read_sheet(std::string_view data);
  void read_format(std::string_view data);
  void read_drawings(const XlsRecord& record);

  std::string_view stream_;
  int version_ = 8;
  bool from_1904_ = false;
  bool cut_ = false;
  CodePage page_ = CodePage::of(1252);
  std::vector<XlsSheet> sheets_;
  std::string strings_;
  std::vector<std::size_t> string_ends_;
  std::map<unsigned, DateForm> formats_;
  std::vector<DateForm> styles_;
  std::vector<unsigned> style_formats_;
  std::string drawings_;
};

/// The number in four bytes that RK and MULRK records have.
double xls_rk(std::uint32_t rk);

}  // namespace dragoman::read
