// SPDX-License-Identifier: AGPL-3.0-or-later
// XLS: workbooks of Excel 5 to 2003 in OLE files, and the bare streams of Excel 2 to 4.
#include <algorithm>
#include <utility>

#include "read/input.h"
#include "read/ole_objects.h"
#include "read/table.h"
#include "read/vba_macros.h"
#include "read/xls_book.h"
#include "read/xls_sheet.h"

namespace dragoman::read {
namespace {

// Sheets follow each other in the stream; those of a hostile file may all claim the same part of it.
constexpr std::uint64_t kMostReadings = 4;

Result<ItemState> give_up(const Error& error, ReadSink& sink) {
  TRY_VOID(send_gap(sink, gap_kind_of(error.kind), "", error.message));
  return error.kind == ErrorKind::encrypted ? ItemState::encrypted : ItemState::failed;
}

struct Workbook {
  std::string stream;
  std::vector<Field> fields;
  std::string macros;
  bool whole = true;
};

Result<Workbook> workbook_of(OleFile& file, std::uint64_t most) {
  const OleEntry* entry = file.find("Workbook");
  if (entry == nullptr) entry = file.find("Book");
  if (entry == nullptr) return fail(ErrorKind::malformed, "the stream of the workbook is missing");
  Workbook out;
  OleBytes read = file.read(*entry, most);
  out.stream = std::move(read.bytes);
  out.whole = read.whole && !file.damaged();
  out.fields = ole_properties(file, file.root());
  if (const OleEntry* macros = file.find("_VBA_PROJECT_CUR"); macros != nullptr) {
    out.fields.push_back({"macros", "yes"});
    out.macros = vba_source(file, *macros, most);
  }
  return out;
}

Result<bool> send_objects(OleFile& file, const XlsBook& book, EmbeddedChildren& children) {
  for (const OleEntry& entry : file.children(file.root())) {
    if (entry.storage && entry.name.starts_with("MBD")) TRY_VOID(children.send_object(file, entry, entry.name));
  }
  TRY_VOID(children.send_pictures(book.drawings()));
  return children.whole();
}

struct About {
  std::vector<Field> fields;
  std::string macros;
};

Result<ItemState> send_book(const XlsBook& book, About about, const Limits& limits, ReadSink& sink) {
  Document document;
  document.kind = "xls";
  document.fields = std::move(about.fields);
  for (const Field& field : document.fields) {
    if (field.key == "Title") document.title = field.value;
  }
  TablePages pages(limits, sink, std::move(document), "dragoman xls");
  bool cut = book.cut();
  std::uint64_t scanned = 0;
  for (const XlsSheet& sheet : book.sheets()) {
    if (pages.full()) break;
    XlsSheetReader reader(book, sheet);
    TRY_VOID(reader.send(pages));
    cut = cut || reader.cut();
    scanned += reader.scanned();
    if (scanned > kMostReadings * book.stream().size()) {
      TRY_VOID(send_gap(sink, GapKind::limit, "", "sheets that share their cells with others were left out"));
      TRY_VOID(pages.finish());
      return ItemState::partial;
    }
  }
  TRY_VOID(pages.note("macros", about.macros));
  const ItemState state = TRY(pages.finish());
  if (!cut) return state;
  TRY_VOID(send_gap(sink, GapKind::truncated, "", "the workbook is damaged; what could be found of it is here"));
  return ItemState::partial;
}

}  // namespace

Result<ItemState> read_xls(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const bool bare = !mapping.bytes().starts_with("\xD0\xCF\x11\xE0");
  if (bare) {
    const Result<XlsBook> book = XlsBook::open(mapping.bytes());
    return book ? send_book(*book, {}, input.limits(), sink) : give_up(book.error(), sink);
  }
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) return give_up(file.error(), sink);
  Result<Workbook> workbook = workbook_of(*file, input.limits().max_text_bytes);
  if (!workbook) return give_up(workbook.error(), sink);
  const Result<XlsBook> book = XlsBook::open(workbook->stream);
  if (!book) {
    Document document;
    document.kind = "xls";
    document.fields = std::move(workbook->fields);
    TRY_VOID(sink.record(document));
    return give_up(book.error(), sink);
  }
  ItemState state =
      TRY(send_book(*book, {std::move(workbook->fields), std::move(workbook->macros)}, input.limits(), sink));
  if (!workbook->whole) {
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the workbook is damaged; what could be found of it is here"));
    state = ItemState::partial;
  }
  EmbeddedChildren children(input.limits(), sink, input.size);
  const bool whole = TRY(send_objects(*file, *book, children));
  return whole ? state : ItemState::partial;
}

}  // namespace dragoman::read
