// SPDX-License-Identifier: AGPL-3.0-or-later
// Tables of OpenDocument: sheets as rows that can be cited, tables in text as lines (ODF 1.3 part 3, section 9).
#include <algorithm>
#include <utility>

#include "read/odf_events.h"
#include "read/xlsx_cells.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostRowBytes = 4 << 20;
constexpr std::size_t kMostHiddenBytes = 16 << 20;
constexpr std::size_t kMostColumns = 16'384;
constexpr std::size_t kMostRanges = 16'384;
// A cell or row that stands for many is given so often at most: empty ones fill sheets to their last row.
constexpr std::uint64_t kMostRepeats = 100;
constexpr std::uint64_t kMostCount = std::uint64_t{1} << 32;

std::uint64_t repeat_of(const XmlAttributes& attributes, std::string_view name) {
  std::uint64_t count = 1;
  if (!number_of(attributes.get(name), count)) return 1;
  return std::clamp<std::uint64_t>(count, 1, kMostCount);
}

bool is_collapsed(const XmlAttributes& attributes) {
  const std::string_view value = attributes.get("visibility");
  return value == "collapse" || value == "filter";
}

}  // namespace

bool OdfEvents::start_table(std::string_view name, const XmlAttributes& attributes) {
  if (name == "page" && mode_ == Mode::slides) {
    const bool hidden = style_of(attributes.get("style-name")).hides_page;
    page_label_ = (kind_ == "odp" ? "slide " : "page ") + std::to_string(++page_number_) + (hidden ? " (hidden)" : "");
  } else if (name == "table") {
    if (++table_depth_ > 1 || mode_ != Mode::sheets) return true;
    const bool hidden = style_of(attributes.get("style-name")).hides_table;
    table_label_ = "sheet " + std::string(attributes.get("name")) + (hidden ? " (hidden)" : "");
    row_ = 0;
    columns_defined_ = 0;
    hidden_columns_.clear();
    if (sent_) sent_ = pages_.begin_table(table_label_);
  } else if (name == "table-column" && table_depth_ == 1) {
    const std::uint64_t count = repeat_of(attributes, "number-columns-repeated");
    if (is_collapsed(attributes) && hidden_columns_.size() < kMostRanges)
      hidden_columns_.emplace_back(columns_defined_, columns_defined_ + count);
    columns_defined_ = std::min(columns_defined_ + count, kMostCount);
  } else if (name == "table-row" && table_depth_ == 1) {
    row_repeat_ = repeat_of(attributes, "number-rows-repeated");
    row_hidden_ = is_collapsed(attributes);
    column_ = 0;
    row_bytes_ = 0;
    cells_.clear();
    hidden_cells_.clear();
  } else if (name == "table-cell" || name == "covered-table-cell") {
    start_cell(attributes);
  } else {
    return false;
  }
  return true;
}

void OdfEvents::start_cell(const XmlAttributes& attributes) {
  if (mode_ != Mode::sheets || table_depth_ != 1) return;
  cell_.clear();
  cell_repeat_ = repeat_of(attributes, "number-columns-repeated");
  cell_is_date_ = attributes.get("value-type") == "date";
  cell_value_.clear();
  for (const char* key : {"date-value", "value", "string-value", "boolean-value", "time-value"}) {
    if (cell_value_.empty()) cell_value_ = attributes.get(key);
  }
  if (cell_value_.empty() && attributes.has("formula")) cell_value_ = attributes.get("formula");
  push(cell_);
}

// What is printed; dates as they are stored, which is the same in every country.
void OdfEvents::end_cell() {
  if (mode_ != Mode::sheets) {
    while (!to().empty() && to().back() == '\n') to().pop_back();
    to().push_back('\t');
    return;
  }
  if (table_depth_ != 1) return;
  const bool blank = cell_.find_first_not_of(" \t\r\n") == cell_.npos;
  std::string value = (cell_is_date_ && !cell_value_.empty()) || blank ? std::move(cell_value_) : std::move(cell_);
  cell_.clear();
  cell_value_.clear();
  const std::uint64_t count = std::min(cell_repeat_, kMostRepeats);
  for (std::uint64_t i = 0; i < count && !value.empty(); ++i) {
    const std::uint64_t column = column_ + i;
    const bool hidden = row_hidden_ || std::any_of(hidden_columns_.begin(), hidden_columns_.end(), [&](const auto& r) {
                          return column >= r.first && column < r.second;
                        });
    std::vector<std::string>& cells = hidden ? hidden_cells_ : cells_;
    row_bytes_ += value.size();
    if (cells.size() == kMostColumns || (i > 0 && row_bytes_ > kMostRowBytes)) break;
    cells.push_back(value);
  }
  column_ = std::min(column_ + cell_repeat_, kMostCount);
}

void OdfEvents::end_row() {
  if (mode_ != Mode::sheets) {
    to().push_back('\n');
    return;
  }
  if (table_depth_ != 1) return;
  const std::uint64_t count = std::min(row_repeat_, kMostRepeats);
  for (std::uint64_t i = 0; i < count && sent_ && !cells_.empty() && !pages_.full(); ++i) {
    sent_ = pages_.row(row_ + i + 1, cells_);
  }
  if (!hidden_cells_.empty()) {
    for (const std::string& cell : hidden_cells_) hidden_bytes_ += cell.size() + sizeof(std::string);
    hidden_rows_.emplace_back(row_ + 1, std::move(hidden_cells_));
    if (hidden_bytes_ > kMostHiddenBytes) send_hidden_rows();
  }
  cells_.clear();
  hidden_cells_.clear();
  row_ = std::min(row_ + row_repeat_, kMostCount);
}

void OdfEvents::send_hidden_rows() {
  if (hidden_rows_.empty() || !sent_) return;
  sent_ = pages_.begin_table(table_label_ + ", hidden rows and columns");
  for (const auto& [number, cells] : hidden_rows_) {
    if (sent_) sent_ = pages_.row(number, cells);
  }
  hidden_rows_.clear();
  hidden_bytes_ = 0;
  if (sent_) sent_ = pages_.begin_table(table_label_);
}

void OdfEvents::end_table() {
  --table_depth_;
  if (mode_ != Mode::sheets || table_depth_ != 0) return;
  send_hidden_rows();
  note(place("comments"), comments_);
  note(place("drawings"), drawings_);
  note(place("alternative texts"), alternatives_);
  table_label_.clear();
}

}  // namespace dragoman::read
