// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/image_picture.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "read/grey.h"
#include "read/heif_picture.h"
#include "read/image_info.h"
#include "read/jpeg_decode.h"
#include "read/mupdf_image.h"
#include "read/psd_picture.h"

namespace dragoman::read {
namespace {

struct PixDestroy {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};
using PixPtr = std::unique_ptr<PIX, PixDestroy>;

// A picture is averaged down from at least this many times the wanted resolution, so that the JPEG decoder's own
// coarse scaling does not blur letters.
constexpr double kOversampling = 1.5;

// Leptonica keeps rows as 32-bit words, most significant byte first.
Grey grey_of(PIX* pix) {
  Grey out{pixGetWidth(pix), pixGetHeight(pix), {}};
  const auto width = static_cast<std::size_t>(out.width);
  out.pixels.resize(width * static_cast<std::size_t>(out.height));
  const l_uint32* data = pixGetData(pix);
  const auto words = static_cast<std::size_t>(pixGetWpl(pix));
  for (int y = 0; y < out.height; ++y) {
    const l_uint32* line = data + static_cast<std::size_t>(y) * words;
    std::uint8_t* row = out.pixels.data() + static_cast<std::size_t>(y) * width;
    for (std::size_t x = 0; x < width; ++x) row[x] = static_cast<std::uint8_t>(line[x / 4] >> (24 - 8 * (x % 4)));
  }
  return out;
}

Result<PixPtr> decode_pix(std::string_view bytes, std::string_view mime, int frame) {
  const auto* data = reinterpret_cast<const l_uint8*>(bytes.data());
  PixPtr pix(mime == "image/tiff" ? pixReadMemTiff(data, bytes.size(), frame) : pixReadMem(data, bytes.size()));
  if (!pix) return fail(ErrorKind::malformed, "the picture cannot be decoded");
  // Ink on nothing is ink on paper.
  if (pixGetSpp(pix.get()) == 4) pix.reset(pixAlphaBlendUniform(pix.get(), 0xFFFFFF00));
  if (!pix) return fail(ErrorKind::malformed, "the picture cannot be laid on paper");
  return pix;
}

Result<std::vector<Grey>> decode_elsewhere(std::string_view bytes, std::string_view mime, int frame) {
  if (is_heif(mime)) return heif_planes(bytes, static_cast<std::uint32_t>(frame));
  if (mime == "image/vnd.adobe.photoshop") return psd_planes(bytes);
  return mupdf_image_planes(bytes);
}

// What Leptonica refuses for one wrong bit, as browsers show it. `error` when there is nothing of it either.
Result<std::vector<Grey>> decode_damaged(std::string_view bytes, const Error& error) {
  Result<std::vector<Grey>> planes = mupdf_image_planes(bytes);
  if (!planes) return Failure(error);
  return planes;
}

Result<Grey> decode_plain(std::string_view bytes, std::string_view mime, int frame) {
  if (is_decoded_elsewhere(mime, bytes)) {
    Pixels pixels = without_colour(pixels_of(TRY(decode_elsewhere(bytes, mime, frame)), kAssumedDpi));
    return Grey{pixels.width, pixels.height, std::move(pixels.bytes)};
  }
  Result<PixPtr> decoded = decode_pix(bytes, mime, frame);
  if (!decoded && mime != "image/tiff") {
    Pixels pixels = without_colour(pixels_of(TRY(decode_damaged(bytes, decoded.error())), kAssumedDpi));
    return Grey{pixels.width, pixels.height, std::move(pixels.bytes)};
  }
  PixPtr pix = TRY(std::move(decoded));
  pix.reset(pixConvertTo8(pix.get(), 0));
  if (!pix) return fail(ErrorKind::malformed, "the picture cannot be turned into grey");
  return grey_of(pix.get());
}

// One plane for what can hold no colour, else red, green, blue.
Result<std::vector<Grey>> decode_planes(std::string_view bytes, std::string_view mime, int frame) {
  if (is_decoded_elsewhere(mime, bytes)) return decode_elsewhere(bytes, mime, frame);
  Result<PixPtr> decoded = decode_pix(bytes, mime, frame);
  if (!decoded && mime != "image/tiff") return decode_damaged(bytes, decoded.error());
  PixPtr pix = TRY(std::move(decoded));
  const bool coloured = pixGetSpp(pix.get()) >= 3 || pixGetColormap(pix.get()) != nullptr;
  if (coloured) pix.reset(pixConvertTo32(pix.get()));
  std::vector<Grey> planes;
  for (const l_int32 channel : {COLOR_RED, COLOR_GREEN, COLOR_BLUE}) {
    const PixPtr plane(!pix       ? nullptr
                       : coloured ? pixGetRGBComponent(pix.get(), channel)
                                  : pixConvertTo8(pix.get(), 0));
    if (!plane) return fail(ErrorKind::malformed, "the picture cannot be taken apart");
    planes.push_back(grey_of(plane.get()));
    if (!coloured) break;
  }
  return planes;
}

// What is decoded whole is bounded by memory, so pictures of few bits may have more pixels.
bool too_large(const ImageInfo& info, const Limits& limits) {
  return info.pixels() > limits.max_pixels ||
         info.pixels() / 8 * static_cast<unsigned>(info.bits) > limits.max_pixels * 4;
}

Result<ImageInfo> frame_info(std::string_view bytes, std::string_view mime, PageIndex page) {
  const std::vector<ImageInfo> frames = TRY(image_info(bytes, mime, page.value()));
  if (page.value() == 0 || page.value() > frames.size()) {
    return fail(ErrorKind::not_found, "the picture has no such page");
  }
  return frames[page.value() - 1];
}

Result<Picture> jpeg_picture(std::string_view bytes, const ImageInfo& info, double dpi, const Limits& limits) {
  const double finest = std::max(info.x_dpi, info.y_dpi);
  JpegPixels decoded = TRY(decode_jpeg(bytes, std::min(1.0, dpi * kOversampling / finest), limits.max_pixels));
  const double scale = decoded.eighths / 8.0;
  double x_dpi = info.x_dpi * scale;
  double y_dpi = info.y_dpi * scale;
  if (info.turned()) std::swap(x_dpi, y_dpi);
  return picture_from(oriented(std::move(decoded.grey), info.orientation), x_dpi, y_dpi, dpi);
}

}  // namespace

Result<Picture> image_picture(std::string_view bytes, std::string_view mime, const PictureRequest& request,
                              const Limits& limits) {
  const ImageInfo info = TRY(frame_info(bytes, mime, request.page));
  if (mime == "image/jpeg") return jpeg_picture(bytes, info, request.dpi, limits);
  if (too_large(info, limits)) {
    return fail(ErrorKind::limit, "the picture has more pixels than the limit");
  }
  Grey grey = TRY(decode_plain(bytes, mime, static_cast<int>(request.page.value()) - 1));
  // Leptonica turns TIFF frames itself.
  if (mime != "image/tiff") grey = oriented(std::move(grey), info.orientation);
  const double x_dpi = info.turned() ? info.y_dpi : info.x_dpi;
  const double y_dpi = info.turned() ? info.x_dpi : info.y_dpi;
  return picture_from(std::move(grey), x_dpi, y_dpi, request.dpi);
}

Result<Pixels> image_view(std::string_view bytes, std::string_view mime, const ViewRequest& request,
                          const Limits& limits) {
  const ImageInfo info = TRY(frame_info(bytes, mime, request.page));
  const double own_dpi = std::max(info.x_dpi, info.y_dpi);
  const ViewFrame frame = view_frame(info.points_wide(), info.points_high(), own_dpi, request);
  std::vector<Grey> planes;
  if (mime == "image/jpeg") {
    const double scale = std::min(1.0, frame.dpi * kOversampling / own_dpi);
    planes = planes_of(TRY(decode_jpeg_colour(bytes, scale, limits.max_pixels / 3)));
  } else {
    if (too_large(info, limits)) return fail(ErrorKind::limit, "the picture has more pixels than the limit");
    planes = TRY(decode_planes(bytes, mime, static_cast<int>(request.page.value()) - 1));
  }
  for (Grey& plane : planes) {
    // Leptonica turns TIFF frames itself. Turned after scaling, because that is the smaller picture.
    const int orientation = mime == "image/tiff" ? 1 : info.orientation;
    const bool turned = orientation >= 5;
    plane = scaled(plane, turned ? frame.height : frame.width, turned ? frame.width : frame.height);
    plane = oriented(std::move(plane), orientation);
  }
  Pixels view = pixels_of(planes, frame.dpi);
  return has_colour(view) ? view : without_colour(std::move(view));
}

void warm_up_images() {
  setMsgSeverity(L_SEVERITY_NONE);
  warm_up_heif();
}

}  // namespace dragoman::read
