// SPDX-License-Identifier: AGPL-3.0-or-later
// OLE files that are none of the documents we read: a wrapped file comes out as a child, a known kind under a
// protection is called so, the rest gives what it declares about itself.
#include "read/ole_reader.h"

#include <iterator>
#include <utility>

#include "read/input.h"
#include "read/ole_objects.h"
#include "read/reflow.h"
#include "read/vba_macros.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kAnyOle = "application/x-ole-storage";

constexpr OleKind kKinds[] = {
    {"EncryptedPackage", "application/x-ooxml-encrypted"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"__nameid_version1.0", "application/vnd.ms-outlook"},
    {"WordDocument", "application/msword"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
    {"VisioDocument", "application/vnd.visio"},
    {"Quill", "application/x-mspublisher"},
    {"MatOST", "application/vnd.ms-works"},
    {"MM", "application/vnd.ms-works"},
    {"MN0", "application/vnd.ms-works"},
    {"StarWriterDocument", "application/vnd.stardivision.writer"},
    {"StarCalcDocument", "application/vnd.stardivision.calc"},
    {"StarDrawDocument3", "application/vnd.stardivision.impress"},
    {"StarDrawDocument", "application/vnd.stardivision.impress"},
    {"NativeContent_MAIN", "application/x-quattro-pro"},
};

// Of those that nothing here opens, for people.
struct Name {
  std::string_view entry;
  std::string_view name;
};
constexpr Name kNames[] = {
    {"Props12", "a project plan (Microsoft Project)"}, {"Props14", "a project plan (Microsoft Project)"},
    {"Props9", "a project plan (Microsoft Project)"},  {"BodyText", "a text document (Hangul)"},
    {"ViewText", "a text document (Hangul)"},          {"SwDocContentMgr", "a model (SolidWorks)"},
};

std::string_view unread_name(const OleFile& file) {
  for (const Name& row : kNames) {
    if (file.find(row.entry) != nullptr) return row.name;
  }
  return "an OLE compound file of a kind that is not known here";
}

// "a drawing (Visio)" where the directory tells one.
std::string_view name_of(const OleFile& file, const Type& type) {
  return type.mime == kAnyOle ? unread_name(file) : type.name;
}

}  // namespace

std::span<const OleKind> ole_kinds() {
  return kKinds;
}

std::string_view ole_mime_of(const OleFile& file) {
  for (const OleKind& row : kKinds) {
    if (file.find(row.entry) != nullptr) return row.mime;
  }
  return kAnyOle;
}

Result<ItemState> read_ole(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", file.error().message));
    return ItemState::failed;
  }
  Body body;
  body.document.kind = "ole";
  body.document.fields = ole_properties(*file, file->root());
  for (const Field& field : body.document.fields) {
    if (field.key == "Title") body.document.title = field.value;
  }
  body.engine = "dragoman vba";
  std::string source = vba_source(*file, file->root(), input.limits().max_text_bytes);
  if (!source.empty()) {
    // A project of macros that stands alone, as documents of Office Open XML keep theirs.
    body.parts.push_back({"macros", std::move(source)});
    return send_body(std::move(body), input.limits(), sink);
  }
  TRY_VOID(sink.record(body.document));
  EmbeddedChildren children(input.limits(), sink, input.size);
  // Publisher and Works have streams of these names that wrap nothing.
  const bool wrapped =
      input.type.mime == kAnyOle &&
      (file->find("\1Ole10Native") != nullptr || file->find("Package") != nullptr || file->find("CONTENTS") != nullptr);
  if (wrapped) TRY_VOID(children.send_object(*file, file->root(), "object"));
  if (children.sent() > 0) return children.whole() ? ItemState::read : ItemState::partial;
  if (file->find("\x09"
                 "DRMContent") != nullptr) {
    TRY_VOID(
        send_gap(sink, GapKind::encrypted, "", "the document is under rights management; its content is encrypted"));
    return ItemState::encrypted;
  }
  std::string detail = "there is no reader yet for ";
  detail += name_of(*file, input.type);
  if (input.type.mime != kAnyOle) detail += "; LibreOffice may open it";
  TRY_VOID(send_gap(sink, GapKind::unsupported, "", std::move(detail)));
  return ItemState::unsupported;
}

}  // namespace dragoman::read
