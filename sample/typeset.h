// SPDX-License-Identifier: AGPL-3.0-or-later
// Sets one page of a letter in type with Pango and knows where the ink of each word stands.
// All measures are points on an A4 page as the printer left it, before any scanner saw it.
#pragma once

#include <pango/pangocairo.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "geometry.h"
#include "letter.h"

namespace dragoman::sample {

inline constexpr double kPageWidth = 595.2;  // A4 as a whole number of pixels at 300 dpi
inline constexpr double kPageHeight = 841.92;

struct Face {
  std::string_view family;
  double size = 12;         // of the body, in points
  double line_spacing = 1;  // some faces bring generous leading of their own
};

// Paper is scanned and must be recognised; a screen document carries its text.
enum class Medium { paper, screen };

std::span<const Face> faces(Lang lang, Medium medium);

// Families that Pango would have to replace by another, so that the leak would not be the same leak.
std::vector<std::string> missing_faces();

struct TypesetWord {
  std::string text;
  std::vector<Rect> ink;  // one rectangle a cluster of glyphs, so that a turned word keeps a tight box
  std::size_t line = 0;
};

struct TypesetLine {
  double top = 0;  // of the ink
  double bottom = 0;
};

class TypesetPage {
 public:
  // Body paragraphs which no longer fit are left out, and taken out of `letter` too.
  TypesetPage(Letter& letter, std::size_t page, const Face& face);

  const std::vector<TypesetWord>& words() const { return words_; }
  const std::vector<TypesetLine>& lines() const { return lines_; }
  // The words, with a blank between them and a line feed where a line ends.
  std::string text() const;

  // Pictures get outlines: cairo's picture backend would move glyphs to whole pixels and tear
  // joined letters apart. PDFs get text.
  enum class Ink { outlines, text };
  void draw(cairo_t* cairo, Ink ink) const;

 private:
  struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
  };
  using Layout = std::unique_ptr<PangoLayout, Unref>;
  struct Placed {
    Layout layout;
    double y = 0;
  };
  struct Style {
    double size = 12;
    bool bold = false;
    bool centred = false;
  };

  Layout set(std::string_view text, const Style& style) const;
  void place(Layout layout, double y);
  void collect_words(PangoLayout* layout, double x, double y);

  Lang lang_;
  Face face_;
  std::unique_ptr<PangoContext, Unref> context_;
  std::vector<Placed> placed_;
  double rule_y_ = 0;  // the line under the header block; 0: none
  std::vector<TypesetWord> words_;
  std::vector<TypesetLine> lines_;
};

}  // namespace dragoman::sample
