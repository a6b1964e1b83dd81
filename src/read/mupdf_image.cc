// SPDX-License-Identifier: AGPL-3.0-or-later
// As in mupdf_page.cc, functions with fz_try hold plain data only.
#include "read/mupdf_image.h"

#include <mupdf/fitz.h>

#include <algorithm>
#include <memory>

namespace dragoman::read {
namespace {

struct ContextDrop {
  void operator()(fz_context* ctx) const { fz_drop_context(ctx); }
};
using ContextPtr = std::unique_ptr<fz_context, ContextDrop>;

constexpr std::size_t kStoreBytes = std::size_t{16} << 20;

ContextPtr context() {
  ContextPtr ctx(fz_new_context(nullptr, nullptr, kStoreBytes));
  if (!ctx) return ctx;
  fz_set_warning_callback(
      ctx.get(), [](void*, const char*) {}, nullptr);
  fz_set_error_callback(
      ctx.get(), [](void*, const char*) {}, nullptr);
  return ctx;
}

/// Null when it cannot be opened.
fz_image* image_of(fz_context* ctx, const unsigned char* data, std::size_t size) {
  fz_buffer* buffer = nullptr;
  fz_image* image = nullptr;
  fz_var(buffer);
  fz_var(image);
  fz_try(ctx) {
    buffer = fz_new_buffer_from_shared_data(ctx, data, size);
    image = fz_new_image_from_buffer(ctx, buffer);
  }
  fz_always(ctx) {
    fz_drop_buffer(ctx, buffer);
  }
  fz_catch(ctx) {
    image = nullptr;
  }
  return image;
}

/// Red, green and blue interleaved, alpha behind them where the picture has it; null when it cannot be decoded.
fz_pixmap* pixmap_of(fz_context* ctx, fz_image* image) {
  fz_pixmap* own = nullptr;
  fz_pixmap* out = nullptr;
  fz_var(own);
  fz_var(out);
  fz_try(ctx) {
    own = fz_get_pixmap_from_image(ctx, image, nullptr, nullptr, nullptr, nullptr);
    out = fz_convert_pixmap(ctx, own, fz_device_rgb(ctx), nullptr, nullptr, fz_default_color_params, 1);
  }
  fz_always(ctx) {
    fz_drop_pixmap(ctx, own);
  }
  fz_catch(ctx) {
    fz_drop_pixmap(ctx, out);
    out = nullptr;
  }
  return out;
}

}  // namespace

Result<MupdfImageInfo> mupdf_image_info(std::string_view bytes) {
  const ContextPtr ctx = context();
  if (!ctx) return fail(ErrorKind::limit, "no memory to open the picture");
  fz_image* image = image_of(ctx.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (image == nullptr) return fail(ErrorKind::malformed, "the header of the picture cannot be read");
  MupdfImageInfo out;
  const bool sized = image->w > 0 && image->h > 0;
  if (sized) out = {static_cast<std::uint32_t>(image->w), static_cast<std::uint32_t>(image->h), 0, 0};
  out.x_dpi = image->xres;
  out.y_dpi = image->yres;
  fz_drop_image(ctx.get(), image);
  if (!sized) return fail(ErrorKind::malformed, "the picture has no size");
  return out;
}

Result<std::vector<Grey>> mupdf_image_planes(std::string_view bytes) {
  const ContextPtr ctx = context();
  if (!ctx) return fail(ErrorKind::limit, "no memory to open the picture");
  fz_image* image = image_of(ctx.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (image == nullptr) return fail(ErrorKind::malformed, "the header of the picture cannot be read");
  fz_pixmap* pixmap = pixmap_of(ctx.get(), image);
  fz_drop_image(ctx.get(), image);
  const auto drop = [&ctx](fz_pixmap* held) { fz_drop_pixmap(ctx.get(), held); };
  const std::unique_ptr<fz_pixmap, decltype(drop)> owned(pixmap, drop);
  if (pixmap == nullptr || fz_pixmap_colorants(ctx.get(), pixmap) < 3) {
    return fail(ErrorKind::malformed, "the picture cannot be decoded");
  }
  const int width = fz_pixmap_width(ctx.get(), pixmap);
  const int height = fz_pixmap_height(ctx.get(), pixmap);
  const auto step = static_cast<std::size_t>(fz_pixmap_components(ctx.get(), pixmap));
  const auto stride = static_cast<std::size_t>(fz_pixmap_stride(ctx.get(), pixmap));
  const unsigned char* samples = fz_pixmap_samples(ctx.get(), pixmap);
  const bool alpha = fz_pixmap_alpha(ctx.get(), pixmap) != 0;
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<Grey> planes(3, Grey{width, height, std::vector<std::uint8_t>(pixels)});
  for (std::size_t y = 0, to = 0; y < static_cast<std::size_t>(height); ++y) {
    const unsigned char* from = samples + y * stride;
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x, ++to, from += step) {
      // Colours are multiplied by their alpha already.
      const int white = alpha ? 255 - from[3] : 0;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        planes[channel].pixels[to] = static_cast<std::uint8_t>(std::min(255, from[channel] + white));
      }
    }
  }
  return planes;
}

}  // namespace dragoman::read
