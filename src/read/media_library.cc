// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/media_library.h"

#include <dlfcn.h>

#include <optional>

#define DRAGOMAN_TEXT_OF(x) #x
#define DRAGOMAN_VERSION_TEXT(x) DRAGOMAN_TEXT_OF(x)

namespace dragoman::read {
namespace {

/// Takes one function after the other out of an open library.
class Loader {
 public:
  explicit Loader(void* library) : library_(library) {}
  template <typename Function>
  void take(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    complete_ = complete_ && function != nullptr;
  }
  bool complete() const { return complete_; }

 private:
  void* library_;
  bool complete_ = true;
};

std::optional<MediaLibrary> load() {
  // It stays loaded until the process ends: unloading a hundred libraries gains nothing.
  void* library = ::dlopen("libavformat.so." DRAGOMAN_VERSION_TEXT(LIBAVFORMAT_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Loader loader(library);
  MediaLibrary out{};
  loader.take(out.avformat_alloc_context, "avformat_alloc_context");
  loader.take(out.avformat_open_input, "avformat_open_input");
  loader.take(out.avformat_find_stream_info, "avformat_find_stream_info");
  loader.take(out.avformat_close_input, "avformat_close_input");
  loader.take(out.av_read_frame, "av_read_frame");
  // The libraries it needs answer for these.
  loader.take(out.av_packet_alloc, "av_packet_alloc");
  loader.take(out.av_packet_free, "av_packet_free");
  loader.take(out.av_packet_unref, "av_packet_unref");
  loader.take(out.avio_alloc_context, "avio_alloc_context");
  loader.take(out.avio_context_free, "avio_context_free");
  loader.take(out.av_malloc, "av_malloc");
  loader.take(out.av_freep, "av_freep");
  loader.take(out.av_strdup, "av_strdup");
  loader.take(out.av_dict_get, "av_dict_get");
  loader.take(out.av_log_set_level, "av_log_set_level");
  loader.take(out.avcodec_get_name, "avcodec_get_name");
  if (!loader.complete()) return std::nullopt;
  out.av_log_set_level(AV_LOG_QUIET);
  return out;
}

}  // namespace

const MediaLibrary* media_library() {
  static const std::optional<MediaLibrary> library = load();
  return library ? &*library : nullptr;
}

}  // namespace dragoman::read
