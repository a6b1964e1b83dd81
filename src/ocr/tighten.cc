// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/tighten.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace dragoman::ocr {
namespace {

constexpr int kInk = 160;  // darker is ink on a sheet

/// Which columns of a line hold ink, from `x0` on.
struct Columns {
  int x0 = 0;
  std::vector<bool> inked;
  int end() const { return x0 + static_cast<int>(inked.size()); }
  bool at(int x) const { return inked[static_cast<std::size_t>(x - x0)]; }
};

/// Rows of the line that are its own: from the median top to the median bottom of its words.
PxBox body_of(const ReadLine& line) {
  std::vector<int> tops;
  std::vector<int> bottoms;
  for (const ReadWord& word : line.words) {
    tops.push_back(word.box.y0);
    bottoms.push_back(word.box.y1);
  }
  const auto median = [](std::vector<int>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  };
  return PxBox{line.box.x0, median(tops), line.box.x1, median(bottoms)};
}

Columns columns_of(PIX* grey, const PxBox& body) {
  const int reach = body.height() / 2;
  const PxBox area = grown(body, reach, 0, pixGetWidth(grey), pixGetHeight(grey));
  Columns columns{area.x0, {}};
  if (area.empty()) return columns;
  columns.inked.resize(static_cast<std::size_t>(area.width()));
  const l_uint32* data = pixGetData(grey);
  for (int y = area.y0; y < area.y1; ++y) {
    const l_uint32* row = data + static_cast<std::ptrdiff_t>(y) * pixGetWpl(grey);
    for (int x = area.x0; x < area.x1; ++x)
      if (static_cast<int>(GET_DATA_BYTE(row, x)) < kInk) columns.inked[static_cast<std::size_t>(x - area.x0)] = true;
  }
  return columns;
}

struct Gap {
  int x0 = 0;
  int x1 = 0;
  int width() const { return x1 - x0; }
};

/// The gap that parts `left` from `right`: the widest near their border, distance counted against it.
Gap gap_between(const Columns& columns, const PxBox& left, const PxBox& right, int reach) {
  const int low = std::min(left.x1, right.x0);
  const int high = std::max(left.x1, right.x0);
  const int from = std::max({columns.x0, low - reach, left.x0 + 1});
  const int to = std::min({columns.end(), high + reach, right.x1 - 1});
  Gap best;
  double merit = 0;
  for (int x = from; x < to;) {
    if (columns.at(x)) {
      ++x;
      continue;
    }
    Gap gap{x, x};
    while (gap.x1 < columns.end() && !columns.at(gap.x1)) ++gap.x1;
    while (gap.x0 > columns.x0 && !columns.at(gap.x0 - 1)) --gap.x0;
    const int away = std::max({0, low - gap.x1, gap.x0 - high});
    const double worth = gap.width() - 0.5 * away;
    if (worth > merit) {
      merit = worth;
      best = gap;
    }
    x = std::max(gap.x1, x + 1);
  }
  return best;
}

void tighten_line(ReadLine& line, PIX* grey) {
  const PxBox body = body_of(line);
  const Columns columns = columns_of(grey, body);
  if (columns.inked.empty()) return;
  std::vector<ReadWord*> words;
  for (ReadWord& word : line.words) words.push_back(&word);
  std::stable_sort(words.begin(), words.end(),
                   [](const ReadWord* a, const ReadWord* b) { return a->box.x0 + a->box.x1 < b->box.x0 + b->box.x1; });
  const int reach = body.height() / 3;
  std::vector<PxBox> boxes;
  for (const ReadWord* word : words) boxes.push_back(word->box);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const Gap gap = gap_between(columns, words[i]->box, words[i + 1]->box, reach);
    if (gap.width() < 2) continue;
    boxes[i].x1 = gap.x0;
    boxes[i + 1].x0 = gap.x1;
  }
  const auto outermost = [&](int x, int step, int limit) {
    while (x != limit && x >= columns.x0 && x < columns.end() && !columns.at(x)) x += step;
    return x;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    PxBox& box = boxes[i];
    if (box.width() < 1) continue;
    box.x0 = outermost(box.x0, 1, box.x1);
    box.x1 = outermost(box.x1 - 1, -1, box.x0) + 1;
    if (box.width() >= 2) words[i]->box = box;
  }
}

}  // namespace

void tighten(Reading& reading, PIX* grey) {
  for (ReadLine& line : reading.lines) {
    tighten_line(line, grey);
    line.box = line.words.front().box;
    for (const ReadWord& word : line.words) line.box = joined(line.box, word.box);
  }
}

}  // namespace dragoman::ocr
