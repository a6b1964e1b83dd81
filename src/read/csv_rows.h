// SPDX-License-Identifier: AGPL-3.0-or-later
// Tables in text form: whether a text is one, and its records one by one. RFC 4180 as programs really write it: comma,
// semicolon, tab or vertical bar; fields in double quotes may hold separators, line ends and doubled quotes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

/// Bytes of a text that csv_dialect_of needs to judge.
inline constexpr std::size_t kCsvSample = 64 * 1024;

struct CsvDialect {
  char separator = ',';
  std::size_t start = 0;  // bytes before the first record: a line "sep=;"
  std::size_t columns = 0;
};

/// The dialect of a text that clearly is a table: nearly all records have the same number of fields (at least two)
/// under one separator. nullopt for running text, code, JSON, markup. `sample`: the beginning of the text in UTF-8;
/// `cut`: more follows, so that its last record may be torn.
std::optional<CsvDialect> csv_dialect_of(std::string_view sample, bool cut);

/// The same of the first bytes of a file, in any encoding.
bool looks_like_csv(std::string_view head, bool cut);

/// The records of a text, which outlives this. Time is linear in the text, whatever its quotes do: a quoted field that
/// does not end within kMostQuoted bytes is taken as written, quote included.
class CsvRows {
 public:
  CsvRows(std::string_view text, const CsvDialect& dialect)
      : text_(text.substr(dialect.start)), separator_(dialect.separator) {}
  /// False at the end. A blank line is a record with one empty field. Fields beyond kMostCells go into the last one.
  bool next(std::vector<std::string>& cells);
  /// Whether the last record ended at the end of the text, without a line end.
  bool at_end() const { return at_ == text_.size(); }

  static constexpr std::size_t kMostQuoted = std::size_t{1} << 20;
  static constexpr std::size_t kMostCells = 16'384;  // columns of a sheet in Excel

 private:
  void quoted_field(std::string& cell);
  void plain_field(std::string& cell);

  std::string_view text_;
  std::size_t at_ = 0;
  char separator_;
};

}  // namespace dragoman::read
