// SPDX-License-Identifier: AGPL-3.0-or-later
// dBase tables: their records as rows, deleted ones (which stay until a table is packed) apart. Records are read in
// runs, so that a table of gigabytes needs no more memory than a small one.
#include <algorithm>
#include <memory>

#include "base/utf8.h"
#include "read/code_page.h"
#include "read/dbf_table.h"
#include "read/encoding.h"
#include "read/input.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kRun = std::size_t{1} << 20;
constexpr std::size_t kSample = 64 * 1024;
constexpr std::size_t kHead = 64 * 1024;

/// The letters of a table: the code page that it names, else what its text looks like.
class Letters {
 public:
  Letters(const DbfHead& head, std::string_view sample) {
    if (const int page = code_page_of_driver(head.language); page != 0) {
      page_ = std::make_unique<CodePage>(CodePage::of(page));
      name_ = "code page " + std::to_string(page);
      return;
    }
    name_ = decode_text(sample).encoding;
    if (name_ == "windows-1256") page_ = std::make_unique<CodePage>(CodePage::of(1256));
    if (name_ == "windows-1252") page_ = std::make_unique<CodePage>(CodePage::of(1252));
  }
  const std::string& name() const { return name_; }
  std::string utf8(std::string_view bytes) const {
    const bool ascii =
        std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) return std::string(bytes);
    if (page_) return page_->text(bytes);
    // A letter cut in two by the width of its column is no damage.
    if (name_ == "UTF-8") return to_valid_utf8(bytes);
    return decode_as(bytes, name_).utf8;
  }

 private:
  std::unique_ptr<CodePage> page_;
  std::string name_;
};

class Records {
 public:
  Records(const Input& input, const DbfHead& head)
      : input_(input), head_(head), there_(input.size > head.start ? (input.size - head.start) / head.record : 0) {}
  std::uint64_t there() const { return there_; }
  /// Record `index`, from 0; valid until the next one.
  Result<std::string_view> at(std::uint64_t index) {
    if (index < first_ || index >= first_ + count_) {
      first_ = index;
      const std::uint64_t offset = head_.start + index * head_.record;
      const std::size_t wanted = std::max<std::size_t>(kRun / head_.record, 1) * head_.record;
      run_ = TRY(read_at(input_.fd, offset, wanted));
      count_ = run_.size() / head_.record;
      if (count_ == 0) return fail(ErrorKind::io, "the table became shorter while it was read");
    }
    return std::string_view(run_).substr((index - first_) * head_.record, head_.record);
  }

 private:
  const Input& input_;
  const DbfHead& head_;
  std::uint64_t there_;
  std::string run_;
  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;
};

struct Census {
  std::uint64_t deleted = 0;
  std::uint64_t memos = 0;  // cells whose text lies in the memo file
};

class DbfReading {
 public:
  DbfReading(const DbfHead& head, const Letters& letters, TablePages& pages)
      : head_(head), letters_(letters), pages_(pages) {}

  Result<void> header() {
    std::vector<std::string> names;
    for (const DbfColumn& column : head_.columns) {
      if (column.type != '0') names.push_back(letters_.utf8(column.name));
    }
    return pages_.header(names);
  }

  /// Sends the rows that are deleted, or those that are not.
  Result<void> rows(Records& records, bool deleted) {
    for (std::uint64_t index = 0; index < records.there() && !pages_.full(); ++index) {
      const std::string_view record = TRY(records.at(index));
      // Behind the stated number: what was there before, up to the mark of the end.
      if (index >= head_.records && record[0] != ' ' && record[0] != '*') break;
      const bool gone = record[0] == '*' || index >= head_.records;
      census_.deleted += gone && !deleted ? 1U : 0U;
      if (gone == deleted) TRY_VOID(row(index + 1, record));
    }
    return {};
  }
  const Census& census() const { return census_; }

 private:
  Result<void> row(std::uint64_t number, std::string_view record) {
    cells_.clear();
    for (const DbfColumn& column : head_.columns) {
      const std::string_view bytes = record.substr(column.offset, column.length);
      const std::string_view kNothing(" \0", 2);
      if (is_memo(column, head_.fox_pro())) {
        census_.memos += bytes.find_first_not_of(kNothing) != bytes.npos && bytes.find_first_not_of(" 0") != bytes.npos;
        continue;
      }
      cells_.push_back(letters_.utf8(dbf_value(column, bytes, head_.fox_pro())));
    }
    return pages_.row(number, cells_);
  }

  const DbfHead& head_;
  const Letters& letters_;
  TablePages& pages_;
  std::vector<std::string> cells_;
  Census census_;
};

// Text fields of the first records and the columns' names.
Result<std::string> sample_of(Records& records, const DbfHead& head) {
  std::string sample;
  for (const DbfColumn& column : head.columns) sample += column.name + "\n";
  for (std::uint64_t index = 0; index < records.there() && sample.size() < kSample; ++index) {
    const std::string_view record = TRY(records.at(index));
    for (const DbfColumn& column : head.columns) {
      if (column.type != 'C' && column.type != 'V') continue;
      sample += dbf_value(column, record.substr(column.offset, column.length), head.fox_pro());
      sample.push_back('\n');
    }
  }
  return sample;
}

}  // namespace

Result<ItemState> read_dbf(const Input& input, ReadSink& sink) {
  const std::string bytes =
      TRY(read_at(input.fd, 0, static_cast<std::size_t>(std::min<std::uint64_t>(kHead, input.size))));
  const std::optional<DbfHead> head = dbf_head(bytes);
  if (!head) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the head of the table is damaged"));
    return ItemState::failed;
  }
  Records records(input, *head);
  const std::string sample = TRY(sample_of(records, *head));
  const Letters letters(*head, sample);
  bool whole = true;
  if (records.there() < head->records) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::truncated, "row " + std::to_string(records.there() + 1),
                      "the table ends before its last row"));
  }
  Document document;
  document.kind = "dbf";
  document.fields = {{"encoding", letters.name()}, {"records", std::to_string(head->records)}};
  if (!head->updated.empty()) document.fields.push_back({"last update", head->updated});
  TablePages pages(input.limits(), sink, std::move(document), "dbf " + letters.name());
  DbfReading reading(*head, letters, pages);
  TRY_VOID(reading.header());
  TRY_VOID(reading.rows(records, false));
  if (reading.census().deleted > 0) {
    TRY_VOID(pages.begin_table("deleted rows"));
    TRY_VOID(reading.rows(records, true));
  }
  if (reading.census().memos > 0) {
    whole = false;
    TRY_VOID(
        send_gap(sink, GapKind::unsupported, "",
                 "long texts of the table lie in a memo file beside it: " + std::to_string(reading.census().memos)));
  }
  const ItemState state = TRY(pages.finish());
  return whole ? state : ItemState::partial;
}

}  // namespace dragoman::read
