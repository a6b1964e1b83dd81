// Dispatches a request for a picture to the reader of the format; PNG for people.
#include "read/picture.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/file.h"
#include "read/image_picture.h"
#include "read/input.h"
#include "read/mupdf_page.h"
#include "read/types.h"

namespace dragoman::read {
namespace {

constexpr double kLeastDpi = 20;
constexpr double kMostDpi = 1200;

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};

}  // namespace

Result<Picture> picture_of_page(int fd, const PictureRequest& request, const Limits& limits) {
  return picture_of_page(fd, request, limits, {});
}

Result<Picture> picture_of_page(int fd, const PictureRequest& given, const Limits& limits,
                                const std::vector<std::string>& passwords) {
  PictureRequest request = given;
  request.dpi = std::clamp(request.dpi, kLeastDpi, kMostDpi);
  const std::uint64_t size = TRY(file_size(fd));
  const std::string head = TRY(read_at(fd, 0, kHeadBytes));
  const std::uint64_t tail_start = size > kTailBytes ? size - kTailBytes : 0;
  const std::string tail = TRY(read_at(fd, tail_start, kTailBytes));
  const Type& type = identify(head, tail, size);
  if (type.reader != ReaderKind::pdf && type.reader != ReaderKind::image) {
    return fail(ErrorKind::unsupported, "pages can be pictured of PDFs and pictures only");
  }
  const Mapping mapping = TRY(Mapping::of(fd, size));
  warm_up_images();
  if (type.reader == ReaderKind::image) return image_picture(mapping.bytes(), type.mime, request, limits);
  const MupdfDocument document = TRY(MupdfDocument::open(mapping.bytes(), passwords));
  if (request.native) {
    Result<Picture> own = document.native(request.page.value(), request.dpi, limits);
    if (own || own.error().kind != ErrorKind::unsupported) return own;
  }
  return document.render(request.page.value(), request.dpi, limits);
}

Result<std::string> png_of(const Picture& picture) {
  const std::unique_ptr<PIX, PixDestroy> pix(pixCreate(picture.width, picture.height, 8));
  const bool sound =
      picture.width > 0 && picture.height > 0 &&
      picture.grey.size() == static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (!pix || !sound) return fail(ErrorKind::limit, "the picture cannot be encoded");
  const auto width = static_cast<std::size_t>(picture.width);
  const auto words = static_cast<std::size_t>(pixGetWpl(pix.get()));
  l_uint32* data = pixGetData(pix.get());
  for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      data[y * words + x / 4] |= l_uint32{picture.grey[y * width + x]} << (24 - 8 * (x % 4));
    }
  }
  const auto dpi = static_cast<l_int32>(picture.dpi + 0.5);
  pixSetResolution(pix.get(), dpi, dpi);
  l_uint8* bytes = nullptr;
  std::size_t size = 0;
  const l_ok code = pixWriteMemPng(&bytes, &size, pix.get(), 0.0F);
  const std::unique_ptr<l_uint8, decltype(&std::free)> owned(bytes, std::free);
  if (code != 0 || bytes == nullptr) return fail(ErrorKind::limit, "the picture cannot be encoded");
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace dragoman::read
