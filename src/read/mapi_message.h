// SPDX-License-Identifier: AGPL-3.0-or-later
// A message, contact, appointment, task or note of Outlook, wherever it was kept (MSG, TNEF, PST): its properties, and
// what the formats share in telling them as a mail's head and body.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/mapi_properties.h"
#include "record/item.h"

namespace dragoman::read {

struct MapiMessage;

/// Takes bytes piece by piece; false: no more.
using MapiEat = std::function<bool(std::string_view)>;

/// Borrows from the open file that it came from.
struct MapiAttachment {
  MapiProperties properties;
  std::function<bool(const MapiEat&)> data;      // empty: no bytes. Answers false when not all could be had
  std::function<Result<MapiMessage>()> message;  // of an attached message, else empty
};

struct MapiMessage {
  MapiProperties properties;
  std::vector<MapiProperties> recipients;
  std::size_t attachment_count = 0;
  std::function<Result<MapiAttachment>(std::size_t)> attachment;  // by index, opened when asked for
};

/// Name and value as a mail has them: "From", "Subject", … and what mails have no field for as "X-MAPI-…". In a fixed
/// order; no value holds a line end. The transport's own header lines come first and are believed where they stand.
std::vector<std::pair<std::string, std::string>> mail_head_of(const MapiMessage& message);
/// The same as fields of a document, keys in lower case and only those that mails give too.
std::vector<Field> mail_fields_of(const MapiMessage& message);

/// What a contact, appointment, task, journal entry or list of addresses says beside its body: lines "Label: value".
std::string mapi_details_of(const MapiMessage& message);

struct MapiBody {
  std::string plain;     // UTF-8
  std::string html;      // bytes
  std::string charset;   // of `html`
  std::string rtf;       // unpacked; only where there is neither plain text nor HTML with a word
  bool damaged = false;  // the compressed RTF could not be unpacked
};
/// Where there is only RTF, its text, or the HTML that it was made from.
MapiBody mapi_body_of(const MapiMessage& message, const Limits& limits);

/// "mail", "contact", "appointment", "task", "note", "list", "journal": by the message class.
std::string_view mapi_kind_of(const MapiMessage& message);
/// The subject without the marks that stores put before it.
std::string mapi_subject_of(const MapiProperties& properties);
/// The attachment's file name, else "attachment-N" with N = `index` + 1 (".eml" for messages).
std::string mapi_name_of(const MapiAttachment& attachment, std::size_t index);
/// Where an attachment lies that is only referred to; empty for others.
std::string mapi_reference_of(const MapiAttachment& attachment);

}  // namespace dragoman::read
