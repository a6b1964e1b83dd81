// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/access_file.h"

#include <iconv.h>
#include <mdbtools.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dragoman::read {
namespace {

struct MdbClose {
  void operator()(MdbHandle* handle) const { mdb_close(handle); }
};
struct TableFree {
  void operator()(MdbTableDef* table) const { mdb_free_tabledef(table); }
};

std::string name_of(const char* name, std::size_t room) {
  return {name, ::strnlen(name, room)};
}

// The table that holds the files of a column of attachments: "f_", the column's mark, "_", its name.
bool is_attachments(const MdbCatalogEntry& entry) {
  return entry.object_type == MDB_TABLE && std::string_view(entry.object_name).starts_with("f_") &&
         std::strlen(entry.object_name) > 34;
}

}  // namespace

struct AccessFile::State {
  std::unique_ptr<MdbHandle, MdbClose> handle;
  std::vector<AccessTable> tables;
  std::unique_ptr<MdbTableDef, TableFree> table;
  std::vector<std::unique_ptr<char[]>> values;  // one a column, kMostText bytes each; untouched ones cost nothing
  std::vector<int> lengths;
};

AccessFile::AccessFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
AccessFile::AccessFile(AccessFile&&) noexcept = default;
AccessFile::~AccessFile() = default;

Result<AccessFile> AccessFile::open(std::string_view bytes) {
  auto state = std::make_unique<State>();
  // The library asks for a writable pointer and, opened so, only reads.
  state->handle.reset(mdb_open_buffer(const_cast<char*>(bytes.data()), bytes.size(), MDB_NOFLAGS));
  MdbHandle* handle = state->handle.get();
  if (handle == nullptr) return fail(ErrorKind::malformed, "the database cannot be opened: its head is damaged");
  mdb_set_bind_size(handle, kMostText);
  mdb_set_date_fmt(handle, "%Y-%m-%dT%H:%M:%S");
  mdb_set_shortdate_fmt(handle, "%Y-%m-%d");
  mdb_set_boolean_fmt_words(handle);
  if (mdb_read_catalog(handle, MDB_TABLE) == nullptr) {
    return fail(ErrorKind::malformed, "the database's list of tables is damaged");
  }
  for (unsigned int i = 0; i < handle->num_catalog; ++i) {
    auto* entry = static_cast<MdbCatalogEntry*>(g_ptr_array_index(handle->catalog, i));
    if (entry == nullptr || entry->object_type != MDB_TABLE) continue;
    const bool attachments = is_attachments(*entry);
    if (!attachments && mdb_is_user_table(entry) == 0) continue;
    state->tables.push_back({name_of(entry->object_name, MDB_MAX_OBJ_NAME), attachments, i});
  }
  return AccessFile(std::move(state));
}

const std::vector<AccessTable>& AccessFile::tables() const {
  return state_->tables;
}

std::string AccessFile::format() const {
  switch (state_->handle->f->jet_version) {
    case MDB_VER_JET3: return "JET 3";
    case MDB_VER_JET4: return "JET 4";
    case MDB_VER_ACCDB_2007: return "ACE 2007";
    case MDB_VER_ACCDB_2010: return "ACE 2010";
    default: return "ACE";
  }
}

Result<std::vector<std::string>> AccessFile::begin(const AccessTable& table) {
  state_->table.reset();
  auto* entry = static_cast<MdbCatalogEntry*>(g_ptr_array_index(state_->handle->catalog, table.entry));
  state_->table.reset(mdb_read_table(entry));
  MdbTableDef* opened = state_->table.get();
  if (opened == nullptr || mdb_read_columns(opened) == nullptr || opened->columns->len < opened->num_cols) {
    state_->table.reset();
    return fail(ErrorKind::malformed, "the table's definition is damaged");
  }
  std::vector<std::string> names;
  state_->lengths.assign(opened->num_cols, 0);
  for (unsigned int i = 0; i < opened->num_cols; ++i) {
    const auto* column = static_cast<MdbColumn*>(g_ptr_array_index(opened->columns, i));
    names.push_back(name_of(column->name, MDB_MAX_OBJ_NAME));
    if (state_->values.size() <= i) state_->values.push_back(std::make_unique_for_overwrite<char[]>(kMostText + 1));
    state_->values[i][0] = '\0';
    mdb_bind_column(opened, static_cast<int>(i) + 1, state_->values[i].get(), &state_->lengths[i]);
  }
  mdb_rewind_table(opened);
  return names;
}

bool AccessFile::next(std::vector<AccessCell>& cells) {
  MdbTableDef* table = state_->table.get();
  if (table == nullptr || mdb_fetch_row(table) == 0) return false;
  MdbHandle* handle = state_->handle.get();
  cells.assign(table->num_cols, {});
  // First what stands on the row's own page: following a long value loads other pages.
  for (unsigned int i = 0; i < table->num_cols; ++i) {
    const auto* column = static_cast<MdbColumn*>(g_ptr_array_index(table->columns, i));
    AccessCell& cell = cells[i];
    cell.is_bytes = column->col_type == MDB_OLE || column->col_type == MDB_BINARY;
    if (column->col_type == MDB_COMPLEX) continue;
    if (column->col_type == MDB_BINARY) {
      const int start = column->cur_value_start;
      const int length = column->cur_value_len;
      if (start < 0 || length <= 0 || start > MDB_PGSIZE - length) continue;
      cell.bytes.assign(reinterpret_cast<const char*>(handle->pg_buf) + start, static_cast<std::size_t>(length));
    } else if (!cell.is_bytes) {
      const std::size_t room = static_cast<std::size_t>(std::max(state_->lengths[i], 0));
      cell.text = name_of(state_->values[i].get(), std::min(room, kMostText));
      cell.cut = cell.text.size() + 1 >= kMostText;
    }
  }
  for (unsigned int i = 0; i < table->num_cols; ++i) {
    auto* column = static_cast<MdbColumn*>(g_ptr_array_index(table->columns, i));
    if (column->col_type != MDB_OLE || state_->lengths[i] <= 0) continue;
    std::size_t size = 0;
    void* whole = mdb_ole_read_full(handle, column, &size);
    if (whole != nullptr) cells[i].bytes.assign(static_cast<const char*>(whole), size);
    g_free(whole);
  }
  return true;
}

void warm_up_access() {
  // glibc's converters are modules; one that was opened stays loaded as long as its handle does.
  static constexpr std::array kPages = {"UCS-2LE", "CP1252", "CP1256", "CP1251", "CP1250", "CP1255", "CP1254"};
  static const auto kept = [] {
    std::array<iconv_t, kPages.size()> handles{};
    std::transform(kPages.begin(), kPages.end(), handles.begin(),
                   [](const char* page) { return ::iconv_open("UTF-8", page); });
    return handles;
  }();
  static_cast<void>(kept);
}

}  // namespace dragoman::read
