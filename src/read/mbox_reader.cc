// SPDX-License-Identifier: AGPL-3.0-or-later
// A mailbox in one file (mboxo, mboxrd, mboxcl, mboxcl2): every message is a child that stands in the mailbox as it
// is. Lines that were quoted on the way in (">From ") are not touched: what is kept is what was there.
#include <fmt/format.h>

#include "read/input.h"
#include "read/mbox_walk.h"

namespace dragoman::read {

Result<ItemState> read_mbox(const Input& input, ReadSink& sink) {
  MboxWalk walk(input.fd, input.size);
  MemberCount count{"messages", 0, 0, 0};
  for (;;) {
    const std::optional<ByteRange> message = TRY(walk.next());
    if (!message) break;
    ++count.expected;
    if (count.read >= input.limits().max_members) continue;
    ChildHeader header{static_cast<std::uint32_t>(count.read), fmt::format("message-{:06}.eml", count.expected)};
    header.range = *message;
    TRY_VOID(sink.begin_child(header));
    TRY_VOID(sink.end_child(ChildEnd::complete));
    ++count.read;
  }
  count.unreadable = count.expected - count.read;
  TRY_VOID(sink.record(count));
  if (count.unreadable == 0) return ItemState::read;
  TRY_VOID(send_gap(sink, GapKind::limit, "", "the mailbox holds more messages than its limit"));
  return ItemState::partial;
}

}  // namespace dragoman::read
