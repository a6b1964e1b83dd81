// SPDX-License-Identifier: AGPL-3.0-or-later
// What came back from a worker, or lay in the cache, is believed to be a picture only after its own bytes say so: a
// browser will decode it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dragoman::pages {

struct PictureFacts {
  std::string_view mime;       // "image/jpeg" or "image/png"
  std::string_view extension;  // "jpg" or "png"
  std::uint32_t width = 0;     // pixels as declared
  std::uint32_t height = 0;
};

/// Reads signature, declared size and end mark; no pixel is decoded. `malformed` for anything that is not one whole
/// baseline or progressive JPEG, or a PNG.
Result<PictureFacts> picture_facts(std::string_view bytes);

/// The same, and `limit` when it is wider or has more pixels than asked for.
Result<PictureFacts> checked_picture(std::string_view bytes, std::uint32_t most_width, std::uint64_t max_pixels);

}  // namespace dragoman::pages
