// SPDX-License-Identifier: AGPL-3.0-or-later
// A recursive cut: a region with a gutter is cut there; one without is cut at its widest empty row, because a heading
// across the page hides the gutter below it.
#include "read/pdf_columns.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace dragoman::read {
namespace {

constexpr float kSegmentGap = 1.0F;      // em: an empty stretch that may be part of a gutter
constexpr float kGutter = 0.8F;          // em: how wide a gutter is at least
constexpr std::size_t kColumnLines = 3;  // fewer lines are no column
constexpr float kColumnWidth = 9.0F;     // em: half of the lines of running text are at least that long
constexpr int kMostCuts = 40;            // depth of the recursion

struct Segment {
  std::vector<Cell> cells;
  float from = 0;
  float to = 0;
  float base = 0;
  float size = 0;
  std::size_t row = 0;
};

using Region = std::vector<Segment>;

Segment segment_of(std::vector<Cell> cells, std::size_t row) {
  Segment out;
  out.from = cells.front().from;
  out.to = cells.front().to;
  out.base = cells.front().base;
  for (const Cell& cell : cells) {
    if (cell.gap()) continue;
    out.from = std::min(out.from, cell.from);
    out.to = std::max(out.to, cell.to);
    out.size = std::max(out.size, cell.size);
  }
  out.cells = std::move(cells);
  out.row = row;
  return out;
}

void trim_gaps(std::vector<Cell>& cells) {
  while (!cells.empty() && cells.back().gap()) cells.pop_back();
  const auto first = std::find_if(cells.begin(), cells.end(), [](const Cell& cell) { return !cell.gap(); });
  cells.erase(cells.begin(), first);
}

void cut_line(std::vector<Cell> line, std::size_t row, Region& out) {
  trim_gaps(line);
  std::vector<Cell> current;
  float end = 0;
  const auto flush = [&] {
    trim_gaps(current);
    if (!current.empty()) out.push_back(segment_of(std::exchange(current, {}), row));
  };
  for (Cell& cell : line) {
    if (!cell.gap()) {
      if (!current.empty() && cell.from - end > kSegmentGap * cell.size) flush();
      end = current.empty() ? cell.to : std::max(end, cell.to);
    }
    current.push_back(std::move(cell));
  }
  flush();
}

bool is_running_text(const Region& side) {
  if (side.size() < kColumnLines) return false;
  const auto longer =
      std::count_if(side.begin(), side.end(), [](const Segment& s) { return s.to - s.from >= kColumnWidth * s.size; });
  return static_cast<std::size_t>(longer) * 2 >= side.size();
}

// An empty vertical stripe with running text on both sides; the answer is its middle.
std::optional<float> gutter_of(const Region& region) {
  if (region.empty()) return std::nullopt;
  std::vector<std::pair<float, float>> spans;
  spans.reserve(region.size());
  for (const Segment& segment : region) spans.emplace_back(segment.from, segment.to);
  std::sort(spans.begin(), spans.end());
  float end = spans.front().second;
  for (const auto& [from, to] : spans) {
    if (from > end) {
      const float middle = (from + end) / 2;
      Region left;
      Region right;
      for (const Segment& segment : region) {
        Segment bare;
        bare.from = segment.from;
        bare.to = segment.to;
        bare.size = segment.size;
        (segment.to < middle ? left : right).push_back(std::move(bare));
      }
      if (from - end >= kGutter * region.front().size && is_running_text(left) && is_running_text(right)) return middle;
    }
    end = std::max(end, to);
  }
  return std::nullopt;
}

// The row before which the widest empty row lies.
std::optional<std::size_t> widest_break(const Region& region) {
  std::optional<std::size_t> row;
  float widest = 0;
  for (std::size_t i = 1; i < region.size(); ++i) {
    if (region[i].row == region[i - 1].row) continue;
    const float step = (region[i].base - region[i - 1].base) / std::max(1.0F, region[i].size);
    if (step > widest) {
      widest = step;
      row = region[i].row;
    }
  }
  return row;
}

void emit_rows(Region region, std::vector<std::vector<Cell>>& out) {
  std::optional<std::size_t> row;
  for (Segment& segment : region) {
    if (row != segment.row) {
      out.emplace_back();
    } else {
      Cell gap;
      gap.from = out.back().back().to;
      gap.to = segment.from;
      gap.base = segment.base;
      gap.size = segment.size;
      out.back().push_back(gap);
    }
    row = segment.row;
    std::move(segment.cells.begin(), segment.cells.end(), std::back_inserter(out.back()));
  }
}

void arrange(Region region, bool rtl, int depth, std::vector<std::vector<Cell>>& out) {
  if (depth > kMostCuts || region.size() < 2 * kColumnLines) return emit_rows(std::move(region), out);
  Region first;
  Region second;
  if (const std::optional<float> gutter = gutter_of(region)) {
    for (Segment& segment : region) {
      const bool left = segment.to < *gutter;
      (left != rtl ? first : second).push_back(std::move(segment));
    }
  } else if (const std::optional<std::size_t> row = widest_break(region)) {
    for (Segment& segment : region) (segment.row < *row ? first : second).push_back(std::move(segment));
  } else {
    return emit_rows(std::move(region), out);
  }
  arrange(std::move(first), rtl, depth + 1, out);
  arrange(std::move(second), rtl, depth + 1, out);
}

}  // namespace

std::vector<std::vector<Cell>> in_reading_order(std::vector<std::vector<Cell>> lines) {
  Region region;
  std::ptrdiff_t balance = 0;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    balance += is_right_to_left(lines[row]) ? 1 : -1;
    cut_line(std::move(lines[row]), row, region);
  }
  std::vector<std::vector<Cell>> out;
  arrange(std::move(region), balance > 0, 0, out);
  return out;
}

}  // namespace dragoman::read
