// SPDX-License-Identifier: AGPL-3.0-or-later
// A metafile is its words, the pictures it draws as children, and what it says about itself. What it draws as lines
// is not recognised.
#include <algorithm>
#include <utility>

#include "read/input.h"
#include "read/metafile.h"
#include "read/ole_objects.h"
#include "read/reflow.h"

namespace dragoman::read {

Result<ItemState> read_metafile(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const std::uint64_t most = input.limits().max_text_bytes;
  Metafile file = input.type.mime == "image/emf" ? read_emf(mapping.bytes(), most) : read_wmf(mapping.bytes(), most);
  Body body;
  body.document.kind = std::string(input.type.kind);
  body.text = std::move(file.text);
  body.engine = "dragoman metafile";
  body.parts.push_back({"metadata", std::move(file.description)});
  ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  EmbeddedChildren children(input.limits(), sink, input.size);
  for (const MetafilePicture& picture : file.pictures) {
    const std::string name = "picture-" + std::to_string(children.sent() + 1) + "." + picture.extension;
    TRY_VOID(children.send(name, picture.bytes, picture.head));
  }
  if (!children.whole()) state = ItemState::partial;
  if (file.glyphs) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::unsupported, "",
                      "letters of the drawing are numbers in a font that is not here; they cannot be read"));
  }
  if (!file.whole) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the drawing ends before its last record does"));
  }
  if (file.limited) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the drawing is larger or deeper than is read"));
  }
  return state;
}

}  // namespace dragoman::read
