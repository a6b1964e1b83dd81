// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/numbers_ink.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <utility>

namespace dragoman::ocr {
namespace {

constexpr int kInk = 160;         // darker is ink on a sheet
constexpr int kSmallestPart = 4;  // pixels

/// Sets of labels that turned out to be one part.
class Union {
 public:
  std::int32_t add() {
    parent_.push_back(static_cast<std::int32_t>(parent_.size()));
    return parent_.back();
  }
  std::int32_t find(std::int32_t a) {
    while (at(a) != a) {
      at(a) = at(at(a));
      a = at(a);
    }
    return a;
  }
  std::int32_t join(std::int32_t a, std::int32_t b) {
    a = find(a);
    b = find(b);
    if (a > b) std::swap(a, b);
    at(b) = a;
    return a;
  }
  std::size_t size() const { return parent_.size(); }

 private:
  std::int32_t& at(std::int32_t a) { return parent_[static_cast<std::size_t>(a)]; }
  std::vector<std::int32_t> parent_{0};
};

struct Run {
  int x0 = 0;
  int x1 = 0;
  std::int32_t label = 0;
};

/// Labels the ink of `ink.grey`; parts touch at sides and corners.
void label_parts(LineInk& ink) {
  Union sets;
  const int width = ink.area.width();
  std::vector<Run> before;
  std::vector<Run> runs;
  for (int y = 0; y < ink.area.height(); ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    const std::uint8_t* grey = ink.grey.data() + row;
    runs.clear();
    std::size_t above = 0;
    for (int x = 0; x < width; ++x) {
      if (grey[x] >= kInk) continue;
      Run run{x, x, 0};
      while (run.x1 < width && grey[run.x1] < kInk) ++run.x1;
      while (above < before.size() && before[above].x1 < run.x0) ++above;
      for (std::size_t i = above; i < before.size() && before[i].x0 <= run.x1; ++i)
        run.label = run.label == 0 ? sets.find(before[i].label) : sets.join(run.label, before[i].label);
      if (run.label == 0) run.label = sets.add();
      std::fill(ink.labels.begin() + static_cast<std::ptrdiff_t>(row) + run.x0,
                ink.labels.begin() + static_cast<std::ptrdiff_t>(row) + run.x1, run.label);
      runs.push_back(run);
      x = run.x1;
    }
    std::swap(before, runs);
  }
  std::vector<std::int32_t> final(sets.size());
  for (std::size_t i = 0; i < final.size(); ++i) final[i] = sets.find(static_cast<std::int32_t>(i));
  for (std::int32_t& label : ink.labels) label = final[static_cast<std::size_t>(label)];
}

struct Part {
  PxBox box;
  int pixels = 0;
};

std::map<std::int32_t, Part> parts_of(const LineInk& ink) {
  std::map<std::int32_t, Part> parts;
  for (int y = ink.area.y0; y < ink.area.y1; ++y) {
    for (int x = ink.area.x0; x < ink.area.x1;) {
      const std::int32_t label = ink.labels[ink.at(x, y)];
      int end = x + 1;
      while (end < ink.area.x1 && ink.labels[ink.at(end, y)] == label) ++end;
      if (label != 0) {
        const PxBox run{x, y, end, y + 1};
        Part& part = parts[label];
        part.box = part.pixels == 0 ? run : joined(part.box, run);
        part.pixels += end - x;
      }
      x = end;
    }
  }
  return parts;
}

/// Parts more than half of whose width is shared are one.
void gather(std::vector<InkGroup>& groups, InkGroup mine) {
  std::vector<InkGroup> kept;
  for (InkGroup& other : groups) {
    const int shared = std::min(mine.box.x1, other.box.x1) - std::max(mine.box.x0, other.box.x0);
    if (2 * shared > std::min(mine.box.width(), other.box.width())) {
      mine.box = joined(mine.box, other.box);
      mine.labels.insert(mine.labels.end(), other.labels.begin(), other.labels.end());
    } else {
      kept.push_back(std::move(other));
    }
  }
  kept.push_back(std::move(mine));
  groups = std::move(kept);
}

}  // namespace

LineInk ink_of_line(PIX* grey, const PxBox& area, const PxBox& body) {
  LineInk ink;
  ink.area = grown(area, 0, 0, pixGetWidth(grey), pixGetHeight(grey));
  if (ink.area.empty()) return ink;
  const std::size_t size = static_cast<std::size_t>(ink.area.width()) * static_cast<std::size_t>(ink.area.height());
  ink.grey.resize(size);
  ink.labels.resize(size);
  for (int y = ink.area.y0; y < ink.area.y1; ++y) {
    const l_uint32* row = pixGetData(grey) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(grey);
    for (int x = ink.area.x0; x < ink.area.x1; ++x)
      ink.grey[ink.at(x, y)] = static_cast<std::uint8_t>(GET_DATA_BYTE(row, x));
  }
  label_parts(ink);
  std::vector<std::pair<std::int32_t, Part>> parts;
  for (const auto& [label, part] : parts_of(ink)) {
    const int middle = part.box.y0 + part.box.y1;
    if (part.pixels < kSmallestPart || middle < 2 * body.y0 || middle > 2 * body.y1) continue;
    parts.emplace_back(label, part);
  }
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.box.x0, a.second.box.y0) < std::pair(b.second.box.x0, b.second.box.y0);
  });
  // Only the last groups can reach as far as the next part: the others are set aside.
  std::vector<InkGroup> open;
  for (const auto& [label, part] : parts) {
    std::vector<InkGroup> still;
    for (InkGroup& group : open) {
      auto& to = group.box.x1 <= part.box.x0 ? ink.groups : still;
      to.push_back(std::move(group));
    }
    open = std::move(still);
    gather(open, InkGroup{part.box, {label}});
  }
  std::move(open.begin(), open.end(), std::back_inserter(ink.groups));
  std::sort(ink.groups.begin(), ink.groups.end(),
            [](const InkGroup& a, const InkGroup& b) { return a.box.x0 + a.box.x1 < b.box.x0 + b.box.x1; });
  return ink;
}

namespace {

bool belongs(const LineInk& ink, const InkGroup& group, int x, int y) {
  const std::int32_t label = ink.labels[ink.at(x, y)];
  return label != 0 && std::find(group.labels.begin(), group.labels.end(), label) != group.labels.end();
}

InkGroup side_of(const LineInk& ink, const InkGroup& group, int x0, int x1) {
  InkGroup side{PxBox{}, group.labels};
  for (int y = group.box.y0; y < group.box.y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      if (!belongs(ink, group, x, y)) continue;
      const PxBox pixel{x, y, x + 1, y + 1};
      side.box = side.box.empty() ? pixel : joined(side.box, pixel);
    }
  }
  return side;
}

}  // namespace

std::pair<InkGroup, InkGroup> cut_group(const LineInk& ink, const InkGroup& group, int x) {
  return {side_of(ink, group, group.box.x0, x), side_of(ink, group, x, group.box.x1)};
}

std::vector<int> cuts_of(const LineInk& ink, const InkGroup& group, std::size_t most) {
  const int edge = std::max(3, group.box.height() / 5);
  std::vector<std::pair<int, int>> found;  // darkness, column
  const auto darkness = [&](int x) {
    int sum = 0;
    for (int y = group.box.y0; y < group.box.y1; ++y)
      if (belongs(ink, group, x, y)) sum += 255 - ink.grey[ink.at(x, y)];
    return sum;
  };
  for (int x = group.box.x0 + edge; x < group.box.x1 - edge; ++x) {
    const int here = darkness(x);
    if (here <= darkness(x - 1) && here <= darkness(x + 1)) found.emplace_back(here, x);
  }
  std::sort(found.begin(), found.end());
  std::vector<int> columns;
  for (std::size_t i = 0; i < found.size() && i < most; ++i) columns.push_back(found[i].second);
  return columns;
}

LineShape shape_of_words(const LineInk& ink, const std::vector<const InkGroup*>& words) {
  std::vector<int> rows(static_cast<std::size_t>(ink.area.height()));
  std::vector<int> tops;
  for (const InkGroup* word : words)
    for (int y = ink.area.y0; y < ink.area.y1; ++y)
      for (int x = word->box.x0; x < word->box.x1; ++x)
        if (ink.grey[ink.at(x, y)] < kInk) ++rows[static_cast<std::size_t>(y - ink.area.y0)];
  auto foot = static_cast<std::size_t>(std::max_element(rows.begin(), rows.end()) - rows.begin());
  const int peak = rows[foot];
  while (foot + 1 < rows.size() && 2 * rows[foot + 1] >= peak) ++foot;
  LineShape shape{static_cast<double>(ink.area.y0) + static_cast<double>(foot) + 1, 4};
  for (const InkGroup* word : words)
    if (word->box.y0 < shape.foot) tops.push_back(static_cast<int>(shape.foot) - word->box.y0);
  if (tops.empty()) return shape;
  std::sort(tops.begin(), tops.end());
  shape.height = std::max(4, tops[tops.size() * 4 / 5]);
  return shape;
}

LineShape shape_of_numbers(const std::vector<const InkGroup*>& groups) {
  int highest = 0;
  for (const InkGroup* group : groups) highest = std::max(highest, group->box.height());
  std::vector<int> feet;
  std::vector<int> heights;
  for (const InkGroup* group : groups) {
    if (5 * group->box.height() < 3 * highest) continue;
    feet.push_back(group->box.y1);
    heights.push_back(group->box.height());
  }
  std::sort(feet.begin(), feet.end());
  std::sort(heights.begin(), heights.end());
  return LineShape{static_cast<double>(feet[feet.size() / 2]), std::max(4.0, heights[heights.size() / 2] * 1.25)};
}

}  // namespace dragoman::ocr
