// SPDX-License-Identifier: AGPL-3.0-or-later
// SQLite databases (the chats, address books and browser histories of phones are some): every ordinary table with its
// rows in their order, files in cells as children, the schema. Rows are numbered by their rowid.
#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "read/cell_files.h"
#include "read/input.h"
#include "read/sqlite_file.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostTables = 20'000;
constexpr std::size_t kMostSchema = std::size_t{8} << 20;
// How far behind a damaged page the next rows are looked for: the distance doubles with each attempt.
constexpr int kAttempts = 40;

struct Table {
  std::string name;
  std::string rowid;  // the name its rowid goes by; empty: it has none, rows are counted
  std::vector<std::string> columns;
};

struct Schema {
  std::vector<std::string> tables;
  std::vector<std::string> virtual_tables;
  std::string sql;
  bool damaged = false;
  bool cut = false;
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Schema schema_of(SqliteFile& file) {
  Schema schema;
  auto rows = file.prepare("SELECT type, name, rootpage, sql FROM sqlite_schema");
  if (!rows) {
    schema.damaged = true;
    return schema;
  }
  SqliteStatement::Step step = rows->step();
  for (; step == SqliteStatement::Step::row; step = rows->step()) {
    const std::string_view sql = rows->text(3);
    if (schema.tables.size() == kMostTables || schema.sql.size() + sql.size() > kMostSchema) {
      schema.cut = true;
      return schema;
    }
    if (!sql.empty()) schema.sql += std::string(sql) + ";\n\n";
    if (rows->text(0) != "table") continue;
    std::string name(rows->text(1));
    if (lower(name.substr(0, 7)) == "sqlite_") continue;
    const bool ordinary = rows->number(2) > 0;
    (ordinary ? schema.tables : schema.virtual_tables).push_back(std::move(name));
  }
  schema.damaged = step == SqliteStatement::Step::damaged;
  return schema;
}

// Tables that a full-text or spatial index keeps its own numbers in; its words are in "…_content", which is read.
bool is_inside_of_index(const std::string& name, const std::vector<std::string>& virtual_tables) {
  static constexpr std::string_view kParts[] = {"_segments", "_segdir", "_docsize", "_stat",   "_data",
                                                "_idx",      "_config", "_node",    "_parent", "_rowid"};
  return std::any_of(virtual_tables.begin(), virtual_tables.end(), [&](const std::string& of) {
    if (!name.starts_with(of)) return false;
    const std::string_view rest = std::string_view(name).substr(of.size());
    return std::find(std::begin(kParts), std::end(kParts), rest) != std::end(kParts);
  });
}

// The columns that are stored: a virtual one would be computed, by functions of the schema's choice.
std::optional<Table> table_of(SqliteFile& file, const std::string& name) {
  auto rows = file.prepare("PRAGMA table_xinfo(" + quoted(name) + ")");
  if (!rows) return std::nullopt;
  Table table;
  table.name = name;
  std::set<std::string> taken;
  while (rows->step() == SqliteStatement::Step::row) {
    const std::string_view column = rows->text(1);
    taken.insert(lower(column));
    const std::int64_t hidden = rows->number(6);
    if (hidden != 1 && hidden != 2) table.columns.emplace_back(column);
  }
  if (table.columns.empty()) return std::nullopt;
  for (const char* rowid : {"rowid", "_rowid_", "oid"}) {
    if (taken.contains(rowid)) continue;
    if (file.prepare(std::string("SELECT ") + rowid + " FROM " + quoted(name) + " NOT INDEXED")) table.rowid = rowid;
    break;
  }
  return table;
}

class DatabaseReading {
 public:
  DatabaseReading(SqliteFile& file, TablePages& pages, CellFiles& files) : file_(file), pages_(pages), files_(files) {}

  /// Whether all its rows came.
  Result<bool> read(const Table& table) {
    std::string sql = "SELECT ";
    for (const std::string& column : table.columns) sql += quoted(column) + ", ";
    sql += table.rowid.empty() ? "0" : table.rowid;
    sql += " FROM " + quoted(table.name) + " NOT INDEXED";
    if (!table.rowid.empty()) sql += " WHERE " + table.rowid + " >= ?1";
    auto rows = file_.prepare(sql);
    if (!rows) return false;
    TRY_VOID(pages_.begin_table("table " + table.name));
    TRY_VOID(pages_.header(table.columns));
    if (!table.rowid.empty()) rows->bind(1, std::numeric_limits<std::int64_t>::min());
    return walk(table, *rows);
  }

 private:
  // Damaged pages are stepped over by rowid, further each time; tables without one end there.
  Result<bool> walk(const Table& table, SqliteStatement& rows) {
    bool whole = true;
    std::int64_t last = -1;
    std::uint64_t count = 0;
    for (int attempt = 0; !pages_.full();) {
      const SqliteStatement::Step step = rows.step();
      if (step == SqliteStatement::Step::done) return whole;
      if (step == SqliteStatement::Step::row) {
        attempt = 0;
        const std::int64_t rowid = rows.number(static_cast<int>(table.columns.size()));
        last = table.rowid.empty() ? last : rowid;
        const bool named = !table.rowid.empty() && rowid > 0;
        TRY_VOID(row(table, rows, named ? static_cast<std::uint64_t>(rowid) : count + 1));
        ++count;
        continue;
      }
      whole = false;
      const std::int64_t skip = std::int64_t{1} << std::min(attempt, kAttempts);
      if (table.rowid.empty() || ++attempt > kAttempts || last > std::numeric_limits<std::int64_t>::max() - skip)
        return false;
      rows.reset();
      rows.bind(1, last + skip);
    }
    return true;  // the limit that was reached says so itself
  }

  Result<void> row(const Table& table, const SqliteStatement& rows, std::uint64_t number) {
    cells_.resize(table.columns.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const int column = static_cast<int>(i);
      if (!rows.is_bytes(column)) {
        cells_[i] = rows.text(column);
        continue;
      }
      const std::string name = path_part(table.name) + "/" + std::to_string(number) + "/" + path_part(table.columns[i]);
      cells_[i] = TRY(files_.cell(rows.bytes(column), name));
    }
    return pages_.row(number, cells_);
  }

  SqliteFile& file_;
  TablePages& pages_;
  CellFiles& files_;
  std::vector<std::string> cells_;
};

// The bytes that the header says there are; 0 when it does not say.
Result<std::uint64_t> stated_size(const Input& input) {
  const std::string head = TRY(read_at(input.fd, 0, 100));
  if (head.size() < 100) return 0;
  const auto big = [&](std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(head[at + i]);
    return value;
  };
  const std::uint64_t page = big(16, 2) == 1 ? 65'536 : big(16, 2);
  const bool valid = big(24, 4) == big(92, 4);
  return valid ? big(28, 4) * page : 0;
}

std::string one_value(SqliteFile& file, const std::string& sql) {
  auto rows = file.prepare(sql);
  if (!rows || rows->step() != SqliteStatement::Step::row) return {};
  return std::string(rows->text(0));
}

Result<bool> read_tables(SqliteFile& file, const Schema& schema, const Input& input, TablePages& pages,
                         ReadSink& sink) {
  CellFiles files(input.limits(), sink);
  DatabaseReading reading(file, pages, files);
  bool whole = true;
  std::uint64_t met = 0;
  std::uint64_t unreadable = 0;
  for (const std::string& name : schema.tables) {
    if (pages.full()) break;
    if (is_inside_of_index(name, schema.virtual_tables)) continue;
    ++met;
    const std::optional<Table> table = table_of(file, name);
    const bool sound = table ? TRY(reading.read(*table)) : false;
    if (sound) continue;
    ++unreadable;
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::malformed, "table " + name, "rows of the table cannot be read: it is damaged"));
  }
  TRY_VOID(sink.record(MemberCount{"tables", schema.tables.size(), met - unreadable, unreadable}));
  const bool gaps = TRY(files.finish());
  return whole && !gaps;
}

}  // namespace

Result<ItemState> read_sqlite(const Input& input, ReadSink& sink) {
  const std::uint64_t stated = TRY(stated_size(input));
  Result<SqliteFile> file = SqliteFile::open(input.fd, std::max(stated, input.size));
  if (!file) {
    TRY_VOID(send_gap(sink, gap_kind_of(file.error().kind), "", file.error().message));
    return ItemState::failed;
  }
  bool whole = true;
  if (stated > input.size) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the database ends before its last page"));
  }
  const Schema schema = schema_of(*file);
  if (schema.damaged) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::malformed, "schema", "the list of tables is damaged"));
  }
  if (schema.cut) {
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::limit, "schema", "the database has more tables than are read"));
  }
  Document document;
  document.kind = "sqlite";
  document.fields = {{"encoding", one_value(*file, "PRAGMA encoding")},
                     {"application_id", one_value(*file, "PRAGMA application_id")},
                     {"user_version", one_value(*file, "PRAGMA user_version")}};
  TablePages pages(input.limits(), sink, std::move(document), "sqlite " + SqliteFile::version());
  const bool all = TRY(read_tables(*file, schema, input, pages, sink));
  TRY_VOID(pages.note("schema", schema.sql));
  const ItemState state = TRY(pages.finish());
  if (pages.pages() == 0 && !whole) return ItemState::failed;
  return whole && all ? state : ItemState::partial;
}

}  // namespace dragoman::read
