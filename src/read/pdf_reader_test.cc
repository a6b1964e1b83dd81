// SPDX-License-Identifier: AGPL-3.0-or-later
#define POINTERHOLDER_TRANSITION 4

#include <cairo-pdf.h>
#include <gtest/gtest.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <functional>
#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "read/pdf_layout.h"
#include "read/picture.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr double kWide = 420;
constexpr double kHigh = 300;
constexpr const char* kPersian = "گزارش دیدار وزیر در تاریخ ۱۳۹۲/۰۷/۲۸ با نماینده (دفتر) مرز";
constexpr const char* kEnglish = "The minister met the envoy at the border";

cairo_status_t append(void* out, const unsigned char* data, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

std::string drawn(const std::function<void(cairo_t*)>& draw, int pages = 1) {
  std::string out;
  cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(append, &out, kWide, kHigh);
  cairo_t* context = cairo_create(surface);
  for (int page = 0; page < pages; ++page) {
    draw(context);
    cairo_show_page(context);
  }
  cairo_destroy(context);
  cairo_surface_destroy(surface);
  return out;
}

void write_line(cairo_t* context, const char* text, double x, double y) {
  PangoLayout* layout = pango_cairo_create_layout(context);
  PangoFontDescription* font = pango_font_description_from_string("DejaVu Sans 12");
  pango_layout_set_font_description(layout, font);
  pango_layout_set_text(layout, text, -1);
  cairo_move_to(context, x, y);
  pango_cairo_show_layout(context, layout);
  pango_font_description_free(font);
  g_object_unref(layout);
}

std::string text_pdf(const char* text, int pages = 1) {
  return drawn([text](cairo_t* context) { write_line(context, text, 30, 40); }, pages);
}

// Grey picture: white, but black in its upper left quarter, as large as the page.
std::string scan_pdf() {
  return drawn([](cairo_t* context) {
    cairo_surface_t* image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 840, 600);
    cairo_t* pen = cairo_create(image);
    cairo_set_source_rgb(pen, 1, 1, 1);
    cairo_paint(pen);
    cairo_set_source_rgb(pen, 0, 0, 0);
    cairo_rectangle(pen, 0, 0, 420, 300);
    cairo_fill(pen);
    cairo_destroy(pen);
    cairo_scale(context, 0.5, 0.5);
    cairo_set_source_surface(context, image, 0, 0);
    cairo_paint(context);
    cairo_surface_destroy(image);
    cairo_identity_matrix(context);
  });
}

std::string changed(const std::string& pdf, const std::function<void(QPDF&, QPDFWriter&)>& change) {
  QPDF document;
  document.processMemoryFile("pdf", pdf.data(), pdf.size());
  QPDFWriter writer(document);
  writer.setOutputMemory();
  change(document, writer);
  writer.write();
  const std::shared_ptr<Buffer> buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

std::string with_page_keys(const std::string& pdf, std::initializer_list<std::pair<const char*, const char*>> keys) {
  return changed(pdf, [&](QPDF& document, QPDFWriter&) {
    for (QPDFPageObjectHelper page : QPDFPageDocumentHelper(document).getAllPages()) {
      for (const auto& [key, value] : keys) page.getObjectHandle().replaceKey(key, QPDFObjectHandle::parse(value));
    }
  });
}

std::string encrypted(const std::string& pdf, const char* user, const char* owner) {
  return changed(pdf, [&](QPDF&, QPDFWriter& writer) {
    writer.setR6EncryptionParameters(user, owner, true, true, true, true, true, true, qpdf_r3p_full, true);
  });
}

const Word* word_in(const Page& page, std::string_view text) {
  for (const Word& word : page.words) {
    if (word.text == text) return &word;
  }
  return nullptr;
}

TEST(PdfReader, reads_latin_words_with_boxes) {
  const Reading reading = read_named(text_pdf(kEnglish, 2), "a.pdf");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "application/pdf");
  EXPECT_EQ(reading.documents.at(0).kind, "pdf");
  EXPECT_NE(reading.field("Producer").find("cairo"), std::string::npos);
  ASSERT_EQ(reading.pages.size(), 2U);
  const Page& page = reading.pages[1];
  EXPECT_EQ(page.number, PageIndex{2});
  EXPECT_EQ(reading.text(1), kEnglish);
  EXPECT_EQ(page.source, TextSource::text_layer);
  EXPECT_EQ(page.lang, "en");
  EXPECT_GT(page.quality, 0.8F);
  EXPECT_TRUE(page.has_ink);
  EXPECT_FLOAT_EQ(page.picture_cover, 0);
  EXPECT_NEAR(page.width, kWide, 0.1);
  EXPECT_NEAR(page.words.front().box->x0, 30, 2);
  EXPECT_GT(page.words.front().box->y0, 36);
  EXPECT_LT(page.words.front().box->y1, 60);
}

TEST(PdfReader, reads_persian_in_reading_order) {
  const Reading reading = read_bytes(text_pdf(kPersian));
  EXPECT_EQ(reading.text(), kPersian);
  EXPECT_EQ(reading.pages.at(0).lang, "fa");
  const std::vector<Word>& words = reading.pages.at(0).words;
  for (std::size_t i = 1; i < words.size(); ++i) EXPECT_LT(words[i].box->x0, words[i - 1].box->x0);
}

TEST(PdfReader, boxes_are_in_the_frame_of_the_page_as_displayed) {
  const Reading plain = read_bytes(text_pdf(kPersian));
  const Box before = *word_in(plain.pages.at(0), "وزیر")->box;
  // The crop takes 20 points off the left and 10 off the top of the page.
  const std::pair<const char*, const char*> crop{"/CropBox", "[20 0 420 290]"};
  const Page cropped = read_bytes(with_page_keys(text_pdf(kPersian), {crop})).pages.at(0);
  EXPECT_NEAR(cropped.width, 400, 0.1);
  EXPECT_NEAR(cropped.height, 290, 0.1);
  ASSERT_NE(word_in(cropped, "وزیر"), nullptr);
  EXPECT_NEAR(word_in(cropped, "وزیر")->box->x0, before.x0 - 20, 0.5);
  EXPECT_NEAR(word_in(cropped, "وزیر")->box->y0, before.y0 - 10, 0.5);
  const Page turned = read_bytes(with_page_keys(text_pdf(kPersian), {crop, {"/Rotate", "90"}})).pages.at(0);
  EXPECT_NEAR(turned.width, 290, 0.1);
  EXPECT_NEAR(turned.height, 400, 0.1);
  ASSERT_NE(word_in(turned, "وزیر"), nullptr);
  // A quarter turn clockwise: what was y from the top is now x from the right.
  EXPECT_NEAR(word_in(turned, "وزیر")->box->x1, 290 - (before.y0 - 10), 0.5);
  EXPECT_NEAR(word_in(turned, "وزیر")->box->y0, before.x0 - 20, 0.5);
  const Page latin = read_bytes(with_page_keys(text_pdf(kEnglish), {crop, {"/Rotate", "90"}})).pages.at(0);
  ASSERT_NE(word_in(latin, "minister"), nullptr);
  EXPECT_GT(word_in(latin, "minister")->box->height(), word_in(latin, "minister")->box->width());
}

TEST(PdfReader, two_columns_are_read_one_after_the_other) {
  const Reading reading = read_bytes(drawn([](cairo_t* context) {
    for (int line = 0; line < 5; ++line) {
      write_line(context, "ستون دوم این صفحه است", 30, 40 + 20 * line);
      write_line(context, "ستون نخست این صفحه است", 240, 40 + 20 * line);
    }
  }));
  const std::string text = reading.text();
  EXPECT_LT(text.rfind("نخست"), text.find("دوم"));
}

TEST(PdfReader, scan_has_a_picture_and_no_words) {
  const Reading reading = read_bytes(scan_pdf());
  EXPECT_EQ(reading.state, ItemState::read);
  const Page& page = reading.pages.at(0);
  EXPECT_TRUE(page.words.empty());
  EXPECT_EQ(page.source, TextSource::none);
  EXPECT_GT(page.picture_cover, 0.95F);
  EXPECT_TRUE(page.has_ink);
}

TEST(PdfReader, blank_page_has_no_ink) {
  const Page page = read_bytes(drawn([](cairo_t* context) {
                      cairo_set_source_rgb(context, 1, 1, 1);
                      cairo_paint(context);
                    })).pages.at(0);
  EXPECT_FALSE(page.has_ink);
}

TEST(PdfReader, passwords) {
  const std::string locked = encrypted(text_pdf(kEnglish), "user", "owner");
  const Reading refused = read_bytes(locked, {"a.pdf", {"wrong"}, {}});
  EXPECT_EQ(refused.state, ItemState::encrypted);
  EXPECT_TRUE(refused.has_gap(GapKind::encrypted));
  EXPECT_EQ(read_bytes(locked, {"a.pdf", {"wrong", "user"}, {}}).text(), kEnglish);
  const Reading owner_only = read_bytes(encrypted(text_pdf(kEnglish), "", "owner"));
  EXPECT_EQ(owner_only.state, ItemState::read);
  EXPECT_EQ(owner_only.text(), kEnglish);
}

TEST(PdfReader, truncated_and_damaged) {
  const std::string pdf = text_pdf(kEnglish, 3);
  const Reading cut = read_bytes(pdf.substr(0, pdf.size() / 3));
  EXPECT_EQ(cut.state, ItemState::failed);
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
  const Reading tailless = read_bytes(pdf.substr(0, pdf.rfind("startxref")));
  EXPECT_EQ(tailless.state, ItemState::partial);
  EXPECT_TRUE(tailless.has_gap(GapKind::truncated));
  EXPECT_EQ(tailless.text(2), kEnglish);
  std::string damaged = pdf;
  damaged.replace(damaged.rfind("startxref") + 10, 3, "999");
  const Reading rebuilt = read_bytes(damaged);
  EXPECT_EQ(rebuilt.state, ItemState::partial);
  EXPECT_TRUE(rebuilt.has_gap(GapKind::malformed));
  EXPECT_EQ(rebuilt.text(), kEnglish);
  const Reading nothing = read_bytes("%PDF-1.4\nnothing here\n%%EOF\n");
  EXPECT_EQ(nothing.state, ItemState::failed);
  EXPECT_FALSE(nothing.gaps.empty());
}

TEST(PdfReader, attached_files_are_children) {
  const Reading reading = read_bytes(changed(text_pdf(kEnglish), [](QPDF& document, QPDFWriter&) {
    QPDFEmbeddedFileDocumentHelper helper(document);
    const auto stream = QPDFEFStreamObjectHelper::createEFStream(document, std::string("attached bytes"));
    helper.replaceEmbeddedFile("key", QPDFFileSpecObjectHelper::createFileSpec(document, "note.txt", stream));
  }));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "note.txt");
  EXPECT_EQ(reading.children[0].bytes, "attached bytes");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
}

TEST(PdfReader, text_beside_the_page_is_not_on_it) {
  for (const char* text : {kEnglish, kPersian}) {
    const Reading reading = read_bytes(drawn([text](cairo_t* context) {
      write_line(context, text, 30, 40);
      write_line(context, text, 30, kHigh + 200);
    }));
    EXPECT_EQ(reading.text(), text);
  }
}

TEST(PdfReader, page_limit_leaves_a_gap) {
  ReadRequest request;
  request.limits.max_pages = 2;
  const Reading reading = read_bytes(text_pdf(kEnglish, 3), request);
  EXPECT_EQ(reading.pages.size(), 2U);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
}

// Black in one quarter: 0 … 3 = upper left, upper right, lower left, lower right; -1 when it is not so.
int black_quarter(const Picture& picture) {
  int found = -1;
  for (int which = 0; which < 4; ++which) {
    const int x = (which & 1) != 0 ? picture.width * 3 / 4 : picture.width / 4;
    const int y = (which & 2) != 0 ? picture.height * 3 / 4 : picture.height / 4;
    if (picture.grey[static_cast<std::size_t>(y * picture.width + x)] < 128) found = found < 0 ? which : -1;
  }
  return found;
}

TEST(Picture, native_picture_of_a_scan_lies_as_the_page_is_displayed) {
  constexpr int kQuarter[] = {0, 1, 3, 2};
  for (int turn = 0; turn < 4; ++turn) {
    const std::string angle = std::to_string(90 * turn);
    const std::string pdf = with_page_keys(scan_pdf(), {{"/Rotate", angle.c_str()}});
    const UniqueFd fd = file_of(pdf);
    for (const bool native : {true, false}) {
      const Result<Picture> picture = picture_of_page(fd.get(), {PageIndex{1}, 200, native}, Limits{});
      ASSERT_TRUE(picture.has_value());
      EXPECT_EQ(black_quarter(*picture), kQuarter[turn]) << angle << " " << native;
      EXPECT_NEAR(picture->points(picture->width), turn % 2 == 0 ? kWide : kHigh, 1);
      EXPECT_NEAR(picture->dpi, native ? 144 : 200, 1);
    }
  }
}

TEST(Picture, page_that_is_not_one_picture_is_rendered) {
  const UniqueFd fd = file_of(text_pdf(kEnglish));
  const Result<Picture> picture = picture_of_page(fd.get(), {PageIndex{1}, 100, true}, Limits{});
  ASSERT_TRUE(picture.has_value());
  EXPECT_NEAR(picture->width, kWide * 100 / 72, 1);
  EXPECT_DOUBLE_EQ(picture->dpi, 100);
}

TEST(Picture, errors_have_their_kind) {
  const UniqueFd pdf = file_of(text_pdf(kEnglish));
  EXPECT_EQ(picture_of_page(pdf.get(), {PageIndex{9}, 100, true}, Limits{}).error().kind, ErrorKind::not_found);
  const UniqueFd text = file_of("plain text");
  EXPECT_EQ(picture_of_page(text.get(), {}, Limits{}).error().kind, ErrorKind::unsupported);
  const UniqueFd locked = file_of(encrypted(text_pdf(kEnglish), "user", "owner"));
  EXPECT_EQ(picture_of_page(locked.get(), {}, Limits{}).error().kind, ErrorKind::encrypted);
  EXPECT_TRUE(picture_of_page(locked.get(), {}, Limits{}, {"user"}).has_value());
}

TEST(PdfLayout, visual_order_becomes_reading_order) {
  EXPECT_EQ(logical_of_visual(U"ریزو"), U"وزیر");
  EXPECT_EQ(logical_of_visual(U"minister"), U"minister");
  EXPECT_EQ(logical_of_visual(U"۱۳۹۲/۰۷/۲۸"), U"۱۳۹۲/۰۷/۲۸");
  EXPECT_EQ(logical_of_visual(U"۱۳۹۲ لاس"), U"سال ۱۳۹۲");
  EXPECT_EQ(logical_of_visual(U"زرم Bank of X ریزو هب"), U"به وزیر Bank of X مرز");
}

TEST(PdfLayout, presentation_forms_become_letters) {
  EXPECT_EQ(printed_form(U"\uFEB3\uFEFC\uFEE1"), "سلام");
  EXPECT_EQ(printed_form(U"می\u200Cشود"), "می\u200Cشود");
  EXPECT_EQ(printed_form(U"\uFB01n"), "\uFB01n");  // Latin ligatures are as printed
}

}  // namespace
}  // namespace dragoman::read
