// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/metafile.h"

#include <cstdlib>
#include <utility>

#include "read/little_endian.h"
#include "read/office_art.h"

namespace dragoman::read {

void PlacedText::add(std::int64_t x, std::int64_t y, std::string_view text, std::int64_t width, std::size_t letters) {
  if (text.empty()) return;
  const std::int64_t gap = std::llabs(x - end_);
  const bool same_line = !text_.empty() && y == y_;
  // Half a letter is less than a space is wide, and more than writers move letters together.
  const bool joined = same_line && advance_ > 0 && gap * 2 < advance_;
  if (!joined && !text_.empty()) text_.push_back(same_line ? ' ' : '\n');
  if (text_.size() + text.size() > most_) {
    cut_ = true;
    return;
  }
  text_ += text;
  y_ = y;
  end_ = x + width;
  advance_ = letters == 0 ? 0 : std::llabs(width) / static_cast<std::int64_t>(letters);
}

void PlacedText::add_line(std::string_view text) {
  if (text.empty()) return;
  if (text_.size() + text.size() > most_) {
    cut_ = true;
    return;
  }
  if (!text_.empty()) text_.push_back('\n');
  text_ += text;
  advance_ = 0;
}

void add_bitmap(Metafile& file, std::string_view head, std::string_view pixels) {
  if (head.size() < 12 || u32_at(head, 0) < 12 || u32_at(head, 0) > head.size()) return;
  if (file.pictures.size() >= kMostMetafilePictures) {
    file.limited = true;
    return;
  }
  const bool old = u32_at(head, 0) == 12;
  const std::uint32_t wide = old ? u16_at(head, 4) : u32_at(head, 4);
  const std::uint32_t high =
      old ? u16_at(head, 6) : static_cast<std::uint32_t>(std::labs(static_cast<std::int32_t>(u32_at(head, 8))));
  if (wide < kLeastMetafilePixels || high < kLeastMetafilePixels) return;
  MetafilePicture picture;
  const std::uint32_t packing = old ? 0 : u32_at(head, 16);
  if (packing == 4 || packing == 5) {
    // The pixels are a whole JPEG or PNG.
    picture.extension = packing == 4 ? "jpg" : "png";
    picture.bytes = pixels;
  } else {
    picture.extension = "bmp";
    picture.bytes.reserve(head.size() + pixels.size());
    picture.bytes += head;
    picture.bytes += pixels;
    picture.head = bitmap_file_head(picture.bytes);
  }
  if (!picture.bytes.empty()) file.pictures.push_back(std::move(picture));
}

}  // namespace dragoman::read
