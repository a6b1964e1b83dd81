// SPDX-License-Identifier: AGPL-3.0-or-later
// Pixels, and the picture formats of the leak.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::sample {

struct Picture {
  int width = 0;
  int height = 0;
  int channels = 1;  // 1 grey, 3 RGB
  std::vector<std::uint8_t> pixels;

  std::size_t stride() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
  std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * stride(); }
  const std::uint8_t* row(int y) const { return pixels.data() + static_cast<std::size_t>(y) * stride(); }
};

// dpi 0: the file does not say.
std::string encode_jpeg(const Picture& picture, int quality, int dpi);

// Rows of a damaged JPEG that decode to the same pixels as the whole one, counted from the top.
int intact_rows(std::string_view whole, std::string_view damaged);

struct TiffPage {
  Picture picture;
  int dpi = 0;
};

// Lossless (LZW with predictor), one strip in 64 rows.
std::string encode_tiff(const std::vector<TiffPage>& pages);

}  // namespace dragoman::sample
