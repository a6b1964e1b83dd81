// SPDX-License-Identifier: AGPL-3.0-or-later
// DOC: the text of Word 97–2003 and, plainly, of Word 6 and 95; notes, comments, headers and what is deleted or hidden
// on pages of their own; objects and pictures as children.
#include <algorithm>
#include <set>
#include <utility>

#include "read/doc_file.h"
#include "read/doc_text.h"
#include "read/input.h"
#include "read/little_endian.h"
#include "read/ole_objects.h"
#include "read/reflow.h"
#include "read/vba_macros.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kDrawings = 50;  // pair of FibRgFcLcb97: the store of pictures
// What one byte of the file may become: pieces of a hostile file may name the same bytes again and again.
constexpr std::uint64_t kTextRatio = 16;

std::string comments_of(const DocFile& doc, DocText& text) {
  std::string all;
  for (const DocComment& comment : doc.comments()) {
    std::string words = text.shown(doc, comment.text);
    if (words.find_first_not_of(" \n\t") == words.npos) continue;
    if (!comment.author.empty()) all += comment.author + ": ";
    all += words + "\n\n";
    if (text.full()) break;
  }
  return all;
}

Body body_of(const DocFile& doc, DocText& text) {
  Body body;
  body.document.kind = "doc";
  body.engine = "dragoman doc";
  body.text = text.shown(doc, doc.story(DocStory::body));
  std::string boxes = text.shown(doc, doc.story(DocStory::text_boxes));
  std::string headers = text.shown(doc, doc.story(DocStory::headers));
  headers += "\n\n" + text.shown(doc, doc.story(DocStory::header_boxes));
  body.parts = {{"text boxes", std::move(boxes)},
                {"footnotes", text.shown(doc, doc.story(DocStory::footnotes))},
                {"endnotes", text.shown(doc, doc.story(DocStory::endnotes))},
                {"comments", comments_of(doc, text)},
                {"headers and footers", std::move(headers)},
                {"deleted text", text.deleted()},
                {"hidden text", text.hidden()},
                {"links", text.links()}};
  return body;
}

// Pictures in line lie in the stream "Data" behind a head that says its own length ([MS-DOC] 2.9.190).
Result<void> send_inline_pictures(OleFile& file, const DocText& text, EmbeddedChildren& children) {
  const OleEntry* stream = file.find("Data");
  if (stream == nullptr || text.pictures().empty()) return {};
  const OleBytes data = file.read(*stream, std::uint64_t{512} << 20);
  const std::set<std::uint32_t> places(text.pictures().begin(), text.pictures().end());
  std::uint64_t last_end = 0;
  for (const std::uint32_t at : places) {
    if (at < last_end) continue;  // inside the one before
    const std::string_view picture = slice(data.bytes, at, u32_at(data.bytes, at));
    std::string_view records = slice(picture, u16_at(picture, 4));
    if (u16_at(picture, 6) == 0x66) records = slice(records, std::uint64_t{1} + u8_at(records, 0));  // a file's name
    TRY_VOID(children.send_pictures(records));
    last_end = at + picture.size();
  }
  return {};
}

// Floating pictures: the table names their places in the main stream (FBSE.foDelay).
Result<void> send_floating_pictures(const DocFile& doc, EmbeddedChildren& children) {
  const std::string_view drawings = doc.table(kDrawings);
  std::set<std::uint32_t> places;
  for (std::uint64_t at = 0; at + 8 <= drawings.size();) {
    const std::string_view head = slice(drawings, at, 8);
    const unsigned type = u16_at(head, 2);
    const std::uint32_t length = u32_at(head, 4);
    if (type != 0xF000 && type != 0xF001 && type != 0xF007) {
      at += 8 + std::uint64_t{length};
      continue;
    }
    if (type == 0xF007) {
      const std::string_view entry = slice(drawings, at + 8, length);
      const std::uint32_t size = u32_at(entry, 20);
      const std::uint32_t place = u32_at(entry, 28);
      if (size > 0 && places.insert(place).second)
        TRY_VOID(children.send_pictures(slice(doc.main_stream(), place, size)));
      at += 8 + std::uint64_t{length};
    } else {
      at += 8;
    }
  }
  return {};
}

Result<void> send_objects(OleFile& file, EmbeddedChildren& children) {
  const OleEntry* pool = file.find("ObjectPool");
  if (pool == nullptr) return {};
  for (const OleEntry& object : file.children(*pool)) {
    if (object.storage) TRY_VOID(children.send_object(file, object, "object" + object.name));
  }
  return {};
}

Result<ItemState> give_up(const Error& error, OleFile* file, ReadSink& sink) {
  if (file != nullptr) {
    Document document;
    document.kind = "doc";
    document.fields = ole_properties(*file, file->root());
    TRY_VOID(sink.record(document));
  }
  TRY_VOID(send_gap(sink, gap_kind_of(error.kind), "", error.message));
  if (error.kind == ErrorKind::encrypted) return ItemState::encrypted;
  return error.kind == ErrorKind::unsupported ? ItemState::unsupported : ItemState::failed;
}

}  // namespace

Result<ItemState> read_doc(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) return give_up(file.error(), nullptr, sink);
  const Result<DocFile> doc = DocFile::open(*file, input.limits().max_text_bytes);
  if (!doc) return give_up(doc.error(), &*file, sink);
  DocText text(std::min(input.limits().max_text_bytes, (std::uint64_t{1} << 20) + input.size * kTextRatio));
  Body body = body_of(*doc, text);
  body.document.fields = ole_properties(*file, file->root());
  if (const OleEntry* macros = file->find("Macros"); macros != nullptr) {
    body.document.fields.push_back({"macros", "yes"});
    body.parts.push_back({"macros", vba_source(*file, *macros, input.limits().max_text_bytes)});
  }
  for (const Field& field : body.document.fields) {
    if (field.key == "Title") body.document.title = field.value;
  }
  const ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  bool whole = state == ItemState::read;
  if (doc->cut() || file->damaged()) {
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the document is damaged; what could be found of it is here"));
    whole = false;
  }
  if (text.full()) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the document has more text than is read"));
    whole = false;
  }
  if (file->find("\x09"
                 "DRMContent") != nullptr) {
    TRY_VOID(
        send_gap(sink, GapKind::encrypted, "", "the document is under rights management; its content is encrypted"));
    return ItemState::encrypted;
  }
  EmbeddedChildren children(input.limits(), sink, input.size);
  TRY_VOID(send_objects(*file, children));
  TRY_VOID(send_inline_pictures(*file, text, children));
  TRY_VOID(send_floating_pictures(*doc, children));
  return whole && children.whole() ? ItemState::read : ItemState::partial;
}

}  // namespace dragoman::read
