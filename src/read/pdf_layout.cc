// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/pdf_layout.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "read/pdf_bidi.h"
#include "read/pdf_columns.h"

namespace dragoman::read {
namespace {

// Shares of the letter size. A gap between words (MuPDF's own stext uses 0.15; Arabic words have none inside).
constexpr float kWordGap = 0.18F;
// Glyphs whose baselines differ by less stand on one line: superscripts do, the next line does not.
constexpr float kLineSlack = 0.45F;
// Beyond this many line heights to the next baseline a paragraph ends.
constexpr float kParagraphGap = 1.9F;

constexpr std::size_t kShortLine = 300;

constexpr char32_t kNonJoiner = 0x200C;

bool is_mark(char32_t c) {
  const auto type = u_charType(static_cast<UChar32>(c));
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
}

bool is_space(char32_t c) {
  return c < 0x20 || u_isUWhiteSpace(static_cast<UChar32>(c)) != 0 || is_bidi_control(c);
}

bool is_arabic_form(char32_t c) {
  return (c >= 0xFB50 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE);
}

bool all_marks(const Cell& cell) {
  return !cell.gap() && std::all_of(cell.codes.begin(), cell.codes.end(), is_mark);
}

// Writing directions are taken apart by quarter turns and laid out one by one.
int quarter_of(const PdfGlyph& glyph) {
  if (std::abs(glyph.up_y) >= std::abs(glyph.up_x)) return glyph.up_y <= 0 ? 0 : 2;
  return glyph.up_x > 0 ? 1 : 3;  // 1: up points right, the text runs down the page
}

struct Frame {
  float along_x, along_y;  // unit vector of writing
  float down_x, down_y;    // unit vector to the next line
};
constexpr std::array<Frame, 4> kFrames{{{1, 0, 0, 1}, {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}}};

Cell cell_of(const PdfGlyph& glyph, const Frame& frame, std::size_t index) {
  Cell cell;
  const float start = glyph.x * frame.along_x + glyph.y * frame.along_y;
  const float end = start + glyph.advance_x * frame.along_x + glyph.advance_y * frame.along_y;
  cell.from = std::min(start, end);
  cell.to = std::max(start, end);
  cell.base = glyph.x * frame.down_x + glyph.y * frame.down_y;
  cell.size = glyph.size;
  cell.top = glyph.ascent * glyph.size;
  cell.bottom = -glyph.descent * glyph.size;
  cell.index = index;
  if (!is_space(glyph.code) || glyph.code == 0) cell.codes.push_back(glyph.code == 0 ? U'\uFFFD' : glyph.code);
  classify(cell);
  return cell;
}

// Back from the frame of its writing direction to the page.
Box box_of(const Cell& cell, const Frame& frame) {
  const float top = cell.base - cell.top;
  const float bottom = cell.base + cell.bottom;
  const auto x = [&](float along, float across) { return along * frame.along_x + across * frame.down_x; };
  const auto y = [&](float along, float across) { return along * frame.along_y + across * frame.down_y; };
  return {std::min(x(cell.from, top), x(cell.to, bottom)), std::min(y(cell.from, top), y(cell.to, bottom)),
          std::max(x(cell.from, top), x(cell.to, bottom)), std::max(y(cell.from, top), y(cell.to, bottom))};
}

std::vector<Cell> cells_of(std::span<const PdfGlyph> glyphs, int quarter) {
  std::vector<Cell> cells;
  cells.reserve(glyphs.size());
  bool kept = false;  // the glyph that continuations belong to
  for (std::size_t i = 0; i < glyphs.size(); ++i) {
    const PdfGlyph& glyph = glyphs[i];
    if (glyph.continuation) {
      if (kept && glyph.code != 0 && !is_space(glyph.code)) {
        cells.back().codes.push_back(glyph.code);
        classify(cells.back());
      }
      continue;
    }
    const bool finite = std::isfinite(glyph.x) && std::isfinite(glyph.y) && std::isfinite(glyph.size) &&
                        std::isfinite(glyph.advance_x) && std::isfinite(glyph.advance_y) && glyph.size > 0.1F &&
                        glyph.size < 5000 && std::abs(glyph.x) < 1e5F && std::abs(glyph.y) < 1e5F;
    kept = finite && quarter_of(glyph) == quarter;
    if (kept) cells.push_back(cell_of(glyph, kFrames[static_cast<std::size_t>(quarter)], i));
  }
  return cells;
}

// Lines of cells by baseline, top to bottom, each in stream order. Cells come in stream order.
std::vector<std::vector<Cell>> lines_of(std::vector<Cell> cells) {
  std::vector<std::uint32_t> by_base(cells.size());
  std::iota(by_base.begin(), by_base.end(), 0U);
  std::stable_sort(by_base.begin(), by_base.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return cells[a].base < cells[b].base; });
  std::vector<std::uint32_t> line_of(cells.size());
  std::vector<std::size_t> lengths;
  float reference = 0;
  float size = 0;
  for (const std::uint32_t at : by_base) {
    const Cell& cell = cells[at];
    const float slack = kLineSlack * std::max(size, cell.size);
    if (lengths.empty() || cell.base - reference > slack) {
      lengths.push_back(0);
      reference = cell.base;
      size = cell.size;
    } else if (cell.size > size) {
      size = cell.size;  // a superscript came first; its line is where the large letters stand
      reference = cell.base;
    }
    line_of[at] = static_cast<std::uint32_t>(lengths.size() - 1);
    ++lengths.back();
  }
  std::vector<std::vector<Cell>> lines(lengths.size());
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].reserve(lengths[i]);
  for (std::size_t at = 0; at < cells.size(); ++at) lines[line_of[at]].push_back(std::move(cells[at]));
  return lines;
}

// Whether the stream writes right-to-left letters leftwards, that is in reading order.
bool writes_leftwards(const std::vector<Cell>& line) {
  int balance = 0;
  const Cell* before = nullptr;
  for (const Cell& cell : line) {
    if (cell.direction != Direction::right || all_marks(cell)) continue;
    if (before != nullptr) balance += cell.middle() < before->middle() ? 1 : -1;
    before = &cell;
  }
  return balance > 0;
}

// Marks go with the letter they sit on: the one before in the stream, or, in visual order, the one behind.
void attach_marks(std::vector<Cell>& line) {
  if (std::none_of(line.begin(), line.end(), all_marks)) return;
  const bool rightwards = is_right_to_left(line) && !writes_leftwards(line);
  std::vector<Cell> out;
  std::u32string waiting;
  for (Cell& cell : line) {
    if (all_marks(cell) && (rightwards || (!out.empty() && !out.back().gap()))) {
      (rightwards ? waiting : out.back().codes) += cell.codes;
      continue;
    }
    if (!waiting.empty() && !cell.gap()) cell.codes += std::exchange(waiting, {});
    out.push_back(std::move(cell));
  }
  line = std::move(out);
}

bool is_letter_rtl(const Cell& cell) {
  return cell.direction == Direction::right;
}

// A space that a letter covers has no width of its own: Chromium draws U+200C so.
void find_non_joiners(std::vector<Cell>& line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    Cell& cell = line[i];
    if (!cell.gap() || cell.to - cell.from < 0.01F * cell.size) continue;
    const bool before = i > 0 && is_letter_rtl(line[i - 1]);
    const bool behind = i + 1 < line.size() && is_letter_rtl(line[i + 1]);
    if (!before || !behind) continue;
    const auto covers = [&](const Cell& other) {
      const float shared = std::min(cell.to, other.to) - std::max(cell.from, other.from);
      return shared > 0.6F * std::min(cell.to - cell.from, other.to - other.from);
    };
    if (!covers(line[i - 1]) && !covers(line[i + 1])) continue;
    cell.codes.assign(1, kNonJoiner);
    cell.direction = Direction::neutral;
    cell.to = cell.from;
  }
}

// Left to right; cells at the same place stay in the order that reading wants.
void sort_visually(std::vector<Cell>& line) {
  const bool leftwards = is_right_to_left(line) && writes_leftwards(line);
  if (leftwards) std::reverse(line.begin(), line.end());
  const auto before = [](const Cell& a, const Cell& b) { return a.middle() < b.middle(); };
  if (std::is_sorted(line.begin(), line.end(), before)) return;
  if (line.size() > kShortLine) {
    std::stable_sort(line.begin(), line.end(), before);
    return;
  }
  // Nearly sorted but for its numbers: insertion moves little.
  for (auto it = line.begin() + 1; it != line.end(); ++it)
    std::rotate(std::upper_bound(line.begin(), it, *it, before), it, it + 1);
}

// Gaps where no space was written, and none where a space is as narrow as nothing.
void find_gaps(std::vector<Cell>& line) {
  std::vector<Cell> out;
  out.reserve(line.size() + line.size() / 4);
  for (Cell& cell : line) {
    if (!out.empty() && !cell.gap() && !out.back().gap()) {
      const Cell& before = out.back();
      if (cell.from - before.to > kWordGap * std::max(cell.size, before.size)) {
        Cell gap;
        gap.from = before.to;
        gap.to = cell.from;
        gap.base = cell.base;
        gap.size = cell.size;
        out.push_back(gap);
      }
    }
    out.push_back(std::move(cell));
  }
  line = std::move(out);
}

void append_words(const std::vector<Cell>& line, const Frame& frame, std::vector<Word>& words) {
  std::u32string codes;
  std::optional<Box> box;
  const auto flush = [&] {
    std::string text = printed_form(codes);
    if (!text.empty() && box) words.push_back(Word{std::move(text), box, {}, Break::space});
    codes.clear();
    box.reset();
  };
  for (const Cell& cell : line) {
    if (cell.gap()) {
      flush();
      continue;
    }
    codes += cell.codes;
    const Box more = box_of(cell, frame);
    box = box ? Box{std::min(box->x0, more.x0), std::min(box->y0, more.y0), std::max(box->x1, more.x1),
                    std::max(box->y1, more.y1)}
              : more;
  }
  flush();
}

float base_of(const std::vector<Cell>& line) {
  return line.empty() ? 0 : line.front().base;
}

float size_of(const std::vector<Cell>& line) {
  float size = 0;
  for (const Cell& cell : line) size = std::max(size, cell.size);
  return size;
}

// Everything that runs in one direction.
void append_quarter(std::span<const PdfGlyph> glyphs, int quarter, std::vector<Word>& words) {
  const Frame& frame = kFrames[static_cast<std::size_t>(quarter)];
  std::vector<std::vector<Cell>> lines = lines_of(cells_of(glyphs, quarter));
  for (std::vector<Cell>& line : lines) {
    attach_marks(line);
    find_non_joiners(line);
    sort_visually(line);
    find_gaps(line);
  }
  lines = in_reading_order(std::move(lines));
  for (std::vector<Cell>& line : lines) to_reading_order(line, is_right_to_left(line));
  mend_brackets(lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t before = words.size();
    append_words(lines[i], frame, words);
    if (words.size() == before) continue;
    const float step = i + 1 < lines.size() ? base_of(lines[i + 1]) - base_of(lines[i]) : -1;
    const float size = i + 1 < lines.size() ? std::min(size_of(lines[i]), size_of(lines[i + 1])) : 0;
    words.back().after = step < 0 || step > kParagraphGap * size ? Break::paragraph : Break::line;
  }
}

}  // namespace

std::vector<Word> words_of_glyphs(std::span<const PdfGlyph> glyphs) {
  std::array<std::size_t, 4> counts{};
  for (const PdfGlyph& glyph : glyphs) ++counts[static_cast<std::size_t>(quarter_of(glyph))];
  std::array<int, 4> order{0, 1, 2, 3};
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
  });
  std::vector<Word> words;
  for (const int quarter : order) {
    if (counts[static_cast<std::size_t>(quarter)] > 0) append_quarter(glyphs, quarter, words);
  }
  return words;
}

std::u32string logical_of_visual(std::u32string_view visual) {
  std::vector<Cell> cells;
  for (const char32_t c : visual) {
    // In visual order a mark comes before its letter.
    Cell cell;
    if (!is_space(c)) cell.codes.assign(1, c);
    classify(cell);
    cells.push_back(std::move(cell));
  }
  const bool rtl = is_right_to_left(cells);
  if (rtl) {
    std::vector<Cell> joined;
    std::u32string waiting;
    for (Cell& cell : cells) {
      if (all_marks(cell)) {
        waiting += cell.codes;
        continue;
      }
      if (!cell.gap()) cell.codes += std::exchange(waiting, {});
      joined.push_back(std::move(cell));
    }
    cells = std::move(joined);
  }
  to_reading_order(cells, rtl);
  std::u32string out;
  for (const Cell& cell : cells) out += cell.gap() ? std::u32string(1, U' ') : cell.codes;
  return out;
}

std::string printed_form(std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfkc = unorm2_getNFKCInstance(&status);
  std::string out;
  for (const char32_t c : text) {
    if (!is_arabic_form(c) || U_FAILURE(status)) {
      if (!is_space(c) && !(c >= 0x7F && c < 0xA0) && c != 0xFEFF) append_utf8(out, c);
      continue;
    }
    std::array<UChar, 64> units;
    const UChar from = static_cast<UChar>(c);
    UErrorCode code = U_ZERO_ERROR;
    const std::int32_t length =
        unorm2_normalize(nfkc, &from, 1, units.data(), static_cast<std::int32_t>(units.size()), &code);
    for (std::int32_t i = 0; U_SUCCESS(code) && i < length; ++i) {
      if (units[static_cast<std::size_t>(i)] != ' ') append_utf8(out, units[static_cast<std::size_t>(i)]);
    }
  }
  return out;
}

bool has_rtl(std::u32string_view text) {
  return std::any_of(text.begin(), text.end(), [](char32_t c) {
    const auto direction = u_charDirection(static_cast<UChar32>(c));
    return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
  });
}

}  // namespace dragoman::read
