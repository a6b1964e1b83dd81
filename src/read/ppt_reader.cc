// SPDX-License-Identifier: AGPL-3.0-or-later
// PPT: presentations of PowerPoint 97–2003.
#include <algorithm>
#include <utility>

#include "read/inflate.h"
#include "read/input.h"
#include "read/ole_objects.h"
#include "read/ppt_file.h"
#include "read/ppt_text.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

// What one byte of the file may become: entries of a hostile file may name the same slide again and again.
constexpr std::uint64_t kTextRatio = 16;

Result<ItemState> give_up(const Error& error, OleFile* file, ReadSink& sink) {
  if (file != nullptr) {
    Document document;
    document.kind = "ppt";
    document.fields = ole_properties(*file, file->root());
    TRY_VOID(sink.record(document));
  }
  TRY_VOID(send_gap(sink, gap_kind_of(error.kind), "", error.message));
  return error.kind == ErrorKind::encrypted ? ItemState::encrypted : ItemState::failed;
}

// An object is a compound file, deflated where the instance is 1 ([MS-PPT] 2.10.34).
Result<void> send_object(const PptRecord& storage, const std::string& name, const Limits& limits,
                         EmbeddedChildren& children) {
  if (storage.instance != 1) return children.send_object_file(storage.data, name);
  const std::uint64_t most =
      std::min<std::uint64_t>({u32_at(storage.data, 0), limits.max_unpacked_bytes,
                               std::max(limits.ratio_floor_bytes, storage.data.size() * limits.max_unpacked_ratio)});
  const Inflated inflated = inflate_zlib(slice(storage.data, 4), most);
  if (inflated.bytes.size() < most) {
    return children.keep_back(GapKind::malformed, name, "an embedded object is damaged and was left out");
  }
  return children.send_object_file(inflated.bytes, name);
}

Result<void> send_objects(const PptFile& ppt, const Limits& limits, EmbeddedChildren& children) {
  std::vector<std::uint32_t> objects;
  each_ppt_record(ppt.document().data, [&](const PptRecord& record) {
    if (record.type == ppt::kObjectAtom && objects.size() < limits.max_members)
      objects.push_back(u32_at(record.data, 16));
    return record.container && record.type != ppt::kSlideList;
  });
  std::sort(objects.begin(), objects.end());
  objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const PptRecord storage = ppt.persisted(objects[i]);
    if (storage.type != ppt::kObjectStorage) continue;
    TRY_VOID(send_object(storage, "object-" + std::to_string(i + 1), limits, children));
  }
  return {};
}

bool has_macros(const PptFile& ppt) {
  bool found = false;
  each_ppt_record(ppt.document().data, [&](const PptRecord& record) {
    found = found || (record.type == ppt::kVbaInfoAtom && u32_at(record.data, 4) != 0);
    return record.container && record.type != ppt::kSlideList;
  });
  return found;
}

}  // namespace

Result<ItemState> read_ppt(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) return give_up(file.error(), nullptr, sink);
  const Limits& limits = input.limits();
  const Result<PptFile> ppt = PptFile::open(*file, std::uint64_t{512} << 20);
  if (!ppt) return give_up(ppt.error(), &*file, sink);
  PptText text = ppt_text(*ppt, std::min(limits.max_text_bytes, (std::uint64_t{1} << 20) + input.size * kTextRatio));
  Body body;
  body.document.kind = "ppt";
  body.document.fields = ole_properties(*file, file->root());
  if (has_macros(*ppt)) body.document.fields.push_back({"macros", "yes"});
  for (const Field& field : body.document.fields) {
    if (field.key == "Title") body.document.title = field.value;
  }
  body.engine = "dragoman ppt";
  body.parts = std::move(text.parts);
  bool whole = TRY(send_body(std::move(body), limits, sink)) == ItemState::read;
  if (ppt->cut() || file->damaged()) {
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the presentation is damaged; what could be found of it is here"));
    whole = false;
  }
  if (text.full) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the document has more text than is read"));
    whole = false;
  }
  EmbeddedChildren children(limits, sink, input.size);
  TRY_VOID(send_objects(*ppt, limits, children));
  if (const OleEntry* pictures = file->find("Pictures"); pictures != nullptr) {
    const OleBytes read = file->read(*pictures, std::uint64_t{512} << 20);
    TRY_VOID(children.send_pictures(read.bytes));
  }
  return whole && children.whole() ? ItemState::read : ItemState::partial;
}

}  // namespace dragoman::read
