// SPDX-License-Identifier: AGPL-3.0-or-later
// Numbers of records and their fields: [MS-XLSB] 2.3.2 and the sections of 2.4 named beside them.
#include "read/xlsb_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/utf8.h"
#include "read/excel_errors.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kMostRecord = 16 << 20;
constexpr std::size_t kMostColumns = 16'384;
constexpr std::size_t kMostSheets = 100'000;
constexpr std::size_t kMostAuthors = 100'000;
constexpr std::size_t kMostText = 64 << 20;

enum RecordId : std::uint32_t {
  row_header = 0,
  cell_rk = 2,
  cell_error = 3,
  cell_bool = 4,
  cell_real = 5,
  cell_string = 6,
  cell_shared = 7,
  formula_string = 8,
  formula_number = 9,
  formula_bool = 10,
  formula_error = 11,
  short_rk = 13,
  short_error = 14,
  short_bool = 15,
  short_real = 16,
  short_string = 17,
  short_shared = 18,
  shared_item = 19,
  number_format = 44,
  cell_format = 47,
  column_info = 60,
  cell_rich = 62,
  workbook_properties = 153,
  bundled_sheet = 156,
  header_footer = 479,
  begin_cell_styles = 617,
  end_cell_styles = 618,
  comment_author = 632,
  begin_comment = 635,
  comment_text = 637,
};

// Little endian; takes the bytes from the front, 0 when they are not there.
std::uint64_t take_number(std::string_view& bytes, std::size_t count) {
  if (bytes.size() < count) {
    bytes = {};
    return 0;
  }
  std::uint64_t out = 0;
  for (std::size_t i = count; i > 0; --i) out = out << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  bytes.remove_prefix(count);
  return out;
}

// XLWideString and XLNullableWideString (2.5.168, 2.5.166): letters counted, UTF-16.
std::string take_string(std::string_view& bytes) {
  const std::uint64_t count = take_number(bytes, 4);
  std::string out;
  if (count == 0xFFFFFFFF || count > bytes.size() / 2) return out;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto unit = static_cast<char32_t>(take_number(bytes, 2));
    if (unit >= 0xD800 && unit < 0xDC00 && i + 1 < count) {
      std::string_view ahead = bytes;
      const auto low = static_cast<char32_t>(take_number(ahead, 2));
      if (low >= 0xDC00 && low < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        bytes = ahead;
        ++i;
      }
    }
    append_utf8(out, (unit >= 0xD800 && unit < 0xE000) || unit == 0 ? 0xFFFD : unit);
  }
  return out;
}

// RkNumber (2.5.123): an integer or the upper bits of a double, perhaps a hundredfold.
double value_of_rk(std::uint64_t rk) {
  double value = 0;
  if ((rk & 2U) != 0)
    value = static_cast<double>(static_cast<std::int32_t>(static_cast<std::uint32_t>(rk)) >> 2);
  else
    value = std::bit_cast<double>((rk & 0xFFFFFFFCU) << 32);
  return (rk & 1U) != 0 ? value / 100 : value;
}

std::string cell_name(std::uint64_t row, std::uint64_t column) {
  std::string letters;
  for (std::uint64_t rest = std::min<std::uint64_t>(column, kMostColumns) + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return letters + std::to_string(row + 1);
}

}  // namespace

bool XlsbRecords::feed(std::string_view bytes) {
  held_ += bytes;
  std::string_view rest = held_;
  while (sound_ && !rest.empty()) {
    if (skip_ > 0) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, rest.size()));
      rest.remove_prefix(count);
      skip_ -= count;
      continue;
    }
    std::string_view at = rest;
    auto id = static_cast<std::uint32_t>(take_number(at, 1));
    if ((id & 0x80U) != 0) {
      if (at.empty()) break;
      id = (id & 0x7FU) | (static_cast<std::uint32_t>(take_number(at, 1)) & 0x7FU) << 7;
    }
    std::uint64_t size = 0;
    bool more = true;
    for (unsigned i = 0; i < 4 && more && !at.empty(); ++i) {
      const std::uint64_t byte = take_number(at, 1);
      size |= (byte & 0x7FU) << (7 * i);
      more = (byte & 0x80U) != 0;
      sound_ = !more || i < 3;
    }
    if (!sound_ || more) break;
    if (size > kMostRecord) {
      skip_ = size;
      rest = at;
      continue;
    }
    if (at.size() < size) break;
    eat_(id, at.substr(0, static_cast<std::size_t>(size)));
    rest = at.substr(static_cast<std::size_t>(size));
  }
  held_.erase(0, held_.size() - rest.size());
  return sound_;
}

// 2.4.304 BrtBundleSh, 2.4.812 BrtWbProp.
void XlsbBook::take(std::uint32_t id, std::string_view payload, std::vector<XlsbSheetName>& sheets) {
  if (id == workbook_properties) from_1904 = (take_number(payload, 4) & 1U) != 0;
  if (id != bundled_sheet || sheets.size() == kMostSheets) return;
  XlsbSheetName sheet;
  sheet.hidden = take_number(payload, 4) != 0;
  take_number(payload, 4);
  sheet.id = read::take_string(payload);
  sheet.name = read::take_string(payload);
  sheets.push_back(std::move(sheet));
}

void XlsbBook::take_string(std::uint32_t id, std::string_view payload, SharedStrings& strings) {
  if (id != shared_item) return;
  take_number(payload, 1);
  strings.add(read::take_string(payload));
}

void XlsbBook::take_style(std::uint32_t id, std::string_view payload, CellStyles& styles) {
  if (id == begin_cell_styles) in_cell_styles_ = true;
  if (id == end_cell_styles) in_cell_styles_ = false;
  if (id == number_format) {
    const auto number = static_cast<std::uint32_t>(take_number(payload, 2));
    styles.add_format(number, read::take_string(payload));
  } else if (id == cell_format && in_cell_styles_) {
    take_number(payload, 2);
    styles.add_cell(static_cast<std::uint32_t>(take_number(payload, 2)));
  }
}

void XlsbBook::take_comment(std::uint32_t id, std::string_view payload) {
  if (comments.size() > kMostText) return;
  if (id == comment_author && authors_.size() < kMostAuthors) authors_.push_back(read::take_string(payload));
  if (id == begin_comment) {
    const std::uint64_t author = take_number(payload, 4);
    const std::uint64_t row = take_number(payload, 4);
    take_number(payload, 4);
    comments += "\n\n" + cell_name(row, take_number(payload, 4));
    if (author < authors_.size()) comments += ", " + authors_[static_cast<std::size_t>(author)];
    comments += ": ";
  }
  if (id == comment_text) {
    take_number(payload, 1);
    comments += read::take_string(payload);
  }
}

std::string XlsbSheet::value_of(std::uint32_t id, std::string_view payload) const {
  const bool is_short = id >= short_rk && id <= short_shared;
  if (!is_short) take_number(payload, 4);
  const auto style = static_cast<std::size_t>(take_number(payload, 4) & 0xFFFFFFU);
  const auto number = [&](double value) {
    return date_of_serial(fmt::format("{}", value), context_.styles.form(style), context_.from_1904);
  };
  switch (id) {
    case cell_rk:
    case short_rk: return number(value_of_rk(take_number(payload, 4)));
    case cell_real:
    case short_real:
    case formula_number: return number(std::bit_cast<double>(take_number(payload, 8)));
    case cell_error:
    case short_error:
    case formula_error: return std::string(excel_error(take_number(payload, 1), "#ERROR"));
    case cell_bool:
    case short_bool:
    case formula_bool: return take_number(payload, 1) != 0 ? "TRUE" : "FALSE";
    case cell_string:
    case short_string:
    case formula_string: return read::take_string(payload);
    case cell_shared:
    case short_shared: return std::string(context_.strings.at(static_cast<std::size_t>(take_number(payload, 4))));
    case cell_rich: take_number(payload, 1); return read::take_string(payload);
    default: return {};
  }
}

void XlsbSheet::take_cell(std::uint32_t id, std::string_view payload) {
  std::string_view head = payload;
  column_ = id >= short_rk && id <= short_shared ? column_ + 1 : static_cast<std::uint32_t>(take_number(head, 4));
  std::string value = value_of(id, payload);
  if (value.empty() || column_ >= kMostColumns) return;
  const bool hidden =
      row_hidden_ || std::any_of(hidden_columns_.begin(), hidden_columns_.end(),
                                 [&](const auto& range) { return column_ >= range.first && column_ <= range.second; });
  if (hidden == (side_ == SheetEvents::Side::hidden)) {
    if (cells_.size() < kMostColumns) cells_.push_back(std::move(value));
  } else if (hidden) {
    left_out_ = true;
  }
}

void XlsbSheet::end_row() {
  if (!cells_.empty() && sent_) sent_ = pages_.row(row_, cells_);
  cells_.clear();
}

// 2.4.741 BrtRowHdr, 2.4.323 BrtColInfo, 2.4.69 BrtBeginHeaderFooter.
void XlsbSheet::take(std::uint32_t id, std::string_view payload) {
  if (id == row_header) {
    end_row();
    row_ = take_number(payload, 4) + 1;
    take_number(payload, 7);
    row_hidden_ = (take_number(payload, 1) & 0x10U) != 0;
    column_ = 0xFFFFFFFF;
  } else if (id == column_info && hidden_columns_.size() < kMostColumns) {
    const auto first = static_cast<std::uint32_t>(take_number(payload, 4));
    const auto last = static_cast<std::uint32_t>(take_number(payload, 4));
    take_number(payload, 8);
    if ((take_number(payload, 2) & 1U) != 0) hidden_columns_.emplace_back(first, last);
  } else if (id == header_footer) {
    take_number(payload, 2);
    for (int i = 0; i < 6; ++i) edges_ += edge_text(read::take_string(payload)) + "\n";
  } else if ((id >= cell_rk && id <= formula_error) || (id >= short_rk && id <= short_shared) || id == cell_rich) {
    take_cell(id, payload);
  }
}

Result<void> XlsbSheet::finish() {
  end_row();
  return std::move(sent_);
}

}  // namespace dragoman::read
