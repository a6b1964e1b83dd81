// SPDX-License-Identifier: AGPL-3.0-or-later
// The metafiles of Windows 3 ([MS-WMF]). Letters are in the code page of the font in use, so the objects that records
// make and choose are followed.
#include <algorithm>
#include <utility>
#include <vector>

#include "read/code_page.h"
#include "read/little_endian.h"
#include "read/metafile.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostObjects = 65'536;
constexpr int kNoFont = -1;
constexpr int kFree = -2;

std::int64_t signed_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::int16_t>(u16_at(bytes, at));
}

class WmfWalk {
 public:
  explicit WmfWalk(std::uint64_t most) : drawn_(most) {}
  void walk(std::string_view bytes);
  Metafile take();

 private:
  void record(unsigned function, std::string_view body);
  void create(int charset);
  void text_out(std::string_view body);
  void ext_text_out(std::string_view body);
  std::string letters(std::string_view bytes) const;
  void bitmap(std::string_view dib) {
    // Head and pixels stand behind each other; add_bitmap only needs to see the head.
    add_bitmap(file_, dib, {});
  }

  Metafile file_;
  PlacedText drawn_;
  std::vector<int> objects_;  // character set of a font, kNoFont, kFree; a new one takes the first free place
  std::size_t first_free_ = 0;
  int charset_ = 0;
};

std::string WmfWalk::letters(std::string_view bytes) const {
  return CodePage::of(code_page_of_charset(charset_)).text(bytes);
}

void WmfWalk::create(int charset) {
  while (first_free_ < objects_.size() && objects_[first_free_] != kFree) ++first_free_;
  if (first_free_ < objects_.size()) {
    objects_[first_free_] = charset;
  } else if (objects_.size() < kMostObjects) {
    objects_.push_back(charset);
  }
}

void WmfWalk::text_out(std::string_view body) {
  const std::size_t count = u16_at(body, 0);
  const std::size_t behind = 2 + (count + 1) / 2 * 2;
  drawn_.add(signed_at(body, behind + 2), signed_at(body, behind), letters(slice(body, 2, count)), 0, 0);
}

void WmfWalk::ext_text_out(std::string_view body) {
  constexpr unsigned kGlyphs = 0x10;
  constexpr unsigned kRectangle = 0x06;
  const std::size_t count = u16_at(body, 4);
  const unsigned options = u16_at(body, 6);
  if ((options & kGlyphs) != 0) {
    file_.glyphs = file_.glyphs || count > 0;
    return;
  }
  const std::size_t start = (options & kRectangle) != 0 ? 16 : 8;
  const std::string_view steps = slice(body, start + (count + 1) / 2 * 2, count * 2);
  std::int64_t width = 0;
  for (std::size_t step = 0; step + 2 <= steps.size(); step += 2) width += signed_at(steps, step);
  drawn_.add(signed_at(body, 2), signed_at(body, 0), letters(slice(body, start, count)), width, count);
}

void WmfWalk::record(unsigned function, std::string_view body) {
  switch (function) {
    case 0x02FB: create(u8_at(body, 13)); break;
    case 0x02FA:
    case 0x02FC:
    case 0x02FD:
    case 0x0142:
    case 0x01F9:
    case 0x00F7:
    case 0x06FE:
    case 0x06FF: create(kNoFont); break;
    case 0x01F0:
      if (const std::size_t index = u16_at(body, 0); index < objects_.size()) {
        objects_[index] = kFree;
        first_free_ = std::min(first_free_, index);
      }
      break;
    case 0x012D:
      if (const std::size_t index = u16_at(body, 0); index < objects_.size() && objects_[index] >= 0)
        charset_ = objects_[index];
      break;
    case 0x0521: text_out(body); break;
    case 0x0A32: ext_text_out(body); break;
    case 0x0F43: bitmap(slice(body, 22)); break;
    case 0x0B41: bitmap(slice(body, 20)); break;
    case 0x0940: bitmap(slice(body, 16)); break;
    case 0x0D33: bitmap(slice(body, 18)); break;
    default: break;
  }
}

void WmfWalk::walk(std::string_view bytes) {
  constexpr std::size_t kPlaceable = 22;
  constexpr std::size_t kHead = 18;
  if (bytes.starts_with("\xD7\xCD\xC6\x9A")) bytes = slice(bytes, kPlaceable);
  file_.whole = false;
  for (std::uint64_t at = kHead; at + 6 <= bytes.size();) {
    const std::uint64_t size = std::uint64_t{u32_at(bytes, static_cast<std::size_t>(at))} * 2;
    const unsigned function = u16_at(bytes, static_cast<std::size_t>(at) + 4);
    file_.whole = function == 0;
    if (size < 6 || file_.whole) break;
    record(function, slice(bytes, at + 6, size - 6));
    at += size;
  }
}

Metafile WmfWalk::take() {
  file_.text = drawn_.text();
  file_.limited = file_.limited || drawn_.cut();
  return std::move(file_);
}

}  // namespace

Metafile read_wmf(std::string_view bytes, std::uint64_t most) {
  WmfWalk walk(most);
  walk.walk(bytes);
  return walk.take();
}

}  // namespace dragoman::read
