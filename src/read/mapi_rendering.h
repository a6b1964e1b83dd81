// SPDX-License-Identifier: AGPL-3.0-or-later
// A message of Outlook written down as a mail (RFC 5322, MIME), for stores that keep no mails as such. The same
// message gives the same bytes, always: a citation of the rendering stays true. Attachments keep their bytes;
// attached messages are rendered within.
#pragma once

#include <cstddef>
#include <cstdint>

#include "read/mapi_message.h"

namespace dragoman::read {

struct Rendering {
  std::size_t attachments = 0;  // met, at any depth
  std::size_t lost = 0;         // that could not be read, or not whole
  std::size_t elsewhere = 0;    // only referred to
  bool too_deep = false;        // attached messages below the limit were left out
  bool damaged = false;         // a body could not be unpacked whole
  bool stopped = false;         // `eat` wanted no more
};

/// Feeds the rendering to `eat` piece by piece; memory does not grow with the attachments.
Rendering render_mail(const MapiMessage& message, const Limits& limits, const MapiEat& eat);

}  // namespace dragoman::read
