// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pdf_bidi.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace dragoman::read {
namespace {

constexpr std::array<std::pair<char32_t, char32_t>, 6> kBrackets{
    {{U'(', U')'}, {U'[', U']'}, {U'{', U'}'}, {U'«', U'»'}, {U'‹', U'›'}, {U'<', U'>'}}};

Direction direction_of(char32_t c) {
  switch (u_charDirection(static_cast<UChar32>(c))) {
    case U_LEFT_TO_RIGHT: return Direction::left;
    case U_RIGHT_TO_LEFT:
    case U_RIGHT_TO_LEFT_ARABIC: return Direction::right;
    case U_EUROPEAN_NUMBER:
    case U_ARABIC_NUMBER: return Direction::number;
    case U_COMMON_NUMBER_SEPARATOR: return Direction::joiner;
    default: return Direction::neutral;
  }
}

// One number: digits, and between digits single separators (UAX #9, W4, for Arabic numbers: after Arabic letters
// all digits are such, W2).
std::size_t number_end(const std::vector<Cell>& line, std::size_t at) {
  while (at < line.size() && line[at].direction == Direction::number) {
    ++at;
    const bool joined =
        at + 1 < line.size() && line[at].direction == Direction::joiner && line[at + 1].direction == Direction::number;
    if (joined) ++at;
  }
  return at;
}

// A left-to-right run that begins with a letter: up to the last letter or number before a right-to-left letter.
std::size_t latin_end(const std::vector<Cell>& line, std::size_t at) {
  std::size_t end = at;
  for (; at < line.size(); ++at) {
    const Direction direction = line[at].direction;
    if (direction == Direction::right) break;
    if (direction == Direction::left || direction == Direction::number) end = at + 1;
  }
  return end;
}

// Where the left-to-right run that begins at `at` ends; `at` itself when none does.
std::size_t run_end(const std::vector<Cell>& line, std::size_t at) {
  if (line[at].direction == Direction::left) return latin_end(line, at);
  const std::size_t end = number_end(line, at);
  const bool unit = end > at && end < line.size() && line[end].direction == Direction::left;  // "12km"
  return unit ? latin_end(line, end) : end;
}

void reverse_keeping_runs(std::vector<Cell>& line) {
  std::vector<Cell> out;
  out.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::max(run_end(line, at), at + 1);
    // Built backwards: the run's last cell first, so that the final reversal restores it.
    for (std::size_t i = end; i > at; --i) out.push_back(std::move(line[i - 1]));
    at = end;
  }
  std::reverse(out.begin(), out.end());
  line = std::move(out);
}

// Right-to-left runs inside a left-to-right line: from the first to the last right-to-left letter between which there
// is no left-to-right one.
void turn_rtl_runs(std::vector<Cell>& line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at].direction != Direction::right) continue;
    std::size_t end = at + 1;
    for (std::size_t i = at + 1; i < line.size() && line[i].direction != Direction::left; ++i) {
      if (line[i].direction == Direction::right) end = i + 1;
    }
    const auto from = line.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = line.begin() + static_cast<std::ptrdiff_t>(end);
    std::vector<Cell> run(std::make_move_iterator(from), std::make_move_iterator(to));
    reverse_keeping_runs(run);
    std::move(run.begin(), run.end(), from);
    at = end - 1;
  }
}

char32_t other_bracket(char32_t c) {
  for (const auto& [open, close] : kBrackets) {
    if (c == open) return close;
    if (c == close) return open;
  }
  return c;
}

bool is_opening(char32_t c) {
  return std::any_of(kBrackets.begin(), kBrackets.end(), [c](const auto& pair) { return pair.first == c; });
}

// Matching pairs in a line if brackets are read as they are, and if swapped.
std::pair<int, int> count_pairs(const std::vector<Cell>& line) {
  std::pair<int, int> pairs{0, 0};
  char32_t before = 0;
  for (const Cell& cell : line) {
    if (cell.codes.size() != 1 || other_bracket(cell.codes[0]) == cell.codes[0]) continue;
    const char32_t now = cell.codes[0];
    if (before != 0 && other_bracket(before) == now) (is_opening(before) ? pairs.first : pairs.second) += 1;
    before = now;
  }
  return pairs;
}

}  // namespace

void classify(Cell& cell) {
  cell.direction = cell.gap() ? Direction::gap : Direction::neutral;
  for (const char32_t c : cell.codes) {
    const Direction direction = direction_of(c);
    if (direction != Direction::neutral) cell.direction = direction;
    if (direction == Direction::left || direction == Direction::right) return;
  }
}

bool is_right_to_left(const std::vector<Cell>& cells) {
  std::ptrdiff_t balance = 0;
  for (const Cell& cell : cells) {
    const Direction direction = cell.direction;
    balance += direction == Direction::right ? 1 : direction == Direction::left ? -1 : 0;
  }
  return balance > 0;
}

void to_reading_order(std::vector<Cell>& line, bool right_to_left) {
  if (right_to_left) {
    reverse_keeping_runs(line);
  } else {
    turn_rtl_runs(line);
  }
}

void mend_brackets(std::vector<std::vector<Cell>>& lines) {
  int straight = 0;
  int swapped = 0;
  for (const std::vector<Cell>& line : lines) {
    if (!is_right_to_left(line)) continue;
    const auto [as_is, turned] = count_pairs(line);
    straight += as_is;
    swapped += turned;
  }
  if (swapped <= straight) return;
  for (std::vector<Cell>& line : lines) {
    if (!is_right_to_left(line)) continue;
    for (Cell& cell : line) {
      if (cell.codes.size() == 1) cell.codes[0] = other_bracket(cell.codes[0]);
    }
  }
}

}  // namespace dragoman::read
