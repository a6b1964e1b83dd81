// SPDX-License-Identifier: AGPL-3.0-or-later
// MSG ([MS-OXMSG]): a message of Outlook as storages and streams of an OLE compound file.
#pragma once

#include "base/result.h"
#include "read/mapi_message.h"
#include "read/ole.h"

namespace dragoman::read {

/// The message at the root of `file`, which outlives it and is what its attachments are read from. malformed when the
/// file holds no properties of a message.
Result<MapiMessage> msg_message(OleFile& file);

}  // namespace dragoman::read
