// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/heif_picture.h"

#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <utility>

// libheif asks libde265 for a thread whatever it was told, and libde265, refused one behind the lock, waits for it for
// ever. This stands before libde265's own function: no thread is started, and it decodes in the caller.
extern "C" int de265_start_worker_threads(void* context, int count);
extern "C" int de265_start_worker_threads(void*, int) {
  return 0;  // DE265_OK
}

namespace dragoman::read {
namespace {

// A file may promise any size; no camera makes more.
constexpr int kMostSide = 65'535;

struct HeifFree {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
};
using ContextPtr = std::unique_ptr<heif_context, HeifFree>;
using HandlePtr = std::unique_ptr<heif_image_handle, HeifFree>;
using ImagePtr = std::unique_ptr<heif_image, HeifFree>;

Error error_of(const heif_error& error) {
  const bool missing = error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype;
  return missing ? Error{ErrorKind::unsupported, "the picture is compressed in a way that is not known here", ""}
                 : Error{ErrorKind::malformed, "the picture cannot be decoded", ""};
}

Result<ContextPtr> opened(std::string_view bytes) {
  ContextPtr context(heif_context_alloc());
  if (!context) return fail(ErrorKind::limit, "no memory to open the picture");
  // No thread can be started behind the lock.
  heif_context_set_max_decoding_threads(context.get(), 0);
  heif_context_set_maximum_image_size_limit(context.get(), kMostSide);
  const heif_error error =
      heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr);
  if (error.code != heif_error_Ok) return Failure(error_of(error));
  return context;
}

std::vector<heif_item_id> frame_ids(heif_context* context, std::uint32_t most) {
  const int count = heif_context_get_number_of_top_level_images(context);
  std::vector<heif_item_id> ids(static_cast<std::size_t>(std::max(0, count)));
  if (!ids.empty()) heif_context_get_list_of_top_level_image_IDs(context, ids.data(), count);
  heif_item_id primary = 0;
  if (heif_context_get_primary_image_ID(context, &primary).code == heif_error_Ok) {
    const auto found = std::find(ids.begin(), ids.end(), primary);
    if (found != ids.end()) std::rotate(ids.begin(), found, found + 1);
  }
  if (ids.size() > most) ids.resize(most);
  return ids;
}

Result<HandlePtr> handle_of(heif_context* context, heif_item_id id) {
  heif_image_handle* handle = nullptr;
  const heif_error error = heif_context_get_image_handle(context, id, &handle);
  HandlePtr owned(handle);
  if (error.code != heif_error_Ok) return Failure(error_of(error));
  return owned;
}

}  // namespace

Result<std::vector<HeifFrame>> heif_frames(std::string_view bytes, std::uint32_t most) {
  const ContextPtr context = TRY(opened(bytes));
  std::vector<HeifFrame> out;
  for (const heif_item_id id : frame_ids(context.get(), most)) {
    const HandlePtr handle = TRY(handle_of(context.get(), id));
    const int width = heif_image_handle_get_width(handle.get());
    const int height = heif_image_handle_get_height(handle.get());
    if (width <= 0 || height <= 0) return fail(ErrorKind::malformed, "the picture has no size");
    out.push_back({static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)});
  }
  if (out.empty()) return fail(ErrorKind::malformed, "the file holds no picture");
  return out;
}

Result<std::vector<Grey>> heif_planes(std::string_view bytes, std::uint32_t number) {
  const ContextPtr context = TRY(opened(bytes));
  const std::vector<heif_item_id> ids = frame_ids(context.get(), number + 1);
  if (number >= ids.size()) return fail(ErrorKind::not_found, "the picture has no such page");
  const HandlePtr handle = TRY(handle_of(context.get(), ids[number]));
  heif_image* decoded = nullptr;
  const heif_error error =
      heif_decode_image(handle.get(), &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB, nullptr);
  const ImagePtr image(decoded);
  if (error.code != heif_error_Ok) return Failure(error_of(error));
  const int width = heif_image_get_width(image.get(), heif_channel_interleaved);
  const int height = heif_image_get_height(image.get(), heif_channel_interleaved);
  int stride = 0;
  const std::uint8_t* data = heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
  if (data == nullptr || width <= 0 || height <= 0 || stride < 3 * width) {
    return fail(ErrorKind::malformed, "the picture cannot be decoded");
  }
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<Grey> planes(3, Grey{width, height, std::vector<std::uint8_t>(pixels)});
  for (std::size_t y = 0, to = 0; y < static_cast<std::size_t>(height); ++y) {
    const std::uint8_t* from = data + y * static_cast<std::size_t>(stride);
    for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x, ++to, from += 3) {
      for (std::size_t channel = 0; channel < 3; ++channel) planes[channel].pixels[to] = from[channel];
    }
  }
  return planes;
}

void warm_up_heif() {
  heif_init(nullptr);
}

}  // namespace dragoman::read
