// SPDX-License-Identifier: AGPL-3.0-or-later
// libavformat behind values: what an audio or video file says about itself, and what it holds as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "read/reflow.h"
#include "record/item.h"

namespace dragoman::read {

struct MediaAttachment {
  std::string name;
  std::string bytes;
};

struct MediaFile {
  // "format", "duration" ("00:01:02.345"), "bit_rate", "stream 1" ("video h264 1920x1080"), "chapter 1", tags under
  // libavformat's keys, those of a stream behind "stream 1 ".
  std::vector<Field> fields;
  std::string written;                       // tags that people wrote, the place as "lat,lon", chapters
  std::vector<BodyPart> subtitles;           // "subtitles fas": "[00:01:02] text", a line an appearance
  std::vector<MediaAttachment> attachments;  // cover pictures, fonts
  bool picture_subtitles = false;            // there are subtitles that are pictures, which are not read
  bool cut = false;                          // subtitles beyond a bound were not looked for
};

/// Reads the open file of `size` bytes from its start. No stream is decoded and nothing else is opened. Errors:
/// malformed, unsupported (the library is not there: `message` says so).
Result<MediaFile> media_file(int fd, std::uint64_t size);

/// "libavformat 59"
std::string media_engine();

/// A subtitle as it is shown: marks of the format `codec` (a name of libavcodec) taken out.
std::string subtitle_text(std::string_view packet, std::string_view codec);

/// The first two numbers of an ISO 6709 string ("+35.6892+051.3890+1200/") as "35.689200,51.389000"; "" when it is
/// none or out of range. Degrees with decimals, with minutes or with minutes and seconds.
std::string place_of_iso6709(std::string_view text);

}  // namespace dragoman::read
