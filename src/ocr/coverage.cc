// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/coverage.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/utf8.h"
#include "ocr/sheet.h"
#include "text/script.h"

namespace dragoman::ocr {
namespace {

constexpr double kHalf = 0.5;
/// A row read by itself is believed from here: the engine gives garbage 0.1 to 0.4.
constexpr float kCredible = 0.5F;

void paint(PIX* pix, const PxBox& box, int value) {
  BOX* area = boxCreate(box.x0, box.y0, box.width(), box.height());
  if (area == nullptr) return;
  pixSetInRectArbitrary(pix, area, static_cast<l_uint32>(value));
  boxDestroy(&area);
}

/// The ink that no word covers, without what is left of covered words: dots, tails, specks.
std::vector<PxBox> loose_parts(const Ink& ink, const Reading& reading) {
  const PixPtr rest(pixCopy(nullptr, ink.pix.get()));
  if (!rest) return {};
  const int width = pixGetWidth(rest.get());
  const int height = pixGetHeight(rest.get());
  for (const ReadLine& line : reading.lines)
    for (const ReadWord& word : line.words)
      paint(rest.get(), grown(scaled(word.box, kHalf), ink.letter / 2, ink.letter / 4, width, height), 0);
  std::vector<PxBox> parts;
  for (const PxBox& box : component_boxes(rest.get()))
    if (2 * box.height() >= ink.letter && box.height() <= 4 * ink.letter && box.width() <= 20 * ink.letter)
      parts.push_back(box);
  return parts;
}

struct Row {
  PxBox box;
  int parts = 0;
  int inked_width = 0;
};

bool same_row(const Row& row, const PxBox& part, int letter) {
  const int overlap = std::min(row.box.y1, part.y1) - std::max(row.box.y0, part.y0);
  const int gap = std::max(part.x0 - row.box.x1, row.box.x0 - part.x1);
  return 2 * overlap >= std::min(row.box.height(), part.height()) && gap <= 4 * letter &&
         joined(row.box, part).height() <= 4 * letter;
}

std::vector<Row> rows_of(std::vector<PxBox> parts, int letter) {
  std::sort(parts.begin(), parts.end(),
            [](const PxBox& a, const PxBox& b) { return a.x0 != b.x0 ? a.x0 < b.x0 : a.y0 < b.y0; });
  std::vector<Row> rows;
  for (const PxBox& part : parts) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return same_row(r, part, letter); });
    if (row == rows.end()) {
      rows.push_back(Row{part, 1, part.width()});
      continue;
    }
    row->box = joined(row->box, part);
    ++row->parts;
    row->inked_width += part.width();
  }
  return rows;
}

bool has_letter_or_digit(const std::string& text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const char32_t c = next_codepoint(text, offset);
    if (text::script_of(c) != text::Script::none || (c >= '0' && c <= '9') || (c >= 0x660 && c <= 0x669) ||
        (c >= 0x6F0 && c <= 0x6F9))
      return true;
  }
  return false;
}

bool credible(const Reading& reading) {
  if (reading.confidence() < kCredible) return false;
  for (const ReadLine& line : reading.lines)
    for (const ReadWord& word : line.words)
      if (has_letter_or_digit(word.text)) return true;
  return false;
}

int horizontal_overlap(const PxBox& a, const PxBox& b) {
  return std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
}

}  // namespace

std::vector<UncoveredRow> uncovered_rows(const Ink& ink, const Reading& reading) {
  std::vector<UncoveredRow> result;
  if (ink.blank()) return result;
  for (const Row& row : rows_of(loose_parts(ink, reading), ink.letter)) {
    const bool text_like = row.parts >= 3 && row.box.width() >= 4 * ink.letter &&
                           3 * row.inked_width >= row.box.width() && 3 * row.box.height() <= 2 * row.box.width();
    if (!text_like) continue;
    const bool sure = row.parts >= 6 && row.box.width() >= 10 * ink.letter && row.box.height() <= 3 * ink.letter &&
                      2 * row.inked_width >= row.box.width();
    result.push_back(UncoveredRow{scaled(row.box, 1 / kHalf), sure});
  }
  std::sort(result.begin(), result.end(),
            [](const UncoveredRow& a, const UncoveredRow& b) { return a.box.y0 < b.box.y0; });
  return result;
}

Result<Reading> read_row(PIX* grey, const UncoveredRow& row, const Reading& around, Engine& engine) {
  const int pad = std::max(row.box.height() / 2, 8);
  const PxBox area = grown(row.box, 2 * pad, pad, pixGetWidth(grey), pixGetHeight(grey));
  BOX* clip = boxCreate(area.x0, area.y0, area.width(), area.height());
  const PixPtr strip(pixClipRectangle(grey, clip, nullptr));
  boxDestroy(&clip);
  if (!strip) return fail(ErrorKind::limit, "no memory for a row of the page");
  for (const ReadLine& line : around.lines) {
    for (const ReadWord& word : line.words) {
      const PxBox covered = common(word.box, area);
      if (covered.empty()) continue;
      paint(strip.get(), PxBox{covered.x0 - area.x0, covered.y0 - area.y0, covered.x1 - area.x0, covered.y1 - area.y0},
            255);
    }
  }
  // What made the page's layout drop a clean line may make it drop the line again when it stands alone; then it is
  // read without any layout.
  Reading reading;
  double seconds = 0;
  for (const Layout layout : {Layout::line, Layout::raw_line}) {
    reading = TRY(engine.read(strip.get(), kReadingDpi, layout));
    seconds += reading.cpu_seconds;
    if (credible(reading)) break;
    reading.lines.clear();
  }
  reading.cpu_seconds = seconds;
  for (ReadLine& line : reading.lines) {
    const auto moved = [&](PxBox& box) {
      box = PxBox{box.x0 + area.x0, box.y0 + area.y0, box.x1 + area.x0, box.y1 + area.y0};
    };
    moved(line.box);
    for (ReadWord& word : line.words) moved(word.box);
  }
  return reading;
}

void insert_line(Reading& reading, ReadLine line, bool right_to_left) {
  std::vector<ReadLine>& lines = reading.lines;
  std::ptrdiff_t above = -1;
  std::ptrdiff_t below = -1;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const PxBox& box = lines[i].box;
    const auto at = static_cast<std::ptrdiff_t>(i);
    const bool same_height =
        std::abs(box.middle_y() - line.box.middle_y()) * 2 < std::min(box.height(), line.box.height());
    if (same_height && -horizontal_overlap(box, line.box) < 3 * line.box.height()) {
      // The missing end or beginning of a line that is there.
      const bool before = right_to_left ? line.box.x0 > box.x0 : line.box.x0 < box.x0;
      lines.insert(lines.begin() + (before ? at : at + 1), std::move(line));
      return;
    }
    if (horizontal_overlap(box, line.box) <= 0) continue;
    const bool higher = box.middle_y() < line.box.middle_y();
    std::ptrdiff_t& nearest = higher ? above : below;
    const auto distance = [&](std::ptrdiff_t index) {
      return std::abs(lines[static_cast<std::size_t>(index)].box.middle_y() - line.box.middle_y());
    };
    if (nearest < 0 || distance(at) < distance(nearest)) nearest = at;
  }
  std::ptrdiff_t place = static_cast<std::ptrdiff_t>(lines.size());
  if (above >= 0) {
    place = above + 1;
  } else if (below >= 0) {
    place = below;
  }
  lines.insert(lines.begin() + place, std::move(line));
}

}  // namespace dragoman::ocr
