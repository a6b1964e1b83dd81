// SPDX-License-Identifier: AGPL-3.0-or-later
// Audio and video: what the file says about itself, its subtitles, its cover. What is spoken is not read.
#include <algorithm>
#include <string_view>

#include "read/input.h"
#include "read/media_file.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kFrame = std::size_t{1} << 20;

Result<void> send_attachments(const MediaFile& file, ReadSink& sink) {
  std::uint32_t ordinal = 0;
  for (const MediaAttachment& attachment : file.attachments) {
    TRY_VOID(sink.begin_child({ordinal++, attachment.name}));
    std::string_view rest = attachment.bytes;
    while (!rest.empty()) {
      TRY_VOID(sink.child_bytes(rest.substr(0, kFrame)));
      rest.remove_prefix(std::min(rest.size(), kFrame));
    }
    TRY_VOID(sink.end_child(ChildEnd::complete));
  }
  return {};
}

}  // namespace

Result<ItemState> read_media(const Input& input, ReadSink& sink) {
  Result<MediaFile> file = media_file(input.fd, input.size);
  if (!file) {
    const bool missing = file.error().kind == ErrorKind::unsupported;
    TRY_VOID(send_gap(sink, missing ? GapKind::missing_dependency : GapKind::malformed, "", file.error().message));
    return missing ? ItemState::unsupported : ItemState::failed;
  }
  Body body;
  body.document.kind = std::string(input.type.kind);
  for (const Field& field : file->fields) {
    if (field.key == "title") body.document.title = field.value;
  }
  body.document.fields = std::move(file->fields);
  body.engine = media_engine();
  body.parts.push_back({"metadata", std::move(file->written)});
  for (BodyPart& part : file->subtitles) body.parts.push_back(std::move(part));
  ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  TRY_VOID(send_attachments(*file, sink));
  if (file->picture_subtitles) {
    TRY_VOID(send_gap(sink, GapKind::not_transcribed, "", "subtitles that are pictures are not read"));
  }
  if (file->cut) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the recording holds more subtitles than are read"));
    state = ItemState::partial;
  }
  TRY_VOID(send_gap(sink, GapKind::not_transcribed, "", "speech is not transcribed"));
  return state;
}

}  // namespace dragoman::read
