// SPDX-License-Identifier: AGPL-3.0-or-later
// Pages of a DjVu document as pictures.
#pragma once

#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "read/page_view.h"
#include "read/picture.h"

namespace dragoman::read {

/// As picture_of_page, not above the page's own resolution.
Result<Picture> djvu_picture(std::string_view bytes, const PictureRequest& request, const Limits& limits);
/// As view_of_page.
Result<Pixels> djvu_view(std::string_view bytes, const ViewRequest& request, const Limits& limits);

}  // namespace dragoman::read
