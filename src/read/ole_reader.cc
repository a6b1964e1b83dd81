// SPDX-License-Identifier: AGPL-3.0-or-later
// OLE files that are none of the documents we read: a wrapped file comes out as a child, a known kind under a
// protection is called so, the rest gives what it declares about itself.
#include "read/ole_reader.h"

#include <iterator>
#include <utility>

#include "read/input.h"
#include "read/ole_objects.h"

namespace dragoman::read {
namespace {

struct Row {
  std::string_view stream;
  std::string_view mime;
};
constexpr Row kRows[] = {
    {"EncryptedPackage", "application/x-ooxml-encrypted"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"__nameid_version1.0", "application/vnd.ms-outlook"},
    {"WordDocument", "application/msword"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
};

constexpr Row kNames[] = {
    {"VisioDocument", "a drawing (Visio)"},
    {"Quill", "a publication (Publisher)"},
    {"Props12", "a project plan (Microsoft Project)"},
    {"Props14", "a project plan (Microsoft Project)"},
    {"Props9", "a project plan (Microsoft Project)"},
    {"MatOST", "a text document (Works)"},
    {"MN0", "a text document (Works)"},
    {"StarWriterDocument", "a text document (StarOffice)"},
    {"StarCalcDocument", "a spreadsheet (StarOffice)"},
    {"StarDrawDocument3", "a drawing (StarOffice)"},
    {"NativeContent_MAIN", "a spreadsheet (Quattro Pro)"},
};

std::string_view name_of(const OleFile& file) {
  for (const Row& row : kNames) {
    if (file.find(row.stream) != nullptr) return row.mime;
  }
  return "an OLE compound file of a kind that is not known here";
}

}  // namespace

std::string_view ole_mime_of(const OleFile& file) {
  for (const Row& row : kRows) {
    if (file.find(row.stream) != nullptr) return row.mime;
  }
  return "application/x-ole-storage";
}

Result<ItemState> read_ole(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", file.error().message));
    return ItemState::failed;
  }
  Document document;
  document.kind = "ole";
  document.fields = ole_properties(*file, file->root());
  for (const Field& field : document.fields) {
    if (field.key == "Title") document.title = field.value;
  }
  TRY_VOID(sink.record(document));
  EmbeddedChildren children(input.limits(), sink, input.size);
  const bool wrapped =
      file->find("\1Ole10Native") != nullptr || file->find("Package") != nullptr || file->find("CONTENTS") != nullptr;
  if (wrapped) TRY_VOID(children.send_object(*file, file->root(), "object"));
  if (children.sent() > 0) return children.whole() ? ItemState::read : ItemState::partial;
  if (file->find("\x09"
                 "DRMContent") != nullptr) {
    TRY_VOID(
        send_gap(sink, GapKind::encrypted, "", "the document is under rights management; its content is encrypted"));
    return ItemState::encrypted;
  }
  TRY_VOID(send_gap(sink, GapKind::unsupported, "",
                    "there is no reader yet for " + std::string(name_of(*file)) + "; LibreOffice may open it"));
  return ItemState::unsupported;
}

}  // namespace dragoman::read
