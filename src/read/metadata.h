// SPDX-License-Identifier: AGPL-3.0-or-later
// What the fields of all formats mean: one name for what each calls differently, one form for times and places.
// docs/formats.md lists the names for people; docs/query.md says how they are searched.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "record/item.h"

namespace dragoman::read {

/// Fills in `name` and `normal` of the fields whose key is known; the others keep both empty. Key and value stay as
/// they were found. `kind` is the document's: some formats use a word in their own sense ("mail", "odt").
void understand(std::vector<Field>& fields, std::string_view kind);

/// What a value is, and so how `normal` is written.
enum class Form : std::uint8_t {
  text,      // as found, white space runs made one space
  time,      // moment.h
  place,     // "latitude,longitude" in degrees (coordinates.h)
  duration,  // seconds, whole
  number,    // its digits
  ids,       // of messages: without < >, separated by a space
};

struct Meaning {
  std::string_view key;   // in lower case, unless the case tells two keys apart
  std::string_view name;  // one of the closed list
  Form form = Form::text;
};
/// The table, in no order (metadata_table.cc).
std::span<const Meaning> meanings();

}  // namespace dragoman::read
