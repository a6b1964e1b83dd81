// SPDX-License-Identifier: AGPL-3.0-or-later
// A report for people who have no access to the case: what was received, what was read, what was not and why. HTML for
// reading and printing, CSV for a spreadsheet. Both are written row by row; names from evidence are escaped.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/case_folder.h"
#include "store/database.h"

namespace dragoman::cli {

/// Takes pieces of the report in order.
class ReportOut {
 public:
  explicit ReportOut(int fd) : fd_(fd) {}
  Result<void> put(std::string_view text);
  Result<void> flush();

 private:
  int fd_;
  std::string waiting_;
};

/// One HTML page without scripts or anything from elsewhere. `lang` "en" or "fa" (right to left). `db` inside of a read
/// transaction.
Result<void> write_html_report(const store::CaseFolder& folder, store::Database& db, std::string_view lang,
                               ReportOut& out);
/// RFC 4180 with a byte order mark: path, sha256, type, state, kind, where, detail, remedy; one row a gap.
Result<void> write_csv_report(store::Database& db, ReportOut& out);

/// A field as CSV: quoted where needed; what a spreadsheet would take for a formula begins with an apostrophe.
std::string csv_field(std::string_view text);
/// Text inside of an element or a quoted attribute; control and bidi characters are shown as U+XXXX.
std::string html_text(std::string_view text);

}  // namespace dragoman::cli
