// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xls_sheet.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "read/excel_errors.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr unsigned kMostColumns = 256;  // of all versions that BIFF has
constexpr std::size_t kMostNotes = 1'000'000;
constexpr std::size_t kMostSide = std::size_t{64} << 20;  // bytes of each text beside the cells

bool is_cell(unsigned type) {
  switch (type) {
    case xls::kSharedString:
    case xls::kLabel:
    case xls::kRichString:
    case xls::kNumber:
    case xls::kRk:
    case xls::kManyRk:
    case xls::kFormula:
    case 0x206:
    case 0x406:  // formulas of versions 3 and 4
    case xls::kBoolean:
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x05: return true;  // whole number, number, label, boolean of version 2
    default: return false;
  }
}

double double_at(std::string_view data, std::size_t at) {
  return std::bit_cast<double>(u64_at(data, at));
}

std::string boolean_text(unsigned value, bool error) {
  if (error) return std::string(excel_error(value, "#ERR!"));
  return value != 0 ? "TRUE" : "FALSE";
}

void add_line(std::string& text, std::string_view line) {
  if (text.size() + line.size() < kMostSide) text.append(line).push_back('\n');
}

// Headers and footers carry codes: &L, &C, &R begin a part, &"font", &12, &K00FF00 say how, other letters stand for
// numbers and names; && is one &.
std::string without_codes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '&' || i + 1 == text.size()) {
      out.push_back(text[i]);
      continue;
    }
    const char code = text[++i];
    if (code == '&') out.push_back('&');
    if (code == 'L' || code == 'C' || code == 'R') out.push_back('\n');
    if (code == '"') i = std::min(text.find('"', i + 1), text.size());
    if (code == 'K') i = std::min(i + 6, text.size());
    while (code >= '0' && code <= '9' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') ++i;
  }
  return out;
}

// A string of a moniker: count of characters with the NUL, then UTF-16 ([MS-OSHARED] 2.3.7.9).
std::string counted_wide(std::string_view& rest) {
  const std::uint64_t count = u32_at(rest, 0);
  std::string text = utf8_of_utf16le(slice(rest, 4, 2 * count));
  rest = slice(rest, 4 + 2 * count);
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

// URL or path of a link ([MS-OSHARED] 2.3.7.1); empty for a place within the workbook.
std::string link_target(std::string_view rest) {
  const std::uint32_t flags = u32_at(rest, 4);
  rest = slice(rest, 8);
  if ((flags & 0x10U) != 0) counted_wide(rest);
  if ((flags & 0x80U) != 0) counted_wide(rest);
  if ((flags & 0x01U) == 0) return {};
  if ((flags & 0x100U) != 0) return counted_wide(rest);
  const std::uint32_t moniker = u32_at(rest, 0);
  rest = slice(rest, 16);
  if (moniker == 0x79EAC9E0) {  // a URL: its length is in bytes
    std::string url = utf8_of_utf16le(slice(rest, 4, u32_at(rest, 0)));
    url.resize(std::min(url.size(), url.find('\0')));
    return url;
  }
  if (moniker != 0x00000303) return {};
  const std::string_view path = slice(rest, 6, u32_at(rest, 2));
  return CodePage::of(1252).text(path.substr(0, path.find('\0')));
}

}  // namespace

std::string xls_place(std::uint32_t row, std::uint32_t column) {
  std::string letters;
  for (std::uint32_t left = column + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters + std::to_string(row + 1);
}

Result<void> XlsSheetReader::send(TablePages& pages) {
  gather();
  std::string label = "sheet";
  if (!sheet_.name.empty()) label += " " + sheet_.name;
  if (sheet_.visibility != 0) label += sheet_.visibility == 1 ? " (hidden)" : " (very hidden)";
  TRY_VOID(pages.begin_table(label));
  TRY_VOID(send_rows(pages, false));
  if (has_hidden_) {
    TRY_VOID(pages.begin_table(label + ", hidden rows and columns"));
    TRY_VOID(send_rows(pages, true));
  }
  return send_notes(pages, label);
}

// Charts lie within the sheet as parts of their own; of them the texts are kept.
void XlsSheetReader::gather() {
  hidden_columns_.assign(kMostColumns, false);
  XlsRecord record;
  if (!xls_record(book_.stream(), sheet_.at, record) || (record.type & 0xFFU) != 0x09) {
    cut_ = true;
    return;
  }
  unsigned depth = 1;
  while (depth > 0) {
    if (!xls_record(book_.stream(), record.next, record)) {
      cut_ = true;
      break;
    }
    if (record.type == xls::kBegin) ++depth;
    if (record.type == xls::kEof) --depth;
    take(record, depth);
  }
  scanned_ = record.next - std::min(record.next, sheet_.at);
  const auto by_row = [](const Cell& a, const Cell& b) { return a.row < b.row; };
  if (!std::is_sorted(cells_.begin(), cells_.end(), by_row)) std::stable_sort(cells_.begin(), cells_.end(), by_row);
}

void XlsSheetReader::take(const XlsRecord& record, unsigned depth) {
  if (record.type == xls::kSeriesText) {
    add_line(charts_, xls_text(slice(record.data, 2), 1, book_.biff8(), book_.page()));
    return;
  }
  if (record.type == xls::kObject || record.type == xls::kTextObject) take_object(record);
  if (depth != 1) return;
  if (is_cell(record.type)) {
    cells_.push_back({u16_at(record.data, 0), static_cast<std::uint32_t>(record.at)});
    return;
  }
  switch (record.type) {
    case xls::kNote: take_note(record.data); break;
    case xls::kLink: take_link(record.data); break;
    case xls::kColumns: take_columns(record.data); break;
    case xls::kRow:
      if ((u16_at(record.data, 12) & 0x20U) != 0) hidden_rows_[u16_at(record.data, 0)] = has_hidden_ = true;
      break;
    case xls::kHeader:
    case xls::kFooter:
      add_line(edges_, without_codes(xls_text(record.data, book_.biff8() ? 2 : 1, book_.biff8(), book_.page())));
      break;
    default: break;
  }
}

void XlsSheetReader::take_columns(std::string_view data) {
  if ((u16_at(data, 8) & 1U) == 0) return;
  const unsigned last = std::min<unsigned>(u16_at(data, 2), kMostColumns - 1);
  for (unsigned column = u16_at(data, 0); column <= last; ++column) hidden_columns_[column] = has_hidden_ = true;
}

// BIFF 8 names the object that holds the text; older versions have it in the record itself.
void XlsSheetReader::take_note(std::string_view data) {
  if (notes_.size() == kMostNotes) return;
  const std::uint32_t row = u16_at(data, 0);
  if (!book_.biff8()) {
    std::string text = book_.page().text(slice(data, 6));
    if (row == 0xFFFF && !notes_.empty()) {  // the comment goes on
      notes_.back().text += text;
    } else {
      notes_.push_back({xls_place(row, u16_at(data, 2)), {}, 0, std::move(text)});
    }
    return;
  }
  notes_.push_back(
      {xls_place(row, u16_at(data, 2)), xls_text(slice(data, 8), 2, true, book_.page()), u16_at(data, 6), {}});
}

// OBJ names an object, the TXO behind it holds its text in its first continuation ([MS-XLS] 2.4.329).
void XlsSheetReader::take_object(const XlsRecord& record) {
  if (record.type == xls::kObject) {
    last_object_ = u16_at(record.data, 0) == 0x15 ? u16_at(record.data, 6) : 0;
    return;
  }
  const std::uint32_t count = u16_at(record.data, 10);
  XlsRun run(book_.stream(), record);
  if (count == 0 || !run.next_piece()) return;
  const bool wide = (run.number(1) & 1U) != 0;
  if (objects_.size() < kMostNotes) objects_[last_object_] += run.letters(count, wide) + "\n";
}

void XlsSheetReader::take_link(std::string_view data) {
  const std::string target = link_target(slice(data, 24));
  if (!target.empty()) add_line(links_, xls_place(u16_at(data, 0), u16_at(data, 4)) + " " + target);
}

Result<void> XlsSheetReader::send_rows(TablePages& pages, bool hidden) {
  Row row;
  for (std::size_t i = 0; i < cells_.size() && !pages.full(); ++i) {
    XlsRecord record;
    xls_record(book_.stream(), cells_[i].at, record);
    put_cells(record, row);
    if (i + 1 < cells_.size() && cells_[i + 1].row == cells_[i].row) continue;
    TRY_VOID(pages.row(std::uint64_t{cells_[i].row} + 1, hidden ? row.hidden : row.shown));
    row.shown.clear();
    row.hidden.clear();
  }
  return {};
}

void XlsSheetReader::put(Row& row, unsigned column, bool hidden_row, std::string text) const {
  if (column >= kMostColumns) return;
  std::vector<std::string>& cells = hidden_row || hidden_columns_[column] ? row.hidden : row.shown;
  if (cells.size() <= column) cells.resize(column + 1);
  cells[column] = std::move(text);
}

void XlsSheetReader::put_cells(const XlsRecord& record, Row& row) const {
  const std::string_view data = record.data;
  const unsigned column = u16_at(data, 2);
  const unsigned style = u16_at(data, 4);
  const bool hidden = hidden_rows_.contains(u16_at(data, 0));
  switch (record.type) {
    case xls::kSharedString: put(row, column, hidden, std::string(book_.shared_string(u32_at(data, 6)))); break;
    case xls::kNumber: put(row, column, hidden, book_.number(double_at(data, 6), style)); break;
    case xls::kRk: put(row, column, hidden, book_.number(xls_rk(u32_at(data, 6)), style)); break;
    case xls::kManyRk:
      for (std::size_t i = 0; 4 + 6 * i + 8 <= data.size(); ++i) {
        const double value = xls_rk(u32_at(data, 6 + 6 * i));
        put(row, column + static_cast<unsigned>(i), hidden, book_.number(value, u16_at(data, 4 + 6 * i)));
      }
      break;
    case xls::kFormula:
    case 0x206:
    case 0x406: put(row, column, hidden, formula_result(record)); break;
    case xls::kBoolean: put(row, column, hidden, boolean_text(u8_at(data, 6), u8_at(data, 7) != 0)); break;
    case xls::kLabel:
    case xls::kRichString: put(row, column, hidden, label_text(data)); break;
    case 0x02: put(row, column, hidden, std::to_string(u16_at(data, 7))); break;
    case 0x03: put(row, column, hidden, book_.number(double_at(data, 7), 0)); break;
    case 0x04: put(row, column, hidden, xls_text(slice(data, 7), 1, false, book_.page())); break;
    case 0x05: put(row, column, hidden, boolean_text(u8_at(data, 7), u8_at(data, 8) != 0)); break;
    default: break;
  }
}

std::string XlsSheetReader::label_text(std::string_view data) const {
  return xls_text(slice(data, 6), 2, book_.biff8(), book_.page());
}

// A result that is text stands in a STRING record behind the formula, perhaps behind the formula's shared form.
std::string XlsSheetReader::formula_result(const XlsRecord& record) const {
  const std::string_view data = record.data;
  const std::size_t at = book_.version() == 2 ? 7 : 6;
  if (u16_at(data, at + 6) != 0xFFFF) return book_.number(double_at(data, at), u16_at(data, 4));
  switch (u8_at(data, at)) {
    case 0: {
      XlsRecord next = record;
      for (int i = 0; i < 3 && xls_record(book_.stream(), next.next, next); ++i) {
        if (next.type != xls::kString && next.type != 0x07) continue;
        if (!book_.biff8()) return xls_text(next.data, book_.version() == 2 ? 1 : 2, false, book_.page());
        return XlsRun(book_.stream(), next).text();
      }
      return {};
    }
    case 1: return boolean_text(u8_at(data, at + 2), false);
    case 2: return boolean_text(u8_at(data, at + 2), true);
    default: return {};
  }
}

Result<void> XlsSheetReader::send_notes(TablePages& pages, const std::string& label) {
  std::string comments;
  for (Note& note : notes_) {
    const auto text = objects_.find(note.object);
    if (book_.biff8() && text != objects_.end()) {
      note.text = std::move(text->second);
      objects_.erase(text);
    }
    std::string line = note.place + ": ";
    if (!note.author.empty()) line += note.author + ": ";
    add_line(comments, line + note.text);
  }
  std::string drawn = charts_;
  for (const auto& [number, text] : objects_) add_line(drawn, text);
  TRY_VOID(pages.note(label + ", comments", comments));
  TRY_VOID(pages.note(label + ", links", links_));
  TRY_VOID(pages.note(label + ", drawings", drawn));
  return pages.note(label + ", header and footer", edges_);
}

}  // namespace dragoman::read
