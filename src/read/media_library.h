// SPDX-License-Identifier: AGPL-3.0-or-later
// libavformat, loaded when the first recording is met. Linked at start it would bring 130 libraries and 25 MiB into
// every process (80 ms), and most cases hold few recordings. Loading it behind the lock needs nothing but reading below
// /usr/lib and mapping libraries from files, which the lock allows.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace dragoman::read {

struct MediaLibrary {
  decltype(&::avformat_alloc_context) avformat_alloc_context;
  decltype(&::avformat_open_input) avformat_open_input;
  decltype(&::avformat_find_stream_info) avformat_find_stream_info;
  decltype(&::avformat_close_input) avformat_close_input;
  decltype(&::av_read_frame) av_read_frame;
  decltype(&::av_packet_alloc) av_packet_alloc;
  decltype(&::av_packet_free) av_packet_free;
  decltype(&::av_packet_unref) av_packet_unref;
  decltype(&::avio_alloc_context) avio_alloc_context;
  decltype(&::avio_context_free) avio_context_free;
  decltype(&::av_malloc) av_malloc;
  decltype(&::av_freep) av_freep;
  decltype(&::av_strdup) av_strdup;
  decltype(&::av_dict_get) av_dict_get;
  decltype(&::av_log_set_level) av_log_set_level;
  decltype(&::avcodec_get_name) avcodec_get_name;
};

/// Null when the library (of the version this was built with) is not there or cannot be loaded here.
const MediaLibrary* media_library();

}  // namespace dragoman::read
