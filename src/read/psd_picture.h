// SPDX-License-Identifier: AGPL-3.0-or-later
// The flattened picture that a Photoshop file (PSD, PSB) keeps for programs without layers. After "Adobe Photoshop File
// Formats Specification", sections "File Header", "Image Data".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/grey.h"

namespace dragoman::read {

struct PsdInfo {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bits = 8;    // a pixel, all channels that are shown together
  double dpi = 0;  // 0: not said
};

/// malformed when the header does not hold together.
Result<PsdInfo> psd_info(std::string_view bytes);

/// One plane (grey, black and white) or three (red, green, blue); a picture whose data end early is white from there.
/// Errors: malformed, unsupported (colour by channel or Lab, 32 bits).
Result<std::vector<Grey>> psd_planes(std::string_view bytes);

}  // namespace dragoman::read
