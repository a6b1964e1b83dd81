// SPDX-License-Identifier: AGPL-3.0-or-later
// MuPDF reports errors by longjmp. Functions that contain fz_try hold plain data only; what they collect goes
// into buffers of malloc that a C++ caller owns.
#include "read/mupdf_page.h"

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "read/grey.h"
#include "read/jpeg_decode.h"
#include "read/mupdf_state.h"

// Of MuPDF, which lists its handlers in no header.
extern "C" fz_document_handler xps_document_handler;

namespace dragoman::read {
namespace {

// The page area under pictures is counted on a raster of this many cells a side.
constexpr std::size_t kCells = 64;
// How far the one picture of a page may miss the page's edges, as share of its side.
constexpr float kEdgeSlack = 0.01F;

// The device that looks at a page instead of drawing it. A plain struct: MuPDF allocates and copies it.
struct InkDevice {
  fz_device super;
  PdfGlyph* glyphs;
  std::size_t count;
  std::size_t capacity;
  int want_glyphs;
  int marks;  // visible things that are not the picture
  int pictures;
  int soft;  // masks and clips by pictures or text: too intricate for native()
  fz_rect page;
  fz_image* picture;  // the last one, kept
  fz_matrix placed;
  unsigned char cells[kCells * kCells];
};

InkDevice* ink_of(fz_device* device) {
  return reinterpret_cast<InkDevice*>(device);
}

bool add_glyph(InkDevice* ink, const PdfGlyph& glyph) {
  if (ink->count >= kMaxGlyphs) return false;
  if (ink->count == ink->capacity) {
    const std::size_t more = ink->capacity == 0 ? 4096 : ink->capacity * 2;
    void* grown = std::realloc(ink->glyphs, more * sizeof(PdfGlyph));
    if (grown == nullptr) return false;
    ink->glyphs = static_cast<PdfGlyph*>(grown);
    ink->capacity = more;
  }
  ink->glyphs[ink->count++] = glyph;
  return true;
}

bool is_blank_code(int code) {
  return code == ' ' || code == 0xA0 || code == 0x200C || code == 0x200D || code <= 0;
}

void collect_span(fz_context* ctx, InkDevice* ink, const fz_text_span* span, fz_matrix ctm, bool visible) {
  const float ascent = std::clamp(fz_font_ascender(ctx, span->font), 0.5F, 0.95F);
  const float descent = std::clamp(fz_font_descender(ctx, span->font), -0.35F, -0.1F);
  for (int i = 0; i < span->len; ++i) {
    const fz_text_item& item = span->items[i];
    fz_matrix place = span->trm;
    place.e = item.x;
    place.f = item.y;
    place = fz_concat(place, ctm);
    const float em = std::sqrt(place.c * place.c + place.d * place.d);
    PdfGlyph glyph;
    glyph.x = place.e;
    glyph.y = place.f;
    glyph.size = em;
    glyph.up_x = em > 0 ? place.c / em : 0;
    glyph.up_y = em > 0 ? place.d / em : -1;
    glyph.ascent = ascent;
    glyph.descent = descent;
    glyph.visible = visible;
    glyph.continuation = item.gid < 0;
    glyph.code = item.ucs > 0 ? static_cast<char32_t>(item.ucs) : 0;
    if (item.gid >= 0) {
      const float advance = fz_advance_glyph(ctx, span->font, item.gid, span->wmode != 0 ? 1 : 0);
      glyph.advance_x = advance * (span->wmode != 0 ? place.c : place.a);
      glyph.advance_y = advance * (span->wmode != 0 ? place.d : place.b);
    }
    if (visible && !is_blank_code(item.ucs)) ++ink->marks;
    if (ink->want_glyphs != 0 && !add_glyph(ink, glyph)) return;
  }
}

void collect_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm, bool visible) {
  for (const fz_text_span* span = text->head; span != nullptr; span = span->next) {
    collect_span(ctx, ink_of(device), span, ctm, visible);
  }
}

// Paper: white fills that producers lay under a page.
bool is_white(fz_context* ctx, fz_colorspace* space, const float* color, float alpha) {
  if (alpha <= 0) return true;
  if (space == nullptr || color == nullptr) return false;
  const int n = fz_colorspace_n(ctx, space);
  const float blank = fz_colorspace_is_subtractive(ctx, space) != 0 ? 0.0F : 1.0F;
  return std::all_of(color, color + n, [blank](float c) { return std::abs(c - blank) < 0.02F; });
}

void fill_path(fz_context* ctx, fz_device* device, const fz_path*, int, fz_matrix, fz_colorspace* space,
               const float* color, float alpha, fz_color_params) {
  if (!is_white(ctx, space, color, alpha)) ++ink_of(device)->marks;
}

void stroke_path(fz_context* ctx, fz_device* device, const fz_path*, const fz_stroke_state*, fz_matrix,
                 fz_colorspace* space, const float* color, float alpha, fz_color_params) {
  if (!is_white(ctx, space, color, alpha)) ++ink_of(device)->marks;
}

void fill_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm, fz_colorspace* space,
               const float* color, float alpha, fz_color_params) {
  // White text is text of the file all the same: it stays among the words.
  collect_text(ctx, device, text, ctm, !is_white(ctx, space, color, alpha));
}

void stroke_text(fz_context* ctx, fz_device* device, const fz_text* text, const fz_stroke_state*, fz_matrix ctm,
                 fz_colorspace*, const float*, float, fz_color_params) {
  collect_text(ctx, device, text, ctm, true);
}

void clip_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm, fz_rect) {
  ++ink_of(device)->soft;
  collect_text(ctx, device, text, ctm, true);
}

void clip_stroke_text(fz_context* ctx, fz_device* device, const fz_text* text, const fz_stroke_state*, fz_matrix ctm,
                      fz_rect) {
  ++ink_of(device)->soft;
  collect_text(ctx, device, text, ctm, true);
}

void ignore_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix ctm) {
  collect_text(ctx, device, text, ctm, false);
}

void fill_shade(fz_context*, fz_device* device, fz_shade*, fz_matrix, float, fz_color_params) {
  ++ink_of(device)->marks;
}

void cover(InkDevice* ink, fz_matrix ctm) {
  const fz_rect rect = fz_intersect_rect(fz_transform_rect(fz_unit_rect, ctm), ink->page);
  const float width = ink->page.x1 - ink->page.x0;
  const float height = ink->page.y1 - ink->page.y0;
  if (!(width > 0 && height > 0) || !(rect.x1 > rect.x0 && rect.y1 > rect.y0)) return;
  const auto cell = [](float value, float from, float side) {
    return static_cast<std::size_t>(
        std::clamp((value - from) / side * kCells + 0.5F, 0.0F, static_cast<float>(kCells)));
  };
  for (std::size_t y = cell(rect.y0, ink->page.y0, height); y < cell(rect.y1, ink->page.y0, height); ++y) {
    for (std::size_t x = cell(rect.x0, ink->page.x0, width); x < cell(rect.x1, ink->page.x0, width); ++x) {
      ink->cells[y * kCells + x] = 1;
    }
  }
}

void fill_image(fz_context* ctx, fz_device* device, fz_image* image, fz_matrix ctm, float, fz_color_params) {
  InkDevice* ink = ink_of(device);
  ++ink->pictures;
  cover(ink, ctm);
  fz_drop_image(ctx, ink->picture);
  ink->picture = fz_keep_image(ctx, image);
  ink->placed = ctm;
}

void fill_image_mask(fz_context* ctx, fz_device* device, fz_image* image, fz_matrix ctm, fz_colorspace*, const float*,
                     float alpha, fz_color_params params) {
  fill_image(ctx, device, image, ctm, alpha, params);
}

void clip_image_mask(fz_context*, fz_device* device, fz_image*, fz_matrix, fz_rect) {
  ++ink_of(device)->soft;
}
void begin_mask(fz_context*, fz_device* device, fz_rect, int, fz_colorspace*, const float*, fz_color_params) {
  ++ink_of(device)->soft;
}

void drop_ink(fz_context* ctx, fz_device* device) {
  fz_drop_image(ctx, ink_of(device)->picture);
}

InkDevice* new_ink_device(fz_context* ctx, fz_rect page, bool glyphs) {
  InkDevice* ink = fz_new_derived_device(ctx, InkDevice);
  ink->super.drop_device = drop_ink;
  ink->super.fill_path = fill_path;
  ink->super.stroke_path = stroke_path;
  ink->super.fill_text = fill_text;
  ink->super.stroke_text = stroke_text;
  ink->super.clip_text = clip_text;
  ink->super.clip_stroke_text = clip_stroke_text;
  ink->super.ignore_text = ignore_text;
  ink->super.fill_shade = fill_shade;
  ink->super.fill_image = fill_image;
  ink->super.fill_image_mask = fill_image_mask;
  ink->super.clip_image_mask = clip_image_mask;
  ink->super.begin_mask = begin_mask;
  ink->page = page;
  ink->want_glyphs = glyphs ? 1 : 0;
  return ink;
}

bool fills_page(fz_matrix placed, fz_rect page) {
  const bool upright = std::abs(placed.b) < 0.01F && std::abs(placed.c) < 0.01F;
  const bool turned = std::abs(placed.a) < 0.01F && std::abs(placed.d) < 0.01F;
  if (!upright && !turned) return false;
  const fz_rect rect = fz_transform_rect(fz_unit_rect, placed);
  const float x = (page.x1 - page.x0) * kEdgeSlack;
  const float y = (page.y1 - page.y0) * kEdgeSlack;
  return std::abs(rect.x0 - page.x0) <= x && std::abs(rect.x1 - page.x1) <= x && std::abs(rect.y0 - page.y0) <= y &&
         std::abs(rect.y1 - page.y1) <= y;
}

// The plain outcome of looking at a page.
struct Look {
  fz_rect page;
  PdfGlyph* glyphs;
  std::size_t count;
  int marks;
  int pictures;
  int soft;
  std::size_t covered;
  fz_image* picture;  // kept; drop it
  fz_matrix placed;
  int failed;   // the page could not be opened
  int damaged;  // drawing stopped
};

void look_at(fz_context* ctx, fz_document* document, int number, bool glyphs, Look* look) {
  fz_page* page = nullptr;
  InkDevice* ink = nullptr;
  fz_var(page);
  fz_var(ink);
  fz_try(ctx) {
    page = load_page(ctx, document, number);
    look->page = fz_bound_page(ctx, page);
    ink = new_ink_device(ctx, look->page, glyphs);
    fz_try(ctx) {
      fz_run_page(ctx, page, &ink->super, fz_identity, nullptr);
      fz_close_device(ctx, &ink->super);
    }
    fz_catch(ctx) {
      look->damaged = 1;
    }
    look->glyphs = ink->glyphs;
    look->count = ink->count;
    look->marks = ink->marks;
    look->pictures = ink->pictures;
    look->soft = ink->soft;
    look->placed = ink->placed;
    look->picture = fz_keep_image(ctx, ink->picture);
    for (const unsigned char cell : ink->cells) look->covered += cell;
  }
  fz_always(ctx) {
    if (ink != nullptr) fz_drop_device(ctx, &ink->super);
    fz_drop_page(ctx, page);
  }
  fz_catch(ctx) {
    look->failed = 1;
  }
}

// Whether a resource dictionary leads to pictures; forms are followed kFormDepth deep, then it is assumed.
constexpr int kFormDepth = 4;
constexpr int kMostResources = 200;

int holds_pictures(fz_context* ctx, pdf_obj* resources, int depth) {
  if (pdf_dict_len(ctx, pdf_dict_gets(ctx, resources, "Pattern")) > 0) return 1;
  pdf_obj* objects = pdf_dict_gets(ctx, resources, "XObject");
  const int count = pdf_dict_len(ctx, objects);
  if (count > kMostResources || (count > 0 && depth >= kFormDepth)) return 1;
  for (int i = 0; i < count; ++i) {
    pdf_obj* object = pdf_dict_get_val(ctx, objects, i);
    if (pdf_name_eq(ctx, pdf_dict_gets(ctx, object, "Subtype"), PDF_NAME(Form)) == 0) return 1;
    if (holds_pictures(ctx, pdf_dict_gets(ctx, object, "Resources"), depth + 1) != 0) return 1;
  }
  return 0;
}

int frame_of(fz_context* ctx, fz_document* document, int number, fz_rect* bounds) {
  fz_page* page = nullptr;
  int pictures = 1;
  int failed = 0;
  fz_var(page);
  fz_var(pictures);
  fz_try(ctx) {
    page = load_page(ctx, document, number);
    *bounds = fz_bound_page(ctx, page);
    pdf_page* own = pdf_page_from_fz_page(ctx, page);
    const bool annotated =
        own == nullptr || pdf_first_annot(ctx, own) != nullptr || pdf_first_widget(ctx, own) != nullptr;
    pictures = annotated ? 1 : holds_pictures(ctx, pdf_page_resources(ctx, own), 0);
  }
  fz_always(ctx) {
    fz_drop_page(ctx, page);
  }
  fz_catch(ctx) {
    failed = 1;
  }
  return failed != 0 ? -1 : pictures;
}

enum class Opened { ok, locked, broken };

Opened open_document(fz_context* ctx, const unsigned char* data, std::size_t size, const char* const* passwords,
                     std::size_t count, pdf_document** out) {
  fz_stream* stream = nullptr;
  pdf_document* document = nullptr;
  Opened result = Opened::broken;
  fz_var(stream);
  fz_var(document);
  fz_var(result);
  fz_try(ctx) {
    stream = fz_open_memory(ctx, data, size);
    document = pdf_open_document_with_stream(ctx, stream);
    result = Opened::ok;
    if (pdf_needs_password(ctx, document) != 0) {
      result = Opened::locked;
      for (std::size_t i = 0; i < count && result == Opened::locked; ++i) {
        if (pdf_authenticate_password(ctx, document, passwords[i]) != 0) result = Opened::ok;
      }
    }
  }
  fz_always(ctx) {
    fz_drop_stream(ctx, stream);
  }
  fz_catch(ctx) {
    result = Opened::broken;
  }
  if (result != Opened::ok) {
    pdf_drop_document(ctx, document);
    document = nullptr;
  }
  *out = document;
  return result;
}

/// Of another format than PDF; null when it cannot be opened.
fz_document* open_other(fz_context* ctx, const unsigned char* data, std::size_t size, const char* mime) {
  fz_stream* stream = nullptr;
  fz_document* document = nullptr;
  fz_var(stream);
  fz_var(document);
  fz_try(ctx) {
    fz_register_document_handler(ctx, &xps_document_handler);
    stream = fz_open_memory(ctx, data, size);
    document = fz_open_document_with_stream(ctx, mime, stream);
  }
  fz_always(ctx) {
    fz_drop_stream(ctx, stream);
  }
  fz_catch(ctx) {
    document = nullptr;
  }
  return document;
}

int count_pages(fz_context* ctx, fz_document* document) {
  int count = 0;
  fz_var(count);
  fz_try(ctx) {
    count = fz_count_pages(ctx, document);
  }
  fz_catch(ctx) {
    count = 0;
  }
  return count;
}

// Asks in a bounded way: a document has some hundreds of layers at most.
constexpr int kMostLayers = 10'000;

int layers_of(fz_context* ctx, pdf_document* document) {
  int count = 0;
  fz_var(count);
  fz_try(ctx) {
    count = pdf_count_layers(ctx, document);
  }
  fz_catch(ctx) {
    count = 0;
  }
  return std::min(count, kMostLayers);
}

fz_pixmap* grey_pixmap(fz_context* ctx, fz_image* image) {
  fz_pixmap* own = nullptr;
  fz_pixmap* grey = nullptr;
  fz_var(own);
  fz_var(grey);
  fz_try(ctx) {
    own = fz_get_unscaled_pixmap_from_image(ctx, image);
    grey = fz_convert_pixmap(ctx, own, fz_device_gray(ctx), nullptr, nullptr, fz_default_color_params, 0);
  }
  fz_always(ctx) {
    fz_drop_pixmap(ctx, own);
  }
  fz_catch(ctx) {
    grey = nullptr;
  }
  return grey;
}

std::optional<Grey> copied(fz_context* ctx, fz_pixmap* pixmap) {
  if (pixmap == nullptr) return std::nullopt;
  Grey grey{fz_pixmap_width(ctx, pixmap), fz_pixmap_height(ctx, pixmap), {}};
  const bool plain = fz_pixmap_components(ctx, pixmap) == 1 && grey.width > 0 && grey.height > 0;
  if (plain) {
    const auto width = static_cast<std::size_t>(grey.width);
    const auto stride = static_cast<std::size_t>(fz_pixmap_stride(ctx, pixmap));
    grey.pixels.resize(width * static_cast<std::size_t>(grey.height));
    const unsigned char* samples = fz_pixmap_samples(ctx, pixmap);
    for (std::size_t y = 0; y < static_cast<std::size_t>(grey.height); ++y) {
      std::memcpy(grey.pixels.data() + y * width, samples + y * stride, width);
    }
  }
  fz_drop_pixmap(ctx, pixmap);
  if (!plain) return std::nullopt;
  return grey;
}

// An image's unit square has its first row at the top (y = 1 in PDF); MuPDF's ctm maps it to the page with y
// down, so an upright picture has a > 0 and d > 0 after MuPDF's own flip. The EXIF code for each placement.
int orientation_of(fz_matrix placed) {
  if (std::abs(placed.b) < 0.01F && std::abs(placed.c) < 0.01F) {
    if (placed.a > 0) return placed.d > 0 ? 1 : 4;
    return placed.d > 0 ? 2 : 3;
  }
  if (placed.b > 0) return placed.c > 0 ? 5 : 6;
  return placed.c > 0 ? 8 : 7;
}

}  // namespace

MupdfDocument::MupdfDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
MupdfDocument::MupdfDocument(MupdfDocument&&) noexcept = default;
MupdfDocument& MupdfDocument::operator=(MupdfDocument&&) noexcept = default;
MupdfDocument::~MupdfDocument() = default;

Result<std::unique_ptr<MupdfDocument::State>> MupdfDocument::fresh() {
  auto state = std::make_unique<State>();
  fz_context* ctx = state->context.get();
  if (ctx == nullptr) return fail(ErrorKind::limit, "no memory to open the document");
  fz_set_warning_callback(
      ctx, [](void*, const char*) {}, nullptr);
  fz_set_error_callback(
      ctx, [](void*, const char*) {}, nullptr);
  return state;
}

Result<MupdfDocument> MupdfDocument::open(std::string_view bytes, const std::vector<std::string>& passwords) {
  std::unique_ptr<State> state = TRY(fresh());
  fz_context* ctx = state->context.get();
  std::vector<const char*> tries;
  tries.reserve(passwords.size());
  for (const std::string& password : passwords) tries.push_back(password.c_str());
  pdf_document* pdf = nullptr;
  const Opened opened = open_document(ctx, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                      tries.data(), tries.size(), &pdf);
  if (opened == Opened::locked) return fail(ErrorKind::encrypted, "the PDF needs a password");
  if (opened == Opened::broken) return fail(ErrorKind::malformed, "the PDF cannot be opened or repaired");
  state->document = &pdf->super;
  const int pages = count_pages(ctx, state->document);
  state->pages = pages > 0 ? static_cast<std::uint32_t>(pages) : 0;
  state->repaired = pdf_was_repaired(ctx, pdf) != 0;
  const int layers = layers_of(ctx, pdf);
  for (int layer = 0; layer < layers; ++layer) {
    if (pdf_layer_is_enabled(ctx, pdf, layer) == 0) state->hidden_layers.push_back(layer);
  }
  return MupdfDocument(std::move(state));
}

Result<MupdfDocument> MupdfDocument::open_xps(std::string_view bytes) {
  std::unique_ptr<State> state = TRY(fresh());
  fz_context* ctx = state->context.get();
  state->document =
      open_other(ctx, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), "application/oxps");
  if (state->document == nullptr) return fail(ErrorKind::malformed, "the document cannot be opened");
  const int pages = count_pages(ctx, state->document);
  state->pages = pages > 0 ? static_cast<std::uint32_t>(pages) : 0;
  return MupdfDocument(std::move(state));
}

std::uint32_t MupdfDocument::page_count() const {
  return state_->pages;
}
bool MupdfDocument::repaired() const {
  return state_->repaired;
}
bool MupdfDocument::has_hidden_layers() const {
  return !state_->hidden_layers.empty();
}
void MupdfDocument::show_hidden_layers(bool shown) const {
  fz_context* ctx = state_->context.get();
  pdf_document* pdf = pdf_document_from_fz_document(ctx, state_->document);
  for (const int layer : state_->hidden_layers) pdf_enable_layer(ctx, pdf, layer, shown ? 1 : 0);
}
std::string MupdfDocument::engine() {
  return "mupdf " FZ_VERSION;
}

Result<PdfFrame> MupdfDocument::frame(std::uint32_t page) const {
  if (page == 0 || page > state_->pages) return fail(ErrorKind::not_found, "the PDF has no such page");
  fz_rect bounds{};
  const int pictures = frame_of(state_->context.get(), state_->document, static_cast<int>(page) - 1, &bounds);
  if (pictures < 0) return fail(ErrorKind::malformed, "the page cannot be opened");
  PdfFrame out;
  out.width = static_cast<double>(bounds.x1 - bounds.x0);
  out.height = static_cast<double>(bounds.y1 - bounds.y0);
  out.may_have_pictures = pictures != 0;
  return out;
}

Result<PdfInk> MupdfDocument::ink(std::uint32_t page, bool glyphs) const {
  if (page == 0 || page > state_->pages) return fail(ErrorKind::not_found, "the PDF has no such page");
  fz_context* ctx = state_->context.get();
  Look look{};
  look_at(ctx, state_->document, static_cast<int>(page) - 1, glyphs, &look);
  const std::unique_ptr<PdfGlyph, decltype(&std::free)> owned(look.glyphs, std::free);
  PdfInk out;
  out.one_picture = look.failed == 0 && look.damaged == 0 && look.pictures == 1 && look.marks == 0 && look.soft == 0 &&
                    fills_page(look.placed, look.page);
  fz_drop_image(ctx, look.picture);
  if (look.failed != 0) return fail(ErrorKind::malformed, "the page cannot be opened");
  out.width = static_cast<double>(look.page.x1 - look.page.x0);
  out.height = static_cast<double>(look.page.y1 - look.page.y0);
  out.picture_cover = static_cast<float>(look.covered) / (kCells * kCells);
  out.has_ink = look.marks > 0 || look.pictures > 0;
  out.damaged = look.damaged != 0;
  out.glyphs.assign(look.glyphs, look.glyphs + look.count);
  // Continuations share their glyph's fate, because they share its place.
  const auto beside = [&](const PdfGlyph& glyph) {
    const bool on_page = glyph.x > look.page.x0 - glyph.size && glyph.x < look.page.x1 + glyph.size &&
                         glyph.y > look.page.y0 - glyph.size / 4 && glyph.y < look.page.y1 + glyph.size;
    // A mark over a letter that the font has no character for; as one of its own it would cut the word in two.
    const bool unknown_mark = glyph.code == 0xFFFD && glyph.advance_x == 0 && glyph.advance_y == 0;
    return !on_page || unknown_mark;
  };
  out.glyphs.erase(std::remove_if(out.glyphs.begin(), out.glyphs.end(), beside), out.glyphs.end());
  for (PdfGlyph& glyph : out.glyphs) {
    glyph.x -= look.page.x0;
    glyph.y -= look.page.y0;
  }
  return out;
}

Result<Picture> MupdfDocument::render(std::uint32_t page, double dpi, const Limits& limits) const {
  const PdfInk look = TRY(ink(page, false));
  const double pixels = look.width * look.height * dpi * dpi / (72.0 * 72.0);
  if (!(look.width > 0 && look.height > 0)) return fail(ErrorKind::malformed, "the page has no area");
  const auto most = static_cast<double>(limits.max_pixels);
  if (pixels > most) dpi *= std::sqrt(most / pixels);
  fz_context* ctx = state_->context.get();
  const int number = static_cast<int>(page) - 1;
  fz_rect bounds{};
  if (!page_bounds(ctx, state_->document, number, &bounds)) {
    return fail(ErrorKind::malformed, "the page cannot be opened");
  }
  const fz_matrix ctm = fz_scale(static_cast<float>(dpi / 72), static_cast<float>(dpi / 72));
  const Drawing drawing{fz_device_gray(ctx), ctm, fz_round_rect(fz_transform_rect(bounds, ctm))};
  std::optional<Grey> grey = copied(ctx, draw_page(ctx, state_->document, number, drawing));
  if (!grey) return fail(ErrorKind::malformed, "the page cannot be drawn");
  return Picture{grey->width, grey->height, dpi, std::move(grey->pixels)};
}

Result<Picture> MupdfDocument::native(std::uint32_t page, double dpi, const Limits& limits) const {
  if (page == 0 || page > state_->pages) return fail(ErrorKind::not_found, "the PDF has no such page");
  fz_context* ctx = state_->context.get();
  Look look{};
  look_at(ctx, state_->document, static_cast<int>(page) - 1, false, &look);
  const auto drop = [ctx](fz_image* image) { fz_drop_image(ctx, image); };
  const std::unique_ptr<fz_image, decltype(drop)> image(look.picture, drop);
  const bool alone = look.failed == 0 && look.damaged == 0 && look.pictures == 1 && look.marks == 0 && look.soft == 0;
  if (!alone || !image || !fills_page(look.placed, look.page)) return fail(ErrorKind::unsupported, "not one picture");
  if (image->imagemask != 0 || image->mask != nullptr || image->use_colorkey != 0 || image->w <= 0 || image->h <= 0) {
    return fail(ErrorKind::unsupported, "not a plain picture");
  }
  const std::uint64_t pixels = static_cast<std::uint64_t>(image->w) * static_cast<std::uint64_t>(image->h);
  const int orientation = orientation_of(look.placed);
  const double wide = static_cast<double>(look.page.x1 - look.page.x0) / 72;
  const double high = static_cast<double>(look.page.y1 - look.page.y0) / 72;
  const bool turned = orientation >= 5;
  const double own_dpi = std::max((turned ? image->h : image->w) / wide, (turned ? image->w : image->h) / high);
  std::optional<Grey> grey;
  fz_compressed_buffer* packed = fz_compressed_image_buffer(ctx, image.get());
  const bool jpeg =
      packed != nullptr && packed->params.type == FZ_IMAGE_JPEG && image->use_decode == 0 && image->n <= 3 &&
      (fz_colorspace_is_gray(ctx, image->colorspace) != 0 || fz_colorspace_is_rgb(ctx, image->colorspace) != 0);
  if (jpeg) {
    unsigned char* data = nullptr;
    const std::size_t size = fz_buffer_storage(ctx, packed->buffer, &data);
    Result<JpegPixels> decoded =
        decode_jpeg({reinterpret_cast<const char*>(data), size}, std::min(1.0, dpi * 1.5 / own_dpi), limits.max_pixels);
    if (decoded) grey = std::move(decoded->grey);
  }
  if (!grey && pixels <= limits.max_pixels) grey = copied(ctx, grey_pixmap(ctx, image.get()));
  if (!grey) return fail(ErrorKind::unsupported, "the picture cannot be taken out");
  Grey shown = oriented(std::move(*grey), orientation);
  const double x_dpi = shown.width / wide;
  const double y_dpi = shown.height / high;
  return picture_from(std::move(shown), x_dpi, y_dpi, dpi);
}

void warm_up_mupdf() {
  static constexpr std::string_view kPage =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
      "4 0 obj<</Length 33>>stream\nBT /F 9 Tf 9 9 Td (warm up) Tj ET\nendstream endobj\n"
      "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
      "trailer<</Root 1 0 R>>\n%%EOF\n";
  if (Result<MupdfDocument> document = MupdfDocument::open(kPage, {})) {
    static_cast<void>(document->ink(1, true));
    static_cast<void>(document->render(1, 36, Limits{}));
  }
}

}  // namespace dragoman::read
