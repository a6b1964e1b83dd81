// SPDX-License-Identifier: AGPL-3.0-or-later
// Whether this process keeps Tesseract to one thread (single_thread.cc), and whether its lines go round PNG
// (pix_write_mem.cc). Whoever calls these links the replacements into its executable.
#pragma once

#include <cstdint>

namespace dragoman::ocr {

/// Whether shared libraries of this process find our definitions before the libraries' own. False: the executable
/// was linked without exporting them (CMakeLists.txt).
bool replacements_in_place();

/// OpenMP regions that ran in this thread through our definitions.
std::uint64_t single_thread_regions();

/// PNG writes that became plain ones in this process.
std::uint64_t interposed_writes();

}  // namespace dragoman::ocr
