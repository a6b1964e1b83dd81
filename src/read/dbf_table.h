// SPDX-License-Identifier: AGPL-3.0-or-later
// The head of a dBase table (dBase II's successors to FoxPro and dBase 7): what its columns are and where its records
// begin. Sources: the dBase 7 file structure (dBASE Inc.), "Table File Structure" of Visual FoxPro's documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

struct DbfColumn {
  std::string name;  // bytes as they stand there
  char type = 'C';
  std::uint32_t offset = 0;  // within a record, its flag included
  std::uint32_t length = 0;
  std::uint32_t decimals = 0;
};

struct DbfHead {
  std::uint8_t version = 0;
  std::uint8_t language = 0;  // driver that says the code page; 0: it is not said
  std::string updated;        // ISO date, "" when it is none
  std::uint32_t records = 0;  // as stated
  std::uint32_t start = 0;    // bytes before the first record
  std::uint32_t record = 0;   // bytes of one
  std::vector<DbfColumn> columns;

  bool fox_pro() const { return version == 0x30 || version == 0x31 || version == 0x32; }
};

/// nullopt when the first bytes of a file (up to 64 KiB of them) are no such head: every length in it must fit every
/// other, since the format has no signature.
std::optional<DbfHead> dbf_head(std::string_view bytes);

/// The same of the first bytes of a file, of which more may be given.
bool looks_like_dbf(std::string_view head);

/// The Windows or DOS code page of a language driver, 0 when unknown.
int code_page_of_driver(std::uint8_t language);

/// One field as text. Numbers in binary are written out, dates as ISO 8601; `bytes` has the column's length. "" for a
/// field that is empty or holds only a pointer into a memo file. Text stays in its encoding.
std::string dbf_value(const DbfColumn& column, std::string_view bytes, bool fox_pro);

/// Whether the column's text lies in a memo file beside the table.
bool is_memo(const DbfColumn& column, bool fox_pro);

}  // namespace dragoman::read
