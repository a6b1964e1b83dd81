// SPDX-License-Identifier: AGPL-3.0-or-later
// Windows' metafiles: drawings kept as the calls that draw them. Office puts one before every embedded object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

/// Letters that calls put at places, as lines: what follows at the same height without a gap belongs together.
class PlacedText {
 public:
  /// At most about `most` bytes are kept.
  explicit PlacedText(std::uint64_t most) : most_(most) {}
  /// `text` is UTF-8 and begins at (x, y); `width` is the sum of its `letters` advances, 0 when they are not stated.
  void add(std::int64_t x, std::int64_t y, std::string_view text, std::int64_t width, std::size_t letters);
  /// Letters that go where the last ended, as far as anybody knows.
  void add_line(std::string_view text);
  const std::string& text() const { return text_; }
  bool cut() const { return cut_; }

 private:
  std::uint64_t most_;
  std::string text_;
  std::int64_t y_ = 0;
  std::int64_t end_ = 0;
  std::int64_t advance_ = 0;  // of a letter, about
  bool cut_ = false;
};

struct MetafilePicture {
  std::string extension;  // "bmp", "png", "jpg", "pdf"
  std::string head;       // what a file of the kind begins with and the record leaves out
  std::string bytes;
};

struct Metafile {
  std::string text;         // UTF-8, in the order of drawing, a line a height
  std::string description;  // the program and the drawing's name
  std::vector<MetafilePicture> pictures;
  bool whole = true;     // the last record is there
  bool limited = false;  // more text or pictures than are given
  bool glyphs = false;   // some letters are numbers of a font's glyphs and cannot be read
};

/// `bytes` is the whole file; nothing in it is believed. At most about `most` bytes of text.
Metafile read_emf(std::string_view bytes, std::uint64_t most);
Metafile read_wmf(std::string_view bytes, std::uint64_t most);

inline constexpr std::size_t kMostMetafilePictures = 1'000;
/// The pixels of a picture worth giving: brushes and patterns are smaller.
inline constexpr std::uint32_t kLeastMetafilePixels = 16;
/// A device independent bitmap as a file, when it is one and large enough.
void add_bitmap(Metafile& file, std::string_view head, std::string_view pixels);

}  // namespace dragoman::read
