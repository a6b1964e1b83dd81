// SPDX-License-Identifier: AGPL-3.0-or-later
// libtiff: the directories of a TIFF.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dragoman::read {

struct TiffFrame {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  double x_dpi = 0;  // 0: not said
  double y_dpi = 0;
  int orientation = 1;
  int bits = 1;
  bool truncated = false;  // pixel data lie beyond the end of the file
};

/// At most `most` frames. `malformed` when not even the first directory can be read; a later one that cannot
/// marks the frame before it truncated.
Result<std::vector<TiffFrame>> tiff_frames(std::string_view bytes, std::uint32_t most);

}  // namespace dragoman::read
