// SPDX-License-Identifier: AGPL-3.0-or-later
// Rich Text Format: our own parser, since RTF is mostly about which bytes are which letters (code pages by font, \u),
// and since what is deleted, hidden or commented has to be told apart from what is shown. Also RTF that encapsulates
// HTML ([MS-OXRTFEX]) and RTF as Outlook compresses it ([MS-OXRTFCP]).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/reflow.h"
#include "record/item.h"

namespace dragoman::read {

/// A picture or an object: where its data begins in the RTF, in the group that holds it.
struct RtfBlob {
  std::size_t at = 0;
  std::string extension;  // of a picture ("png"); empty: an object
};

struct RtfContent {
  std::string text;  // UTF-8; U+000C between pages
  std::vector<BodyPart> parts;
  std::vector<Field> fields;
  std::string title;
  std::string encodings;  // "windows-1252 …": the code pages by number that the text used
  std::vector<RtfBlob> blobs;
  std::optional<std::string> html;  // the HTML that the RTF encapsulates, as UTF-8
  bool whole = true;                // every group was closed
  bool limited = false;             // more text, pictures or groups than are read
};

/// Never fails; what is no RTF has no text.
RtfContent parse_rtf(std::string_view rtf, const Limits& limits);

/// The bytes of a picture or an object that parse_rtf() named.
std::string rtf_blob_bytes(std::string_view rtf, const RtfBlob& blob);

/// The file within the data of an object (OLE 1: [MS-OLEDS] 2.2.5). Empty for a link.
struct RtfObject {
  std::string class_name;
  std::string_view native;
};
RtfObject rtf_object(std::string_view data);

/// PR_RTF_COMPRESSED of a mail, compressed or stored; a cut one gives what comes before its end. malformed; limit when
/// it gives more than `most` bytes.
Result<std::string> decompress_rtf(std::string_view packed, std::uint64_t most);

}  // namespace dragoman::read
