// SPDX-License-Identifier: AGPL-3.0-or-later
// Access databases: people's tables with their rows, numbered as they come; OLE objects and attachments as children.
#include "read/access_file.h"
#include "read/cell_files.h"
#include "read/inflate.h"
#include "read/input.h"
#include "read/little_endian.h"
#include "read/ole_objects.h"
#include "read/table.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kMostAttachment = std::uint64_t{256} << 20;
// Of a row's shortest form: a database cannot have more rows than its bytes hold.
constexpr std::uint64_t kLeastRow = 2;

// The file inside an OLE column: an Access header, an OLE 1.0 object ([MS-OLEDS] 2.2.4, 2.2.5), its native data. What
// is not wrapped so is given as it is.
NativeObject object_of(std::string_view bytes) {
  const NativeObject plain{"", bytes};
  if (!bytes.starts_with("\x15\x1C")) return plain;
  std::size_t at = u16_at(bytes, 2) + std::size_t{8};  // behind the version and the kind of object
  std::string_view program;
  for (int i = 0; i < 3; ++i) {  // class, topic, item
    const std::size_t length = u32_at(bytes, at);
    if (at > bytes.size() || length > bytes.size() - at) return plain;
    if (i == 0) program = slice(bytes, at + 4, length);
    at += 4 + length;
  }
  if (program.starts_with("Package")) return unwrap_native(slice(bytes, at));
  const std::string_view native = slice(bytes, at + 4, u32_at(bytes, at));
  return native.empty() ? plain : NativeObject{"", native};
}

/// Rows of one database; where its files go.
class AccessReading {
 public:
  AccessReading(AccessFile& file, const Input& input, TablePages& pages, ReadSink& sink)
      : file_(file), input_(input), pages_(pages), files_(input.limits(), sink), sink_(sink) {}

  Result<bool> read(const AccessTable& table) {
    const auto columns = file_.begin(table);
    if (!columns) {
      TRY_VOID(send_gap(sink_, GapKind::malformed, "table " + table.name, columns.error().message));
      return false;
    }
    TRY_VOID(pages_.begin_table("table " + table.name));
    TRY_VOID(pages_.header(*columns));
    std::vector<AccessCell> cells;
    std::uint64_t number = 0;
    while (!pages_.full() && file_.next(cells)) {
      if (++rows_ > input_.size / kLeastRow) {
        TRY_VOID(send_gap(sink_, GapKind::malformed, "table " + table.name, "the rows of the table come round again"));
        return false;
      }
      ++number;
      TRY_VOID(row(table, *columns, number, cells));
    }
    return true;
  }

  /// Whether nothing was left out.
  Result<bool> finish() {
    if (cut_) TRY_VOID(send_gap(sink_, GapKind::limit, "", "the text of a cell was longer than is read"));
    const bool gaps = TRY(files_.finish());
    return !gaps && !cut_;
  }

 private:
  Result<void> row(const AccessTable& table, const std::vector<std::string>& columns, std::uint64_t number,
                   std::vector<AccessCell>& cells) {
    std::string file_name;
    if (table.attachments) {
      for (std::size_t i = 0; i < cells.size(); ++i) file_name = columns[i] == "FileName" ? cells[i].text : file_name;
    }
    texts_.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      AccessCell& cell = cells[i];
      cut_ = cut_ || cell.cut;
      if (!cell.is_bytes) {
        texts_.push_back(std::move(cell.text));
        continue;
      }
      const std::string place = path_part(table.name) + "/" + std::to_string(number) + "/";
      if (table.attachments && columns[i] == "FileData") {
        texts_.push_back(TRY(attachment(cell.bytes, place + path_part(file_name.empty() ? columns[i] : file_name))));
      } else {
        texts_.push_back(TRY(object(cell.bytes, place, columns[i])));
      }
    }
    return pages_.row(number, texts_);
  }

  Result<std::string> object(std::string_view bytes, const std::string& place, const std::string& column) {
    const NativeObject found = object_of(bytes);
    const bool wrapped = found.bytes.size() != bytes.size();
    if (!wrapped) return files_.cell(bytes, place + path_part(column));
    return files_.file(found.bytes, place + path_part(found.name.empty() ? column : found.name));
  }

  // What Access keeps of an attachment: a mark whether it is deflated, the length, a head with the ending, the file.
  Result<std::string> attachment(std::string_view stored, const std::string& name) {
    if (stored.size() < 8) return std::string();
    Inflated unpacked;
    std::string_view content = stored.substr(8);
    if (stored[0] == 1) {
      unpacked = inflate_zlib(content, kMostAttachment);
      content = unpacked.bytes;
    }
    return files_.file(slice(content, u32_at(content, 0)), name);
  }

  AccessFile& file_;
  const Input& input_;
  TablePages& pages_;
  CellFiles files_;
  ReadSink& sink_;
  std::vector<std::string> texts_;
  std::uint64_t rows_ = 0;
  bool cut_ = false;
};

// Agile encryption of Access 2007 and later: its parameters stand at this place of the head, which is otherwise empty.
bool is_encrypted(std::string_view bytes) {
  constexpr std::size_t kParameters = 0x299;
  return bytes.size() > 4096 && bytes[0x14] >= 2 && u16_at(bytes, kParameters) != 0;
}

}  // namespace

Result<ItemState> read_access(const Input& input, ReadSink& sink) {
  const Result<Mapping> mapped = Mapping::of(input.fd, input.size);
  if (!mapped) {
    TRY_VOID(send_gap(sink, gap_kind_of(mapped.error().kind), "", mapped.error().message));
    return ItemState::failed;
  }
  if (is_encrypted(mapped->bytes())) {
    TRY_VOID(send_gap(sink, GapKind::encrypted, "", "an Access database cannot be opened without its key"));
    return ItemState::encrypted;
  }
  Result<AccessFile> file = AccessFile::open(mapped->bytes());
  if (!file) {
    TRY_VOID(send_gap(sink, gap_kind_of(file.error().kind), "", file.error().message));
    return ItemState::failed;
  }
  Document document;
  document.kind = "access";
  document.fields = {{"format", file->format()}};
  TablePages pages(input.limits(), sink, std::move(document), "libmdb");
  AccessReading reading(*file, input, pages, sink);
  std::uint64_t unreadable = 0;
  for (const AccessTable& table : file->tables()) {
    if (pages.full()) break;
    const bool sound = TRY(reading.read(table));
    unreadable += sound ? 0U : 1U;
  }
  const std::uint64_t all = file->tables().size();
  TRY_VOID(sink.record(MemberCount{"tables", all, all - unreadable, unreadable}));
  const bool whole = TRY(reading.finish());
  const ItemState state = TRY(pages.finish());
  return whole && unreadable == 0 ? state : ItemState::partial;
}

}  // namespace dragoman::read
