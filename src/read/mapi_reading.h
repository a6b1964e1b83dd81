// SPDX-License-Identifier: AGPL-3.0-or-later
// A message of Outlook that is a file of its own: a document, its attachments as children.
#pragma once

#include <string>

#include "read/input.h"
#include "read/mapi_message.h"

namespace dragoman::read {

/// Sends the message as the item's document, its attachments with their exact bytes, attached messages as renderings
/// (mapi_rendering.h). `engine` says who read it. The state is read or partial.
Result<ItemState> read_mapi(const MapiMessage& message, const std::string& engine, const Input& input, ReadSink& sink);

}  // namespace dragoman::read
