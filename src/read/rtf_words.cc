// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/rtf_words.h"

#include <algorithm>
#include <iterator>

namespace dragoman::read {
namespace {

using enum RtfAct;

constexpr std::int32_t to(RtfPlace place) {
  return static_cast<std::int32_t>(place);
}

// In the order of their names.
constexpr RtfWord kWords[] = {
    {"af", other_font},
    {"annotation", RtfAct::place, to(RtfPlace::comments)},
    {"ansi", ansi_page, 1252},
    {"ansicpg", ansi_page},
    {"atnauthor", RtfAct::place, to(RtfPlace::comment_author)},
    {"atnid", RtfAct::place, to(RtfPlace::skip)},
    {"atrfend", seal},
    {"atrfstart", seal},
    {"author", property},
    {"bkmkend", seal},
    {"bkmkstart", seal},
    {"bullet", letter, 0x2022},
    {"buptim", RtfAct::time},
    {"category", property},
    {"cell", letter, '\t'},
    {"colortbl", seal},
    {"comment", property},
    {"company", property},
    {"cpg", code_page},
    {"creatim", RtfAct::time},
    {"cs", transparent},
    {"deff", default_font},
    {"deleted", RtfAct::deleted},
    {"dibitmap", picture_kind, 5},
    {"do", transparent},
    {"doccomm", property},
    {"dptxbxtext", RtfAct::place, to(RtfPlace::text_boxes)},
    {"dy", time_part, 2},
    {"emdash", letter, 0x2014},
    {"emfblip", picture_kind, 2},
    {"emspace", letter, 0x2003},
    {"endash", letter, 0x2013},
    {"enspace", letter, 0x2002},
    {"f", font},
    {"falt", seal},
    {"fcharset", charset},
    {"fldinst", RtfAct::place, to(RtfPlace::field_code)},
    {"fonttbl", RtfAct::place, to(RtfPlace::fonts)},
    {"footer", RtfAct::place, to(RtfPlace::headers)},
    {"footerf", RtfAct::place, to(RtfPlace::headers)},
    {"footerl", RtfAct::place, to(RtfPlace::headers)},
    {"footerr", RtfAct::place, to(RtfPlace::headers)},
    {"footnote", RtfAct::place, to(RtfPlace::footnotes)},
    {"fromhtml", from_html},
    {"ftnalt", endnote},
    {"generator", property},
    {"header", RtfAct::place, to(RtfPlace::headers)},
    {"headerf", RtfAct::place, to(RtfPlace::headers)},
    {"headerl", RtfAct::place, to(RtfPlace::headers)},
    {"headerr", RtfAct::place, to(RtfPlace::headers)},
    {"hlinkbase", property},
    {"hr", time_part, 3},
    {"htmlrtf", html_rtf},
    {"htmltag", RtfAct::place, to(RtfPlace::html_tag)},
    {"info", RtfAct::place, to(RtfPlace::skip)},
    {"intbl", in_table, 1},
    {"jpegblip", picture_kind, 1},
    {"keywords", property},
    {"ldblquote", letter, 0x201C},
    {"levelnumbers", seal},
    {"leveltext", seal},
    {"line", letter, '\n'},
    {"linkval", RtfAct::place, to(RtfPlace::skip)},
    {"listname", seal},
    {"listtable", seal},
    {"lquote", letter, 0x2018},
    {"ltrch", direction, 0},
    {"mac", mac},
    {"macpict", picture_kind, 4},
    {"manager", property},
    {"min", time_part, 4},
    {"mmathPict", seal},
    {"mo", time_part, 1},
    {"moMath", transparent},
    {"moMathPara", transparent},
    {"nestcell", letter, '\t'},
    {"nestrow", row},
    {"nonshppict", seal},
    {"objdata", RtfAct::place, to(RtfPlace::object)},
    {"operator", property},
    {"page", letter, '\f'},
    {"par", paragraph},
    {"pard", in_table, 0},
    {"pc", pc},
    {"pca", pca},
    {"pict", RtfAct::place, to(RtfPlace::picture)},
    {"plain", plain},
    {"pmmetafile", picture_kind, 3},
    {"pngblip", picture_kind, 0},
    {"printim", RtfAct::time},
    {"private", seal},
    {"propname", RtfAct::place, to(RtfPlace::property_name)},
    {"qmspace", letter, 0x2005},
    {"rdblquote", letter, 0x201D},
    {"revtim", RtfAct::time},
    {"row", row},
    {"rquote", letter, 0x2019},
    {"rtlch", direction, 1},
    {"rxe", seal},
    {"sbknone", section_break, 0},
    {"sec", time_part, 5},
    {"sect", section},
    {"sectd", section_break, 1},
    {"shpinst", transparent},
    {"shppict", transparent},
    {"shprslt", seal},
    {"shptxt", RtfAct::place, to(RtfPlace::text_boxes)},
    {"sn", RtfAct::place, to(RtfPlace::skip)},
    {"staticval", RtfAct::place, to(RtfPlace::property_value)},
    {"stylesheet", seal},
    {"subject", property},
    {"sv", RtfAct::place, to(RtfPlace::skip)},
    {"tab", letter, '\t'},
    {"tc", seal},
    {"title", property},
    {"txe", seal},
    {"u", unicode},
    {"uc", fallbacks},
    {"ud", unicode_text},
    {"upr", unicode_twin},
    {"userprops", RtfAct::place, to(RtfPlace::skip)},
    {"v", RtfAct::hidden},
    {"wbitmap", picture_kind, 5},
    {"wmetafile", picture_kind, 3},
    {"xe", seal},
    {"yr", time_part, 0},
    {"zwj", letter, 0x200D},
    {"zwnj", letter, 0x200C},
};

constexpr bool sorted() {
  for (std::size_t i = 1; i < std::size(kWords); ++i) {
    if (kWords[i].name <= kWords[i - 1].name) return false;
  }
  return true;
}
static_assert(sorted());

}  // namespace

const RtfWord* rtf_word(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kWords), std::end(kWords), name,
                                       [](const RtfWord& word, std::string_view what) { return word.name < what; });
  return found != std::end(kWords) && found->name == name ? found : nullptr;
}

}  // namespace dragoman::read
