// SPDX-License-Identifier: AGPL-3.0-or-later
// Tables in text form (CSV, TSV): their rows are lines of pages that say which rows they show.
#include <algorithm>

#include "read/csv_rows.h"
#include "read/encoding.h"
#include "read/input.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

std::string name_of(char separator) {
  if (separator == '\t') return "tab";
  return {separator};
}

}  // namespace

Result<ItemState> read_csv(const Input& input, ReadSink& sink) {
  const std::uint64_t wanted = std::min(input.size, input.limits().max_text_bytes);
  Decoded decoded;
  {
    const Mapping mapping = TRY(Mapping::of(input.fd, wanted));
    decoded = decode_text(mapping.bytes());
  }
  bool whole = wanted == input.size && !decoded.malformed;
  if (decoded.malformed) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "some bytes do not fit the encoding " + decoded.encoding));
  }
  if (wanted < input.size) {
    TRY_VOID(send_gap(sink, GapKind::limit, "offset " + std::to_string(wanted), "the text behind this was not read"));
  }
  const std::string_view text = decoded.utf8;
  const CsvDialect dialect =
      csv_dialect_of(text.substr(0, kCsvSample), text.size() > kCsvSample).value_or(CsvDialect{});
  Document document;
  document.kind = "csv";
  document.fields = {{"encoding", decoded.encoding},
                     {"separator", name_of(dialect.separator)},
                     {"columns", std::to_string(dialect.columns)}};
  TablePages pages(input.limits(), sink, std::move(document), "csv " + decoded.encoding);
  CsvRows rows(text, dialect);
  std::vector<std::string> cells;
  for (std::uint64_t number = 1; !pages.full() && rows.next(cells); ++number) TRY_VOID(pages.row(number, cells));
  const ItemState state = TRY(pages.finish());
  return whole ? state : ItemState::partial;
}

}  // namespace dragoman::read
