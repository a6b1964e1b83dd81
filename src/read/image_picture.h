// SPDX-License-Identifier: AGPL-3.0-or-later
// Pixels of picture files as pictures of a page: grey for OCR, as they are for people.
#pragma once

#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "read/page_view.h"
#include "read/picture.h"

namespace dragoman::read {

/// `mime` is an image row of types.h. Never above the file's own resolution; area-averaged down to about
/// request.dpi when the file has more.
Result<Picture> image_picture(std::string_view bytes, std::string_view mime, const PictureRequest& request,
                              const Limits& limits);

/// As view_of_page. `mime` as above.
Result<Pixels> image_view(std::string_view bytes, std::string_view mime, const ViewRequest& request,
                          const Limits& limits);

/// Silences the libraries' messages and initialises them.
void warm_up_images();

}  // namespace dragoman::read
