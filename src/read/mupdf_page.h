// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF behind values: what a page draws (glyphs, pictures, ink), and its picture. The second opinion on text, the
// first on geometry.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "read/page_view.h"
#include "record/page.h"

namespace dragoman::read {

/// One code point as drawn. Coordinates: points on the page as displayed, origin top left, y down.
struct PdfGlyph {
  float x = 0;  // origin on the baseline
  float y = 0;
  float advance_x = 0;  // vector to where the next glyph would stand; 0,0 for marks and continuations
  float advance_y = 0;
  float up_x = 0;  // unit vector from baseline to top of the letters
  float up_y = -1;
  float size = 0;    // height of the em, points
  float ascent = 0;  // shares of the em above and below the baseline
  float descent = 0;
  char32_t code = 0;
  bool continuation = false;  // further code points of the glyph before it (a ligature), in logical order
  bool visible = true;        // false: drawn in no colour (the text layer of a scan)
};

/// What is on a page.
struct PdfInk {
  double width = 0;  // points as displayed
  double height = 0;
  float picture_cover = 0;  // 0…1
  bool has_ink = false;
  bool one_picture = false;      // nothing visible but one picture that is as large as the page
  bool damaged = false;          // drawing stopped at an error; what came before is here
  std::vector<PdfGlyph> glyphs;  // in the order of the content stream; at most kMaxGlyphs
};

struct PdfFrame {
  double width = 0;  // points as displayed
  double height = 0;
  bool may_have_pictures = true;  // false: no picture, pattern or annotation can be drawn, but for inline ones
};

inline constexpr std::size_t kMaxGlyphs = 2'000'000;

class MupdfDocument {
 public:
  /// `bytes` must outlive this. Errors: encrypted (no password fits), malformed (not even repair helps).
  static Result<MupdfDocument> open(std::string_view bytes, const std::vector<std::string>& passwords);
  /// An XPS or OpenXPS document; `bytes` must outlive it. Errors: malformed.
  static Result<MupdfDocument> open_xps(std::string_view bytes);
  MupdfDocument(MupdfDocument&&) noexcept;
  MupdfDocument& operator=(MupdfDocument&&) noexcept;
  ~MupdfDocument();

  std::uint32_t page_count() const;
  /// The cross-reference table was rebuilt by searching for objects.
  bool repaired() const;
  /// The size of a page and whether its resources hold pictures at all:
  /// hundreds of times cheaper than ink(), which loads the page's fonts.
  Result<PdfFrame> frame(std::uint32_t page) const;
  /// `page` from 1. With `glyphs` false only the ink is looked at.
  Result<PdfInk> ink(std::uint32_t page, bool glyphs) const;
  /// Whether the document has layers (optional content) that are not shown when it is opened.
  bool has_hidden_layers() const;
  /// Those are drawn too from now on (true), or again not (false).
  void show_hidden_layers(bool shown) const;
  /// Grey, at `dpi` or less where limits.max_pixels asks for it.
  Result<Picture> render(std::uint32_t page, double dpi, const Limits& limits) const;
  /// The picture that a one_picture page consists of, at its own resolution or averaged down to `dpi`.
  /// `unsupported` when it is not simple enough to be taken out: render then.
  Result<Picture> native(std::uint32_t page, double dpi, const Limits& limits) const;
  /// As view_of_page; three channels whether there is colour or not (mupdf_view.cc).
  Result<Pixels> view(const ViewRequest& request) const;
  /// "mupdf 1.21.1"
  static std::string engine();

 private:
  struct State;
  explicit MupdfDocument(std::unique_ptr<State> state);
  static Result<std::unique_ptr<State>> fresh();
  std::unique_ptr<State> state_;
};

/// Loads fonts and tables that MuPDF makes at first use; before the lock.
void warm_up_mupdf();

}  // namespace dragoman::read
