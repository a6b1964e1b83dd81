// SPDX-License-Identifier: AGPL-3.0-or-later
#include "typeset.h"

#include <array>
#include <cmath>
#include <set>

namespace dragoman::sample {
namespace {

constexpr double kMargin = 62;
constexpr double kTop = 54;
constexpr double kFooterTop = 786;
constexpr double kColumn = kPageWidth - 2 * kMargin;
constexpr double kParagraphGap = 7;
constexpr double kFooterSize = 9.5;

// Paper: faces that today's recognition reads about as well as print of a newspaper. Screens also get
// Amiri, whose ligatures try text extraction, and DejaVu Sans; recognition loses a quarter of their
// Arabic words, which would measure the face and not the scan (docs/gold.md).
constexpr std::array<Face, 4> kPersianPaper{
    {{"Nazli", 14, 1.05}, {"FreeFarsi", 13, 1.15}, {"Noto Naskh Arabic", 12.5, 0.95}, {"Noto Sans Arabic", 13, 0.95}}};
constexpr std::array<Face, 4> kPersianScreen{
    {{"Nazli", 14, 1.05}, {"FreeFarsi", 12.5, 1.15}, {"Noto Naskh Arabic", 12, 0.9}, {"DejaVu Sans", 11, 1.25}}};
constexpr std::array<Face, 4> kArabicPaper{{{"Noto Naskh Arabic", 13, 0.95},
                                            {"Noto Sans Arabic", 14, 0.95},
                                            {"Noto Kufi Arabic", 12, 0.95},
                                            {"FreeFarsi", 14, 1.15}}};
constexpr std::array<Face, 4> kArabicScreen{{{"Amiri", 13, 0.85},
                                             {"Noto Naskh Arabic", 12.5, 0.9},
                                             {"Noto Sans Arabic", 12, 0.95},
                                             {"DejaVu Sans", 11.5, 1.25}}};
constexpr std::array<Face, 4> kLatin{{{"Liberation Serif", 12, 1.2},
                                      {"DejaVu Serif", 11, 1.15},
                                      {"Liberation Sans", 11.5, 1.2},
                                      {"Noto Serif", 11, 1.0}}};

struct FreeFont {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using FontDescription = std::unique_ptr<PangoFontDescription, FreeFont>;

FontDescription describe(std::string_view family, double size, bool bold) {
  FontDescription font(pango_font_description_new());
  pango_font_description_set_family(font.get(), std::string(family).c_str());
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  return font;
}

// One user unit is one point, and nothing is rounded to a pixel grid: the page must look the same
// at any resolution.
PangoContext* make_context(Lang lang) {
  PangoContext* context = pango_font_map_create_context(pango_cairo_font_map_get_default());
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_cairo_context_set_resolution(context, 72);
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string(std::string(code(lang)).c_str()));
  pango_context_set_base_dir(context, is_rtl(lang) ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
  return context;
}

// A word must stay on one line, else it would have two boxes: no breaks inside runs of non-blanks.
PangoAttrList* unbroken_words(std::string_view text) {
  PangoAttrList* attributes = pango_attr_list_new();
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = text.find(' ', start);
    if (end == std::string_view::npos) end = text.size();
    PangoAttribute* attribute = pango_attr_allow_breaks_new(FALSE);
    attribute->start_index = static_cast<guint>(start);
    attribute->end_index = static_cast<guint>(end);
    pango_attr_list_insert(attributes, attribute);
    start = end + 1;
  }
  return attributes;
}

double points(int pango_units) {
  return static_cast<double>(pango_units) / PANGO_SCALE;
}

double height_of(PangoLayout* layout) {
  int height = 0;
  pango_layout_get_size(layout, nullptr, &height);
  return points(height);
}

}  // namespace

std::span<const Face> faces(Lang lang, Medium medium) {
  if (lang == Lang::en) return kLatin;
  if (medium == Medium::paper) return lang == Lang::fa ? kPersianPaper : kArabicPaper;
  return lang == Lang::fa ? kPersianScreen : kArabicScreen;
}

std::vector<std::string> missing_faces() {
  std::set<std::string> missing;
  PangoContext* context = make_context(Lang::en);
  for (const auto& faces : {kPersianPaper, kPersianScreen, kArabicPaper, kArabicScreen, kLatin}) {
    for (const Face& face : faces) {
      const FontDescription wanted = describe(face.family, face.size, false);
      PangoFont* font = pango_context_load_font(context, wanted.get());
      const FontDescription got(pango_font_describe(font));
      if (face.family != pango_font_description_get_family(got.get())) missing.emplace(face.family);
      g_object_unref(font);
    }
  }
  g_object_unref(context);
  return {missing.begin(), missing.end()};
}

TypesetPage::TypesetPage(Letter& letter, std::size_t page, const Face& face)
    : lang_(letter.lang), face_(face), context_(make_context(letter.lang)) {
  double y = kTop;
  const auto put = [&](std::string_view text, const Style& style, double gap) {
    Layout layout = set(text, style);
    const double bottom = y + height_of(layout.get());
    place(std::move(layout), y);
    y = bottom + gap;
  };
  if (page == 1) {
    put(letter.masthead, {.size = face.size + 3, .bold = true, .centred = true}, 10);
    for (const HeaderField& field : letter.header()) {
      put(field.label + ": " + field.value, {.size = face.size}, 1);
    }
    rule_y_ = y + 4;
    y += 14;
  }
  std::vector<Paragraph>& body = letter.pages[page - 1];
  for (std::size_t i = 0; i < body.size(); ++i) {
    Layout layout = set(body[i].text, {.size = face.size});
    const double bottom = y + height_of(layout.get());
    if (bottom > kFooterTop - kParagraphGap) {
      body.resize(i);
      break;
    }
    place(std::move(layout), y);
    y = bottom + kParagraphGap;
  }
  place(set(footer_line(letter, page), {.size = kFooterSize, .centred = true}), kFooterTop);
}

TypesetPage::Layout TypesetPage::set(std::string_view text, const Style& style) const {
  Layout layout(pango_layout_new(context_.get()));
  const FontDescription font = describe(face_.family, style.size, style.bold);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_width(layout.get(), static_cast<int>(kColumn * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
  pango_layout_set_line_spacing(layout.get(), static_cast<float>(face_.line_spacing));
  pango_layout_set_auto_dir(layout.get(), FALSE);
  // With automatic direction off, left means left for every language.
  const PangoAlignment start = is_rtl(lang_) ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
  pango_layout_set_alignment(layout.get(), style.centred ? PANGO_ALIGN_CENTER : start);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  PangoAttrList* attributes = unbroken_words(text);
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  return layout;
}

void TypesetPage::place(Layout layout, double y) {
  collect_words(layout.get(), kMargin, y);
  placed_.push_back({std::move(layout), y});
}

void TypesetPage::collect_words(PangoLayout* layout, double x, double y) {
  const std::string_view text = pango_layout_get_text(layout);
  std::vector<std::size_t> word_at(text.size() + 1);  // byte → index in words_
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ' ') {
      if (!inside) words_.emplace_back();
      words_.back().text.push_back(text[i]);
      word_at[i] = words_.size() - 1;
    }
    inside = text[i] != ' ';
  }

  PangoLayoutIter* iter = pango_layout_get_iter(layout);
  const PangoLayoutLine* line = nullptr;
  do {
    const auto byte = static_cast<std::size_t>(pango_layout_iter_get_index(iter));
    PangoRectangle ink;
    pango_layout_iter_get_cluster_extents(iter, &ink, nullptr);
    if (byte >= text.size() || text[byte] == ' ' || ink.width <= 0 || ink.height <= 0) continue;
    Rect box;
    box.add(Point{x + points(ink.x), y + points(ink.y)});
    box.add(Point{x + points(ink.x + ink.width), y + points(ink.y + ink.height)});
    if (pango_layout_iter_get_line_readonly(iter) != line) {
      line = pango_layout_iter_get_line_readonly(iter);
      lines_.push_back({box.y0, box.y1});
    }
    lines_.back().top = std::min(lines_.back().top, box.y0);
    lines_.back().bottom = std::max(lines_.back().bottom, box.y1);
    words_[word_at[byte]].ink.push_back(box);
    words_[word_at[byte]].line = lines_.size() - 1;
  } while (pango_layout_iter_next_cluster(iter));
  pango_layout_iter_free(iter);
}

std::string TypesetPage::text() const {
  std::string out;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (i > 0) out += words_[i].line == words_[i - 1].line ? ' ' : '\n';
    out += words_[i].text;
  }
  return out;
}

void TypesetPage::draw(cairo_t* cairo, Ink ink) const {
  cairo_set_source_rgb(cairo, 0, 0, 0);
  for (const Placed& placed : placed_) {
    cairo_move_to(cairo, kMargin, placed.y);
    if (ink == Ink::outlines) {
      pango_cairo_layout_path(cairo, placed.layout.get());
      cairo_fill(cairo);
    } else {
      pango_cairo_show_layout(cairo, placed.layout.get());
    }
  }
  if (rule_y_ > 0) {
    cairo_rectangle(cairo, kMargin, rule_y_, kColumn, 0.8);
    cairo_fill(cairo);
  }
}

}  // namespace dragoman::sample
