// SPDX-License-Identifier: AGPL-3.0-or-later
// Plain text of any encoding, source code and the like included.
#include <algorithm>

#include "read/encoding.h"
#include "read/input.h"
#include "read/reflow.h"

namespace dragoman::read {

Result<ItemState> read_text(const Input& input, ReadSink& sink) {
  const std::uint64_t wanted = std::min(input.size, input.limits().max_text_bytes);
  Decoded decoded;
  {
    // Mapped, so that of a long log only its text is held.
    const Mapping mapping = TRY(Mapping::of(input.fd, wanted));
    decoded = decode_text(mapping.bytes());
  }
  ItemState state = ItemState::read;
  if (decoded.malformed) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "some bytes do not fit the encoding " + decoded.encoding));
  }
  if (wanted < input.size) {
    state = ItemState::partial;
    TRY_VOID(send_gap(sink, GapKind::limit, "offset " + std::to_string(wanted), "the text behind this was not read"));
  }
  Body body;
  body.document.kind = "text";
  body.document.fields.push_back({"encoding", decoded.encoding});
  body.engine = "text " + decoded.encoding;
  body.text = std::move(decoded.utf8);
  const bool blank = words_of(std::string_view(body.text).substr(0, 1 << 20)).empty() && body.text.size() <= (1 << 20);
  if (blank) TRY_VOID(send_gap(sink, GapKind::empty, "", "the text holds no words"));
  const ItemState sent = TRY(send_body(std::move(body), input.limits(), sink));
  return sent == ItemState::read ? state : sent;
}

}  // namespace dragoman::read
