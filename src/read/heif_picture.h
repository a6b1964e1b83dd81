// SPDX-License-Identifier: AGPL-3.0-or-later
// libheif behind values: HEIC and AVIF.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/grey.h"

namespace dragoman::read {

struct HeifFrame {
  std::uint32_t width = 0;  // pixels as displayed: turned and cut as the file says
  std::uint32_t height = 0;
};

/// The pictures of the file, the primary one first, at most `most`; thumbnails and parts of other pictures are none.
/// Errors: malformed, unsupported.
Result<std::vector<HeifFrame>> heif_frames(std::string_view bytes, std::uint32_t most);

/// Red, green and blue of frame `number` (from 0) as displayed. Errors: not_found, malformed, missing decoder
/// (unsupported).
Result<std::vector<Grey>> heif_planes(std::string_view bytes, std::uint32_t number);

/// Registers the decoders; before the lock.
void warm_up_heif();

}  // namespace dragoman::read
