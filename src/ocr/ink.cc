// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/ink.h"

#include <algorithm>
#include <utility>

namespace dragoman::ocr {
namespace {

/// A letter of 5 points is 3 pixels high without ascender at half scale, a heading of 60 points about 80.
constexpr int kLeastPart = 3;
constexpr int kMostPart = 90;
constexpr int kMostPartWidth = 400;  // a joined Arabic word of a heading

}  // namespace

std::vector<PxBox> component_boxes(PIX* pix) {
  std::vector<PxBox> result;
  const BoxaPtr boxes(pixConnCompBB(pix, 8));
  if (!boxes) return result;
  const int count = boxaGetCount(boxes.get());
  for (int i = 0; i < count; ++i) {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    if (boxaGetBoxGeometry(boxes.get(), i, &x, &y, &width, &height) == 0)
      result.push_back(PxBox{x, y, x + width, y + height});
  }
  return result;
}

Ink ink_from(PixPtr pix) {
  Ink ink;
  ink.pix = std::move(pix);
  std::vector<int> heights;
  for (const PxBox& box : component_boxes(ink.pix.get())) {
    const bool letter_like =
        box.height() <= kMostPart && box.width() <= kMostPartWidth && std::max(box.width(), box.height()) > kLeastPart;
    if (!letter_like) continue;
    ink.parts.push_back(box);
    if (box.height() >= kLeastPart + 2) heights.push_back(box.height());
  }
  if (heights.empty()) {
    ink.parts.clear();  // specks only
    return ink;
  }
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  ink.letter = *middle;
  return ink;
}

std::vector<PxBox> line_strips(const Ink& ink, std::size_t count) {
  std::vector<PxBox> strips;
  if (ink.blank()) return strips;
  const PixPtr closed(pixCloseSafeBrick(nullptr, ink.pix.get(), 2 * ink.letter, 1));
  if (!closed) return strips;
  for (const PxBox& box : component_boxes(closed.get()))
    if (box.height() >= ink.letter && box.height() <= 4 * ink.letter && box.width() >= 4 * ink.letter)
      strips.push_back(box);
  std::sort(strips.begin(), strips.end(), [](const PxBox& a, const PxBox& b) {
    return a.width() != b.width() ? a.width() > b.width() : a.y0 < b.y0;
  });
  if (strips.size() > count) strips.resize(count);
  return strips;
}

text::Script look_of(const Ink& ink) {
  // Among parts of a line's height, those of Latin print are letters: about as wide as high. Those of Arabic
  // print are runs of joined letters.
  std::size_t letters = 0;
  std::size_t wide = 0;
  for (const PxBox& part : ink.parts) {
    if (part.height() < (ink.letter * 2 + 2) / 3 || part.height() > 3 * ink.letter) continue;
    ++letters;
    if (part.width() * 2 > part.height() * 3) ++wide;
  }
  if (letters < 40) return text::Script::none;
  const double share = static_cast<double>(wide) / static_cast<double>(letters);
  if (share > 0.25) return text::Script::arabic;
  if (share < 0.15) return text::Script::latin;
  return text::Script::none;
}

}  // namespace dragoman::ocr
