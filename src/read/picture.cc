// SPDX-License-Identifier: AGPL-3.0-or-later
// Dispatches a request for a picture to the reader of the format.
#include "read/picture.h"

#include <algorithm>

#include "base/file.h"
#include "read/djvu_picture.h"
#include "read/image_picture.h"
#include "read/input.h"
#include "read/mupdf_page.h"
#include "read/types.h"

namespace dragoman::read {
namespace {

constexpr double kLeastDpi = 20;
constexpr double kMostDpi = 1200;

}  // namespace

Result<Picture> picture_of_page(int fd, const PictureRequest& request, const Limits& limits) {
  return picture_of_page(fd, request, limits, {});
}

Result<Picture> picture_of_page(int fd, const PictureRequest& given, const Limits& limits,
                                const std::vector<std::string>& passwords) {
  PictureRequest request = given;
  request.dpi = std::clamp(request.dpi, kLeastDpi, kMostDpi);
  const auto [found, size] = TRY(type_of_file(fd));
  const Type& type = *found;
  const bool paged = type.reader == ReaderKind::pdf || type.reader == ReaderKind::image ||
                     type.reader == ReaderKind::djvu || type.reader == ReaderKind::xps;
  if (!paged) return fail(ErrorKind::unsupported, "pages can be pictured of printed formats and pictures only");
  const Mapping mapping = TRY(Mapping::of(fd, size));
  warm_up_images();
  if (type.reader == ReaderKind::image) return image_picture(mapping.bytes(), type.mime, request, limits);
  if (type.reader == ReaderKind::djvu) return djvu_picture(mapping.bytes(), request, limits);
  const bool pdf = type.reader == ReaderKind::pdf;
  const MupdfDocument document =
      pdf ? TRY(MupdfDocument::open(mapping.bytes(), passwords)) : TRY(MupdfDocument::open_xps(mapping.bytes()));
  if (request.native && pdf) {
    Result<Picture> own = document.native(request.page.value(), request.dpi, limits);
    if (own || own.error().kind != ErrorKind::unsupported) return own;
  }
  return document.render(request.page.value(), request.dpi, limits);
}

}  // namespace dragoman::read
