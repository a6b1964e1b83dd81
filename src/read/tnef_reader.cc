// SPDX-License-Identifier: AGPL-3.0-or-later
// TNEF (winmail.dat) as a message with its attachments.
#include "read/mapi_reading.h"
#include "read/tnef_file.h"

namespace dragoman::read {

Result<ItemState> read_tnef(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  const Result<TnefFile> file = parse_tnef(mapping.bytes());
  if (!file) {
    TRY_VOID(send_gap(sink, gap_kind_of(file.error().kind), "", "the file is no TNEF"));
    return ItemState::failed;
  }
  const ItemState state = TRY(read_mapi(file->message, "tnef", input, sink));
  if (file->truncated) TRY_VOID(send_gap(sink, GapKind::truncated, "", "the file ends inside an attribute"));
  if (file->damaged) TRY_VOID(send_gap(sink, GapKind::malformed, "", "some attributes are damaged"));
  return file->truncated || file->damaged ? ItemState::partial : state;
}

}  // namespace dragoman::read
