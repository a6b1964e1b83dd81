// SPDX-License-Identifier: AGPL-3.0-or-later
// Outlook's message files as a message with its attachments.
#include "read/mapi_reading.h"
#include "read/msg_file.h"

namespace dragoman::read {

Result<ItemState> read_msg(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  Result<OleFile> file = OleFile::open(mapping.bytes());
  if (!file) {
    TRY_VOID(send_gap(sink, gap_kind_of(file.error().kind), "", "the compound file is damaged"));
    return ItemState::failed;
  }
  const Result<MapiMessage> message = msg_message(*file);
  if (!message) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the file holds no properties of a message"));
    return ItemState::failed;
  }
  const ItemState state = TRY(read_mapi(*message, "msg", input, sink));
  if (!file->damaged()) return state;
  TRY_VOID(send_gap(sink, GapKind::malformed, "", "the compound file is damaged"));
  return ItemState::partial;
}

}  // namespace dragoman::read
