// SPDX-License-Identifier: AGPL-3.0-or-later
// OLE files by what their root holds.
#pragma once

#include <span>
#include <string_view>

#include "read/ole.h"

namespace dragoman::read {

/// A stream or storage directly below the root, and the type of the files that have it.
struct OleKind {
  std::string_view entry;
  std::string_view mime;  // a row of types()
};
/// The first that a file has tells its type.
std::span<const OleKind> ole_kinds();

/// The type that the streams directly below the root tell; "application/x-ole-storage" when they tell none. Objects
/// inside a document have streams of the same names further down: they do not count.
std::string_view ole_mime_of(const OleFile& file);

}  // namespace dragoman::read
