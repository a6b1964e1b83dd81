// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF as a decoder of picture files that Leptonica does not read: JPEG 2000, JPEG XR, PNM.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/grey.h"

namespace dragoman::read {

struct MupdfImageInfo {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  double x_dpi = 0;  // 0: not said
  double y_dpi = 0;
};

/// malformed when the header cannot be read.
Result<MupdfImageInfo> mupdf_image_info(std::string_view bytes);

/// Red, green and blue, on white. malformed when it cannot be decoded.
Result<std::vector<Grey>> mupdf_image_planes(std::string_view bytes);

}  // namespace dragoman::read
