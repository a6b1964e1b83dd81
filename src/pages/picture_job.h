// SPDX-License-Identifier: AGPL-3.0-or-later
// The worker's side of pictures: draws one page of the job's input and encodes it. Inside the lock; the request is
// written by the process outside.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/strong.h"
#include "sandbox/job.h"

namespace dragoman::pages {

enum class Format : std::uint8_t { smallest, png };

/// What to draw. The picture is as wide as `width`, or narrower where another bound asks for it.
struct PictureOrder {
  PageIndex page{1};
  int width = 1200;
  double most_dpi = 600;
  std::uint64_t max_pixels = 0;
  Format format = Format::smallest;  // smallest: JPEG or PNG, by what is on the page
};

inline constexpr std::string_view kPictureJob = "picture";
/// Does nothing: gives a worker that was just started the time to warm up before anybody waits for it.
inline constexpr std::string_view kReadyJob = "picture_ready";

std::string encode_order(const PictureOrder& order);

/// "picture" (a file and an order → one member holding JPEG or PNG bytes) and "picture_ready". They need the warm-up
/// of room read, which ingest's table has.
const std::vector<sandbox::Job>& picture_jobs();

}  // namespace dragoman::pages
