// SPDX-License-Identifier: AGPL-3.0-or-later
// The source code of VBA macros ([MS-OVBA]).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "read/ole.h"

namespace dragoman::read {

/// The modules below the storage "VBA" of `project`, each headed by its name; empty when there is none. At most `most`
/// bytes.
std::string vba_source(OleFile& file, const OleEntry& project, std::uint64_t most);

/// A compressed container ([MS-OVBA] 2.4.1), from its signature byte on; damage ends it.
std::string vba_decompressed(std::string_view container, std::uint64_t most);

}  // namespace dragoman::read
