// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/file.h"
#include "cli/report.h"
#include "evidence/listing.h"
#include "evidence/remedy.h"
#include "evidence/report_rows.h"

namespace dragoman::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;

std::string csv_row(std::initializer_list<std::string_view> fields) {
  std::string row;
  for (const std::string_view field : fields) {
    if (!row.empty()) row += ',';
    // An empty first field must not look like no field.
    row += row.empty() && field.empty() ? "\"\"" : csv_field(field);
  }
  return row + "\r\n";
}

}  // namespace

Result<void> ReportOut::put(std::string_view text) {
  waiting_ += text;
  return waiting_.size() < kPiece ? Result<void>() : flush();
}

Result<void> ReportOut::flush() {
  TRY_VOID(write_all(fd_, waiting_));
  waiting_.clear();
  return {};
}

std::string csv_field(std::string_view text) {
  // OWASP, CSV injection: a cell that begins so is computed by spreadsheets, also behind white space.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool formula = first != text.npos && std::string_view("=+-@|%").find(text[first]) != std::string_view::npos;
  const bool control = !text.empty() && (text.front() == '\t' || text.front() == '\r' || text.front() == '\n');
  std::string value = formula || control ? "'" : "";
  value += text;
  if (value.find_first_of("\",\r\n;\t") == value.npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Result<void> write_csv_report(store::Database& db, ReportOut& out) {
  TRY_VOID(out.put("\xEF\xBB\xBF"));
  TRY_VOID(out.put(csv_row({"path", "sha256", "type", "state", "kind", "where", "detail", "remedy"})));
  const auto write = [&](const evidence::GapListed& gap) -> Result<void> {
    std::string type;
    std::string state;
    if (gap.item) {
      const auto item = TRY(evidence::item(db, *gap.item));
      if (item) state = to_string(item->state);
      if (item && item->content) type = item->content->mime;
    }
    return out.put(csv_row({gap.path, gap.blob ? gap.blob->hex() : "", type, state, to_string(gap.gap.kind),
                            gap.gap.where, gap.gap.detail, evidence::remedy_of(gap.gap.kind).text}));
  };
  TRY_VOID(evidence::for_each_gap(db, write));
  for (const evidence::RemovalRow& removal : TRY(evidence::removals(db))) {
    TRY_VOID(out.put(
        csv_row({removal.path, removal.blob.hex(), "", "", "removed", removal.day, removal.reason, removal.who})));
  }
  return out.flush();
}

}  // namespace dragoman::cli
