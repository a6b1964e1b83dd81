// SPDX-License-Identifier: AGPL-3.0-or-later
// Reading a mail that is a file, or stands in one.
#pragma once

#include <vector>

#include "base/result.h"
#include "read/input.h"
#include "read/mail_message.h"

namespace dragoman::read {

/// Reads the mail at `where` as the item's document, its parts as children; `more` goes behind its own fields.
Result<ItemState> read_mail_at(const Input& input, const MailBytes& where, const std::vector<Field>& more,
                               ReadSink& sink);

/// The head as mail programs print it: what a reporter searches a mail by must be words on its page, so that it can
/// be found and cited like the rest. Keys as in MailMessage::fields().
std::string printed_head(const std::vector<Field>& fields);

}  // namespace dragoman::read
