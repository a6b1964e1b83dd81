// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/xls_book.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostStyles = 65'536;
constexpr std::uint64_t kMostDrawings = std::uint64_t{512} << 20;

// BOF records of the versions: their type says the older ones, their content tells 5 from 8 ([MS-XLS] 2.4.21).
int version_of(const XlsRecord& begin) {
  switch (begin.type) {
    case 0x009: return 2;
    case 0x209: return 3;
    case 0x409: return 4;
    case 0x809: return u16_at(begin.data, 0) == 0x600 ? 8 : 5;
    default: return 0;
  }
}

}  // namespace

double xls_rk(std::uint32_t rk) {
  const double value = (rk & 2U) != 0 ? static_cast<double>(static_cast<std::int32_t>(rk) >> 2)
                                      : std::bit_cast<double>(std::uint64_t{rk & 0xFFFFFFFCU} << 32U);
  return (rk & 1U) != 0 ? value / 100 : value;
}

Result<XlsBook> XlsBook::open(std::string_view stream) {
  XlsBook book(stream);
  TRY_VOID(book.read_globals());
  return book;
}

Result<void> XlsBook::read_globals() {
  XlsRecord record;
  if (!xls_record(stream_, 0, record)) return fail(ErrorKind::malformed, "the workbook has no records");
  version_ = version_of(record);
  if (version_ == 0) return fail(ErrorKind::malformed, "the head of the workbook cannot be read");
  // Up to version 4 a stream is one sheet; so is a later one whose first part is a sheet.
  const bool one_sheet = version_ < 5 || u16_at(record.data, 2) != 5;
  std::size_t at = record.next;
  unsigned depth = 1;
  for (; xls_record(stream_, at, record) && depth > 0; at = record.next) {
    if (record.type == xls::kFilePass)
      return fail(ErrorKind::encrypted, "the workbook is encrypted and cannot be opened");
    if ((record.type & 0xFFU) == 0x09 && version_of(record) != 0) ++depth;
    if (record.type == xls::kEof) --depth;
    if (depth == 1) take(record);
  }
  if (one_sheet && sheets_.empty()) sheets_.push_back({"", 0, 0});
  if (!one_sheet && sheets_.empty()) cut_ = true;
  for (const unsigned format : style_formats_) {
    const auto own = formats_.find(format);
    styles_.push_back(own != formats_.end() ? own->second : form_of_builtin(format));
  }
  return {};
}

void XlsBook::take(const XlsRecord& record) {
  switch (record.type) {
    case xls::kCodePage:
      if (version_ < 8) page_ = CodePage::of(u16_at(record.data, 0));
      break;
    case xls::kDate1904: from_1904_ = u16_at(record.data, 0) != 0; break;
    case xls::kSheet: read_sheet(record.data); break;
    case xls::kFormat:
    case 0x1E: read_format(record.data); break;
    case xls::kStyle:
      if (style_formats_.size() < kMostStyles) style_formats_.push_back(u16_at(record.data, 2));
      break;
    case 0x243:
    case 0x443:  // styles of versions 3 and 4
      if (style_formats_.size() < kMostStyles) style_formats_.push_back(u8_at(record.data, 1));
      break;
    case xls::kStrings: read_strings(record); break;
    case xls::kDrawings: read_drawings(record); break;
    default: break;
  }
}

void XlsBook::read_sheet(std::string_view data) {
  XlsSheet sheet;
  sheet.at = u32_at(data, 0);
  sheet.visibility = u8_at(data, 4) & 3U;
  sheet.name = xls_text(slice(data, 6), 1, version_ == 8, page_);
  sheets_.push_back(std::move(sheet));
}

// The formats of versions 2 to 4 have no number but their place.
void XlsBook::read_format(std::string_view data) {
  if (formats_.size() == kMostStyles) return;
  if (version_ < 5) {
    const auto place = static_cast<unsigned>(formats_.size());
    formats_[place] = form_of_code(xls_text(slice(data, version_ == 4 ? 2 : 0), 1, false, page_));
    return;
  }
  formats_[u16_at(data, 0)] = form_of_code(xls_text(slice(data, 2), version_ == 8 ? 2 : 1, version_ == 8, page_));
}

void XlsBook::read_strings(const XlsRecord& record) {
  XlsRun run(stream_, record);
  run.number(4);
  const std::uint32_t count = run.number(4);
  for (std::uint32_t i = 0; i < count && !run.ended(); ++i) {
    strings_ += run.text();
    string_ends_.push_back(strings_.size());
  }
  cut_ = cut_ || string_ends_.size() < count;
}

void XlsBook::read_drawings(const XlsRecord& record) {
  const XlsRun run(stream_, record);
  for (const std::string_view piece : run.pieces()) {
    if (drawings_.size() + piece.size() <= kMostDrawings) drawings_ += piece;
  }
}

std::string_view XlsBook::shared_string(std::uint32_t index) const {
  if (index >= string_ends_.size()) return {};
  const std::size_t from = index == 0 ? 0 : string_ends_[index - 1];
  return std::string_view(strings_).substr(from, string_ends_[index] - from);
}

std::string XlsBook::number(double value, unsigned style) const {
  if (!std::isfinite(value)) return {};
  std::string text = fmt::format("{:.15g}", value);
  if (std::fabs(value) < 1e17 && text.find('e') != text.npos && value == std::floor(value)) {
    text = fmt::format("{:.0f}", value);
  }
  const DateForm form = style < styles_.size() ? styles_[style] : DateForm::none;
  return form == DateForm::none ? text : date_of_serial(text, form, from_1904_);
}

}  // namespace dragoman::read
