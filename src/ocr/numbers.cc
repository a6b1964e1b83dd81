// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/numbers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "ocr/numbers_glyph.h"
#include "ocr/numbers_ink.h"
#include "text/script.h"

namespace dragoman::ocr {
namespace {

/// A word with letters may be a number below this confidence. What are words has 0.7 and more.
constexpr float kDoubtfulWord = 0.7F;
/// Longer words of letters are no numbers, unless nothing in them can be believed.
constexpr std::size_t kMostLetters = 4;
constexpr float kHopelessWord = 0.2F;
/// A part must be this sure to count as read; where the engine saw nothing, surer.
constexpr float kSure = 0.6F;
constexpr float kSureAlone = 0.9F;
/// Each side of a cut.
constexpr float kSureCut = 0.7F;
/// ١ looks like an alef. Among digits it is ١.
constexpr float kSureOne = 0.1F;
/// What ends a number at its left is a comma or a full stop, if it looks a little like one.
constexpr float kSureComma = 0.3F;
/// Gaps of ink in heights of a letter: wider than the first part two words of the engine, wider than the second
/// one word.
constexpr double kGapBetween = 0.3;
constexpr double kGapWithin = 0.6;
/// Narrower than this and the two sides are of one word.
constexpr double kGapInWord = 0.12;
/// Touching digits: a part at least so wide, in heights of a letter, is cut at up to so many places.
constexpr double kCuttable = 0.6;
constexpr std::size_t kMostCuts = 5;
constexpr int kMostTouching = 2;  // cuts in one part
/// A wider part is no part of a number.
constexpr double kWidest = 3;
/// How far from the words of its line a number may stand that the engine passed over.
constexpr double kReach = 2.5;
/// As many groups of ink in words tell where a line stands.
constexpr std::size_t kTellingGroups = 4;

constexpr std::size_t kNoWord = static_cast<std::size_t>(-1);

bool is_letter(char32_t c) {
  return text::script_of(c) != text::Script::none && !is_indic_digit(c) && !(c >= U'0' && c <= U'9');
}

/// Whether what the engine read may have been a number.
bool may_be_number(const ReadWord& word) {
  std::size_t letters = 0;
  std::size_t others = 0;
  for (std::size_t offset = 0; offset < word.text.size();)
    ++(is_letter(next_codepoint(word.text, offset)) ? letters : others);
  if (letters == 0) return true;
  if (word.conf >= kDoubtfulWord) return false;
  return letters + others <= kMostLetters || others >= letters || word.conf < kHopelessWord;
}

struct Part {
  const InkGroup* group = nullptr;
  std::size_t word = kNoWord;  // of the line
};

/// Parts that stand close together, from left to right.
struct Cluster {
  std::vector<Part> parts;
  PxBox box;
  std::string text;  // empty: not a number
  float conf = 1;
  std::size_t digits = 0;
  bool telling = false;  // a digit that looks like none of ASCII's is in it
  bool speck = false;
  bool joined_on = false;  // it stands so close to a sure word that it may be a piece of something
};

/// One line under repair.
struct Line {
  ReadLine* line = nullptr;
  LineInk ink;
  LineShape shape;
  std::vector<bool> doubtful;  // by word
  std::vector<Cluster> clusters;
};

/// Where the line's ink may be, a little beyond what was read.
PxBox area_of(const ReadLine& line) {
  const int height = line.box.height();
  const int beyond = 10 * height;
  return PxBox{line.box.x0 - beyond, line.box.y0 - height / 3, line.box.x1 + beyond, line.box.y1 + height / 3};
}

/// Boxes of the words of other lines that share rows with this one.
std::vector<PxBox> foreign_boxes(const Reading& reading, const ReadLine& line) {
  std::vector<PxBox> boxes;
  for (const ReadLine& other : reading.lines) {
    if (&other == &line || common(other.box, area_of(line)).empty()) continue;
    for (const ReadWord& word : other.words) boxes.push_back(word.box);
  }
  return boxes;
}

bool stands_in(const PxBox& part, const PxBox& box) {
  const int x = part.x0 + part.x1;
  const int y = part.y0 + part.y1;
  return x >= 2 * box.x0 && x < 2 * box.x1 && y >= 2 * box.y0 && y < 2 * box.y1;
}

/// The word whose box spans most of the part; none if that is less than a third of it.
std::size_t word_of(const PxBox& part, const ReadLine& line) {
  std::size_t best = kNoWord;
  int most = part.width() / 3;
  for (std::size_t i = 0; i < line.words.size(); ++i) {
    const PxBox& box = line.words[i].box;
    const int shared = std::min(part.x1, box.x1) - std::max(part.x0, box.x0);
    if (shared <= most) continue;
    most = shared;
    best = i;
  }
  return best;
}

/// All parts of the line: in which word each stands.
std::vector<Part> parts_of(const Reading& reading, const Line& at) {
  const std::vector<PxBox> foreign = foreign_boxes(reading, *at.line);
  std::vector<Part> parts;
  for (const InkGroup& group : at.ink.groups) {
    const Part part{&group, word_of(group.box, *at.line)};
    const bool other = part.word == kNoWord && std::any_of(foreign.begin(), foreign.end(),
                                                           [&](const PxBox& box) { return stands_in(group.box, box); });
    if (!other) parts.push_back(part);
  }
  return parts;
}

void find_shape(Line& at, const std::vector<Part>& parts) {
  std::vector<const InkGroup*> words;
  std::vector<const InkGroup*> numbers;
  for (const Part& part : parts) {
    if (part.word == kNoWord) continue;
    (at.doubtful[part.word] ? numbers : words).push_back(part.group);
  }
  if (words.size() >= kTellingGroups || numbers.empty()) {
    if (!words.empty()) at.shape = shape_of_words(at.ink, words);
  } else {
    at.shape = shape_of_numbers(numbers);
  }
}

/// Frees digits at the edge of a sure word that stand closer to a doubtful one: the engine's border was wrong.
void free_digits(const Line& at, std::vector<Part>& parts) {
  const auto sure = [&](const Part& part) { return part.word != kNoWord && !at.doubtful[part.word]; };
  const auto consider = [&](Part& part, const Part& doubtful, int gap) {
    if (!sure(part) || sure(doubtful) || doubtful.word == kNoWord || gap > kGapBetween * at.shape.height) return;
    const Glyph glyph = classify_glyph(at.ink, *part.group, at.shape);
    if (is_indic_digit(glyph.c) && glyph.conf >= kSureAlone) part.word = doubtful.word;
  };
  for (std::size_t i = 1; i < parts.size(); ++i)
    consider(parts[i], parts[i - 1], parts[i].group->box.x0 - parts[i - 1].group->box.x1);
  for (std::size_t i = parts.size(); i-- > 1;)
    consider(parts[i - 1], parts[i], parts[i].group->box.x0 - parts[i - 1].group->box.x1);
}

/// Gathers what is not in sure words, from left to right.
void gather(Line& at, const std::vector<Part>& parts) {
  bool open = false;
  const InkGroup* sure = nullptr;  // the last part of a sure word
  const auto close_by = [&](const PxBox& left, const PxBox& right) {
    return right.x0 - left.x1 < kGapInWord * at.shape.height;
  };
  for (const Part& part : parts) {
    if (part.word != kNoWord && !at.doubtful[part.word]) {
      if (open && close_by(at.clusters.back().box, part.group->box)) at.clusters.back().joined_on = true;
      open = false;
      sure = part.group;
      continue;
    }
    if (open) {
      const Cluster& last = at.clusters.back();
      const bool same = last.parts.back().word == part.word;
      const double limit = (same ? kGapWithin : kGapBetween) * at.shape.height;
      open = part.group->box.x0 - last.box.x1 <= limit;
    }
    if (!open) at.clusters.push_back(Cluster{{}, part.group->box, {}, 1, 0, false, false, false});
    if (!open && sure != nullptr && close_by(sure->box, part.group->box)) at.clusters.back().joined_on = true;
    at.clusters.back().parts.push_back(part);
    at.clusters.back().box = joined(at.clusters.back().box, part.group->box);
    open = true;
  }
}

bool joins_digits(char32_t c) {
  return c == U'/' || c == U'.' || c == U',' || c == U':';
}

char32_t mirrored(char32_t c) {
  if (c == U'(') return U')';
  return c == U')' ? U'(' : c;
}

/// From left to right as printed to logical order: digits and the single marks between them run to the right, all
/// else to the left (Unicode's bidirectional rules for Arabic numbers).
std::u32string logical(std::u32string_view printed) {
  std::vector<std::u32string> runs;
  for (std::size_t i = 0; i < printed.size(); ++i) {
    const bool after_digit = i > 0 && is_indic_digit(printed[i - 1]);
    const bool after_mark = i > 1 && joins_digits(printed[i - 1]) && is_indic_digit(printed[i - 2]);
    const bool before_digit = i + 1 < printed.size() && is_indic_digit(printed[i + 1]);
    const bool goes_on = is_indic_digit(printed[i]) ? after_digit || after_mark
                                                    : joins_digits(printed[i]) && after_digit && before_digit;
    const char32_t c = printed[i];
    if (goes_on) {
      runs.back() += c;
    } else {
      // A comma that ends a phrase is the Arabic one.
      const bool between = after_digit && before_digit;
      runs.emplace_back(1, c == U',' && !between ? U'،' : mirrored(c));
    }
  }
  std::u32string text;
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) text += *run;
  return text;
}

/// Digits of one number are all of one alphabet: where one is of Persian shape, those that both share are Persian.
/// False where shapes of both are in it: one of them is misread.
bool harmonise(std::u32string& glyphs) {
  const bool persian = std::any_of(glyphs.begin(), glyphs.end(), [](char32_t c) { return c >= 0x06F0 && c <= 0x06F9; });
  const bool arabic = std::any_of(glyphs.begin(), glyphs.end(), [](char32_t c) { return c >= 0x0664 && c <= 0x0666; });
  if (persian && arabic) return false;
  if (!persian) return true;
  for (char32_t& c : glyphs)
    if (c >= 0x0660 && c <= 0x0669) c += 0x06F0 - 0x0660;
  return true;
}

bool is_speck(const PxBox& box, const LineShape& shape) {
  return box.height() < 0.15 * shape.height && box.width() < 0.15 * shape.height;
}

/// Whether marks stand as they do in numbers: none beside another of the sort that joins digits.
bool is_number(std::u32string_view glyphs) {
  std::size_t digits = 0;
  std::size_t marks = 0;
  for (std::size_t i = 0; i < glyphs.size(); ++i) {
    if (is_indic_digit(glyphs[i])) {
      ++digits;
      continue;
    }
    ++marks;
    if (i > 0 && joins_digits(glyphs[i]) && joins_digits(glyphs[i - 1])) return false;
  }
  // Zeros alone are dots more often than a number.
  const bool only_zeros = glyphs.find_first_not_of(U"٠./,:-()") == std::u32string_view::npos;
  return digits > 0 && marks <= digits + 2 && !only_zeros;
}

/// The glyphs of one part: mostly one; more where digits touch, which blur does. Empty: it cannot be read.
std::vector<Glyph> glyphs_of(const Line& at, const InkGroup& group, float sure, int cuts_left) {
  if (group.box.width() > kWidest * at.shape.height) return {};
  const Glyph glyph = classify_glyph(at.ink, group, at.shape);
  if (glyph.conf >= sure) return {glyph};
  if (cuts_left == 0 || group.box.width() < kCuttable * at.shape.height) return {};
  for (const int x : cuts_of(at.ink, group, kMostCuts)) {
    const auto [left, right] = cut_group(at.ink, group, x);
    if (left.box.empty() || right.box.empty()) continue;
    const Glyph first = classify_glyph(at.ink, left, at.shape);
    if (first.conf < kSureCut) continue;
    std::vector<Glyph> glyphs = glyphs_of(at, right, kSureCut, cuts_left - 1);
    if (glyphs.empty()) continue;
    glyphs.insert(glyphs.begin(), first);
    return glyphs;
  }
  return {};
}

/// All glyphs of a cluster from left to right; none if any part cannot be read.
std::vector<Glyph> read_parts(const Line& at, const Cluster& cluster, bool seen) {
  std::vector<Glyph> glyphs;
  for (const Part& part : cluster.parts) {
    const Glyph glyph = classify_glyph(at.ink, *part.group, at.shape);
    const bool may_be_alef =
        glyph.c == U'١' && cluster.parts.size() > 1 && glyph.conf >= kSureOne && glyph.among >= kSureAlone;
    const bool may_be_comma = &part == &cluster.parts.front() && cluster.parts.size() > 1 &&
                              (glyph.c == U',' || glyph.c == U'.') && glyph.conf >= kSureComma;
    std::vector<Glyph> more{glyph};
    if (!seen || !(may_be_alef || may_be_comma))
      more = glyphs_of(at, *part.group, seen ? kSure : kSureAlone, seen ? kMostTouching : 0);
    if (more.empty()) return {};
    glyphs.insert(glyphs.end(), more.begin(), more.end());
  }
  return glyphs;
}

void read_cluster(Line& at, Cluster& cluster) {
  const bool seen =
      std::any_of(cluster.parts.begin(), cluster.parts.end(), [](const Part& part) { return part.word != kNoWord; });
  cluster.speck = !seen && is_speck(cluster.box, at.shape);
  if (cluster.speck) return;
  std::u32string glyphs;
  for (const Glyph& glyph : read_parts(at, cluster, seen)) {
    cluster.conf = std::min(cluster.conf, glyph.conf);
    glyphs += glyph.c;
    if (!is_indic_digit(glyph.c)) continue;
    ++cluster.digits;
    cluster.telling = cluster.telling || (glyph.c != U'١' && glyph.c != U'٥' && glyph.c != U'٩');
  }
  if (!is_number(glyphs) || !harmonise(glyphs)) return;
  for (const char32_t c : logical(glyphs)) append_utf8(cluster.text, c);
}

/// What the engine passed over is a number only near its words and when it has two digits and more: one digit is
/// too easily a stain.
bool credible_alone(const Line& at, const Cluster& cluster) {
  if (cluster.digits < 2) return false;
  const double reach = kReach * at.shape.height;
  return std::any_of(at.line->words.begin(), at.line->words.end(), [&](const ReadWord& word) {
    return std::max(word.box.x0 - cluster.box.x1, cluster.box.x0 - word.box.x1) <= reach;
  });
}

/// In a stamp or a drawing something always looks like a digit. Where no word of the line is sure and not all of it
/// are numbers, one digit is none.
void drop_strays(Line& at) {
  const bool sure_words = std::find(at.doubtful.begin(), at.doubtful.end(), false) != at.doubtful.end();
  const bool all = std::all_of(at.clusters.begin(), at.clusters.end(),
                               [](const Cluster& cluster) { return cluster.speck || !cluster.text.empty(); });
  if (sure_words || all) return;
  for (Cluster& cluster : at.clusters)
    if (cluster.digits < 2) cluster.text.clear();
}

/// Numbers that take the place of some words of a line, or of none.
struct Exchange {
  std::vector<std::size_t> words;
  std::vector<const Cluster*> clusters;
  bool sound = true;
};

/// Clusters that share words, with those words.
std::vector<Exchange> exchanges_of(const Line& at) {
  std::vector<Exchange> exchanges;
  for (const Cluster& cluster : at.clusters) {
    if (cluster.speck) continue;
    Exchange mine{{}, {&cluster}, !cluster.text.empty() && !cluster.joined_on};
    for (const Part& part : cluster.parts)
      if (part.word != kNoWord && std::find(mine.words.begin(), mine.words.end(), part.word) == mine.words.end())
        mine.words.push_back(part.word);
    if (mine.words.empty()) mine.sound = mine.sound && credible_alone(at, cluster);
    for (auto other = exchanges.begin(); other != exchanges.end();) {
      const bool shared = std::any_of(mine.words.begin(), mine.words.end(), [&](std::size_t word) {
        return std::find(other->words.begin(), other->words.end(), word) != other->words.end();
      });
      if (!shared) {
        ++other;
        continue;
      }
      for (const std::size_t word : other->words)
        if (std::find(mine.words.begin(), mine.words.end(), word) == mine.words.end()) mine.words.push_back(word);
      mine.clusters.insert(mine.clusters.end(), other->clusters.begin(), other->clusters.end());
      mine.sound = mine.sound && other->sound;
      other = exchanges.erase(other);
    }
    exchanges.push_back(std::move(mine));
  }
  std::erase_if(exchanges, [](const Exchange& exchange) { return !exchange.sound; });
  return exchanges;
}

/// ASCII digits look like some Arabic-Indic ones: 1 like ١, 0 like ٥, 9 like ٩. Where the engine is sure that it
/// read such, it may be right.
bool read_as_ascii(const Line& at, const Exchange& exchange) {
  if (exchange.words.size() != 1 || exchange.clusters.size() != 1 || exchange.clusters.front()->telling) return false;
  const ReadWord& word = at.line->words[exchange.words.front()];
  return word.conf >= 0.9F && word.text.size() == exchange.clusters.front()->parts.size() &&
         std::all_of(word.text.begin(), word.text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::vector<ReadWord> words_of(const Exchange& exchange) {
  std::vector<ReadWord> words;
  for (const Cluster* cluster : exchange.clusters)
    words.push_back(ReadWord{cluster->text, cluster->box, cluster->conf});
  std::sort(words.begin(), words.end(), [](const ReadWord& a, const ReadWord& b) { return a.box.x0 > b.box.x0; });
  return words;
}

/// Puts numbers into the line: in the place of the first word they replace, else before the first word to their
/// left.
void put_in(ReadLine& line, const std::vector<Exchange>& exchanges) {
  std::vector<std::vector<ReadWord>> before(line.words.size() + 1);
  std::vector<bool> gone(line.words.size());
  for (const Exchange& exchange : exchanges) {
    std::vector<ReadWord> words = words_of(exchange);
    std::size_t place = line.words.size();
    if (exchange.words.empty()) {
      place = 0;
      while (place < line.words.size() && line.words[place].box.x0 > words.front().box.x0) ++place;
    }
    for (const std::size_t word : exchange.words) {
      place = std::min(place, word);
      gone[word] = true;
    }
    std::move(words.begin(), words.end(), std::back_inserter(before[place]));
  }
  std::vector<ReadWord> words;
  for (std::size_t i = 0; i <= line.words.size(); ++i) {
    std::stable_sort(before[i].begin(), before[i].end(),
                     [](const ReadWord& a, const ReadWord& b) { return a.box.x0 > b.box.x0; });
    std::move(before[i].begin(), before[i].end(), std::back_inserter(words));
    if (i < line.words.size() && !gone[i]) words.push_back(std::move(line.words[i]));
  }
  line.words = std::move(words);
  line.box = line.words.front().box;
  for (const ReadWord& word : line.words) line.box = joined(line.box, word.box);
}

Line looked_at(const Reading& reading, ReadLine& line, PIX* grey) {
  Line at;
  at.line = &line;
  at.ink = ink_of_line(grey, area_of(line), line.box);
  for (const ReadWord& word : line.words) at.doubtful.push_back(may_be_number(word));
  std::vector<Part> parts = parts_of(reading, at);
  find_shape(at, parts);
  free_digits(at, parts);
  gather(at, parts);
  for (Cluster& cluster : at.clusters) read_cluster(at, cluster);
  drop_strays(at);
  at.ink.grey = {};  // of all lines at once they would be larger than the sheet
  at.ink.labels = {};
  return at;
}

}  // namespace

bool lacks_indic_digits(std::string_view tesseract_lang) {
  return tesseract_lang == "ara";
}

NumberRepair repair_numbers(Reading& reading, PIX* grey) {
  std::vector<Line> lines;
  bool telling = false;  // some number on the page is surely Arabic-Indic
  for (ReadLine& line : reading.lines) {
    lines.push_back(looked_at(reading, line, grey));
    for (const Cluster& cluster : lines.back().clusters)
      telling = telling || (cluster.telling && !cluster.text.empty());
  }
  NumberRepair repair;
  for (Line& at : lines) {
    std::vector<Exchange> exchanges = exchanges_of(at);
    if (!telling) std::erase_if(exchanges, [&](const Exchange& exchange) { return read_as_ascii(at, exchange); });
    if (exchanges.empty()) continue;
    for (const Exchange& exchange : exchanges)
      (exchange.words.empty() ? repair.added : repair.replaced) += exchange.clusters.size();
    put_in(*at.line, exchanges);
  }
  return repair;
}

}  // namespace dragoman::ocr
