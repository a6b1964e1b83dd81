// SPDX-License-Identifier: AGPL-3.0-or-later
// OLE files by what their root holds.
#pragma once

#include <string_view>

#include "read/ole.h"

namespace dragoman::read {

/// The type that the streams directly below the root tell; "application/x-ole-storage" when they tell none. Objects
/// inside a document have streams of the same names further down: they do not count.
std::string_view ole_mime_of(const OleFile& file);

}  // namespace dragoman::read
