// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/csv_rows.h"

#include <algorithm>
#include <map>

#include "read/encoding.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kRecords = 200;  // of the sample are judged
// Share of the records that have the same number of fields; the rest are titles, totals, remarks.
constexpr double kAlike = 0.8;
constexpr std::size_t kLongField = 2'000;  // bytes; beyond, a field is running text rather than a cell

struct Census {
  std::size_t records = 0;
  std::size_t alike = 0;    // records with the commonest number of fields
  std::size_t columns = 0;  // that number
  std::size_t fields = 0;   // behind the first of their record
  std::size_t spaced = 0;   // of these, beginning with a space: a comma of prose
  std::size_t filled = 0;   // not empty
  std::size_t longest = 0;
};

Census census_of(std::string_view sample, const CsvDialect& dialect, bool cut) {
  CsvRows rows(sample, dialect);
  Census census;
  std::map<std::size_t, std::size_t> of_columns;
  std::vector<std::string> cells;
  while (census.records < kRecords && rows.next(cells)) {
    if (cut && rows.at_end()) break;
    if (cells.size() == 1 && cells[0].empty()) continue;
    ++census.records;
    ++of_columns[cells.size()];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      census.longest = std::max(census.longest, cells[i].size());
      if (i == 0) continue;
      ++census.fields;
      census.spaced += cells[i].starts_with(' ') ? 1U : 0U;
      census.filled += cells[i].empty() ? 0U : 1U;
    }
  }
  for (const auto& [columns, count] : of_columns) {
    if (count < census.alike) continue;
    census.alike = count;
    census.columns = columns;
  }
  return census;
}

// How clearly this is a table, 0 when it is none.
double clarity(const Census& census, char separator) {
  if (census.columns < 2 || census.records < 2 || census.longest > kLongField) return 0;
  if (census.columns == 2 && census.records < 3) return 0;
  if (census.filled * 4 < census.fields) return 0;
  const double alike = static_cast<double>(census.alike) / static_cast<double>(census.records);
  if (alike < kAlike) return 0;
  const bool prose = (separator == ',' || separator == ';') && census.spaced * 2 > census.fields;
  if (prose && (alike < 1 || census.records < 5 || census.columns < 3)) return 0;
  return alike + static_cast<double>(std::min<std::size_t>(census.columns, 50)) / 1000;
}

// A first line that names the separator, as Excel reads and writes it.
std::optional<CsvDialect> stated(std::string_view sample) {
  if (sample.size() < 6 || !(sample.starts_with("sep=") || sample.starts_with("SEP="))) return std::nullopt;
  const std::size_t end = sample.find('\n');
  const char separator = sample[4];
  if (end == sample.npos || end > 6 || separator == '"' || separator == '\n' || separator == '\r') return std::nullopt;
  return CsvDialect{separator, end + 1, 0};
}

// Markup, JSON, code: what has separators of its own.
bool is_other_notation(std::string_view sample) {
  const std::size_t from = sample.find_first_not_of(" \t\r\n");
  if (from == sample.npos) return true;
  if (std::string_view("{[<").find(sample[from]) != std::string_view::npos) return true;
  const auto braces = std::count_if(sample.begin(), sample.end(), [](char c) { return c == '{' || c == '}'; });
  const auto lines = std::count(sample.begin(), sample.end(), '\n');
  return braces > 4 && braces * 8 > lines;
}

}  // namespace

std::optional<CsvDialect> csv_dialect_of(std::string_view sample, bool cut) {
  if (auto dialect = stated(sample)) {
    dialect->columns = census_of(sample, *dialect, cut).columns;
    return dialect;
  }
  if (is_other_notation(sample)) return std::nullopt;
  std::optional<CsvDialect> best;
  double clearest = 0;
  for (const char separator : {'\t', ';', ',', '|'}) {
    const CsvDialect dialect{separator, 0, 0};
    const Census census = census_of(sample, dialect, cut);
    const double found = clarity(census, separator);
    if (found <= clearest) continue;
    clearest = found;
    best = CsvDialect{separator, 0, census.columns};
  }
  return best;
}

bool looks_like_csv(std::string_view head, bool cut) {
  const std::string_view sample = head.substr(0, kCsvSample);
  cut = cut || sample.size() < head.size();
  const Decoded decoded = decode_text(sample.substr(0, sample.size() / 4 * 4));
  return csv_dialect_of(decoded.utf8, cut).has_value();
}

void CsvRows::plain_field(std::string& cell) {
  const char ends[] = {separator_, '\n', '\r', '\0'};
  const std::size_t end = std::min(text_.find_first_of(std::string_view(ends, 3), at_), text_.size());
  cell += text_.substr(at_, end - at_);
  at_ = end;
}

// at_ stands on the opening quote. What follows the closing one up to the separator belongs to the field.
void CsvRows::quoted_field(std::string& cell) {
  const std::size_t last = std::min(text_.size(), at_ + kMostQuoted);
  std::string inside;
  for (std::size_t at = at_ + 1; at < last;) {
    const std::size_t quote = text_.find('"', at);
    if (quote == text_.npos || quote >= last) break;
    inside += text_.substr(at, quote - at);
    if (quote + 1 >= text_.size() || text_[quote + 1] != '"') {
      cell += inside;
      at_ = quote + 1;
      plain_field(cell);
      return;
    }
    inside.push_back('"');
    at = quote + 2;
  }
  plain_field(cell);
}

bool CsvRows::next(std::vector<std::string>& cells) {
  cells.clear();
  if (at_ >= text_.size()) return false;
  for (;;) {
    if (cells.size() < kMostCells) {
      cells.emplace_back();
    } else {
      cells.back().push_back(' ');
    }
    if (at_ < text_.size() && text_[at_] == '"') {
      quoted_field(cells.back());
    } else {
      plain_field(cells.back());
    }
    if (at_ >= text_.size()) return true;
    const char end = text_[at_++];
    if (end == separator_) continue;
    if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    return true;
  }
}

}  // namespace dragoman::read
