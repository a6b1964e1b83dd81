// SPDX-License-Identifier: AGPL-3.0-or-later
// TNEF ([MS-OXTNEF]): how Outlook wraps a message that mail alone cannot carry (winmail.dat). A pure function over
// bytes: no offset, length or count of the file is believed before it is compared with what is there.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "read/mapi_message.h"

namespace dragoman::read {

struct TnefFile {
  MapiMessage message;     // its attachments borrow from the bytes
  bool truncated = false;  // the file ends inside an attribute
  bool damaged = false;    // an attribute, or its checksum, is wrong
};

/// malformed when the bytes do not begin as TNEF does. `bytes` outlives the result.
Result<TnefFile> parse_tnef(std::string_view bytes);

}  // namespace dragoman::read
