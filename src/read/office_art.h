// SPDX-License-Identifier: AGPL-3.0-or-later
// Pictures in the drawing records that Word, Excel and PowerPoint share ([MS-ODRAW]).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::read {

struct Blip {
  std::string extension;   // "jpg", "png", "emf" …
  std::string head;        // what a file of the kind begins with and the record leaves out (BMP, PICT)
  std::string_view bytes;  // valid during the call
};

/// A BMP file's own head, which a device independent bitmap lacks.
std::string bitmap_file_head(std::string_view dib);

/// Walks records, containers and whole stores of pictures alike, and gives each picture, metafiles unpacked to at most
/// `most` bytes each. Bytes that are no records end the walk.
Result<void> each_blip(std::string_view records, std::uint64_t most,
                       const std::function<Result<void>(const Blip&)>& eat);

}  // namespace dragoman::read
