// SPDX-License-Identifier: AGPL-3.0-or-later
// Text that a picture's own container holds beside EXIF, XMP and IPTC: text chunks of PNG, comments of GIF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

struct PictureComment {
  std::string keyword;   // "Author", "Comment"
  std::string text;      // UTF-8
  bool written = false;  // by a person or about where it comes from, not a number that a program left
};

/// In the order found, at most 100 of at most 30,000 bytes each. Not a PNG and not a GIF: none.
std::vector<PictureComment> picture_comments(std::string_view bytes);

/// A GIF of several pictures, a WebP that says it moves.
bool is_animation(std::string_view bytes);

}  // namespace dragoman::read
