// SPDX-License-Identifier: AGPL-3.0-or-later
#include "ocr/testing/rendered_page.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <pango/pangocairo.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <random>

namespace dragoman::ocr::testing {
namespace {

constexpr double kMargin = 50;  // points

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

Box word_box(PangoLayout* layout, double left, double top, std::size_t start, std::size_t end) {
  PangoRectangle first{};
  PangoRectangle last{};
  pango_layout_index_to_pos(layout, static_cast<int>(start), &first);
  pango_layout_index_to_pos(layout, static_cast<int>(end - 1), &last);
  const double xs[] = {double(first.x), double(first.x + first.width), double(last.x), double(last.x + last.width)};
  const auto [x0, x1] = std::minmax_element(std::begin(xs), std::end(xs));
  return Box{static_cast<float>(left + *x0 / PANGO_SCALE), static_cast<float>(top + first.y / double(PANGO_SCALE)),
             static_cast<float>(left + *x1 / PANGO_SCALE),
             static_cast<float>(top + (first.y + first.height) / double(PANGO_SCALE))};
}

void collect_words(PangoLayout* layout, const std::string& text, double top, std::vector<Word>& words) {
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = text.find(' ', start);
    if (end == std::string::npos) end = text.size();
    std::size_t last = end - 1;
    while (last > start && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
    Word word;
    word.text = text.substr(start, end - start);
    word.box = word_box(layout, kMargin, top, start, last + 1);
    words.push_back(std::move(word));
    start = end + 1;
  }
}

Picture picture_of(cairo_surface_t* surface, double dpi) {
  cairo_surface_flush(surface);
  Picture picture;
  picture.width = cairo_image_surface_get_width(surface);
  picture.height = cairo_image_surface_get_height(surface);
  picture.dpi = dpi;
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) picture.grey.push_back(data[y * stride + 4 * x]);
  return picture;
}

double sample_at(const Picture& picture, double x, double y) {
  const int x0 = static_cast<int>(std::floor(x));
  const int y0 = static_cast<int>(std::floor(y));
  const double fx = x - x0;
  const double fy = y - y0;
  const auto at = [&](int px, int py) -> double {
    if (px < 0 || py < 0 || px >= picture.width || py >= picture.height) return 255;
    return picture
        .grey[static_cast<std::size_t>(py) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(px)];
  };
  return (at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx) * (1 - fy) +
         (at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx) * fy;
}

std::uint8_t clamped(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

}  // namespace

RenderedPage render(const PageText& text, double dpi) {
  const double scale = dpi / 72;
  const std::unique_ptr<cairo_surface_t, Unref> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(text.width * scale)),
                                 static_cast<int>(std::lround(text.height * scale))));
  const std::unique_ptr<cairo_t, Unref> cairo(cairo_create(surface.get()));
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  cairo_set_source_rgb(cairo.get(), 0, 0, 0);
  cairo_scale(cairo.get(), scale, scale);
  RenderedPage page;
  double top = kMargin;
  const std::unique_ptr<PangoFontDescription, Unref> font(pango_font_description_from_string(text.font.c_str()));
  pango_font_description_set_absolute_size(font.get(), text.size * PANGO_SCALE);
  for (const std::string& paragraph : text.paragraphs) {
    const std::unique_ptr<PangoLayout, Unref> layout(pango_cairo_create_layout(cairo.get()));
    pango_layout_set_font_description(layout.get(), font.get());
    pango_layout_set_width(layout.get(), static_cast<int>((text.width - 2 * kMargin) * PANGO_SCALE));
    pango_layout_set_text(layout.get(), paragraph.c_str(), -1);
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    const double points = static_cast<double>(height) / PANGO_SCALE;
    if (top + points > text.height - kMargin) break;
    cairo_move_to(cairo.get(), kMargin, top);
    pango_cairo_show_layout(cairo.get(), layout.get());
    collect_words(layout.get(), paragraph, top, page.words);
    top += points + text.size;
  }
  page.picture = picture_of(surface.get(), dpi);
  return page;
}

PageText sample_text(std::string_view lang, std::size_t paragraphs) {
  static const std::vector<std::string> english{
      "The second secretary called on the deputy director at the ministry on Tuesday morning and stayed for about "
      "forty minutes. He said that the delegation would leave for the northern province before the end of the week, "
      "and that the letter which the two governments had agreed upon was still waiting for a signature. The director "
      "asked whether the railway workers had accepted the new terms. He was told that they had not.",
      "Our source in the customs office reports that eleven crates marked as spare parts were opened in the presence "
      "of the harbour master. Nothing was written down. The captain of the vessel, who has made this journey many "
      "times, refused to answer questions and returned to his cabin. We recommend that the matter be discussed with "
      "the embassy before any further step is taken.",
      "Please note that the meeting planned for the fourth of May has been moved to the small hall on the second "
      "floor. Members who cannot attend should inform the office in writing. The minutes of the previous session, "
      "together with a list of open questions, will be handed out at the entrance. Coffee and tea are served after "
      "the first hour."};
  static const std::vector<std::string> persian{
      "معاون وزارت امور خارجه صبح روز سه شنبه با نماینده سفارت دیدار کرد و درباره برنامه سفر هیئت به استان شمالی گفتگو "
      "نمود. وی اظهار داشت که این سفر تا پایان هفته انجام خواهد شد و نامه مشترک دو دولت هنوز در انتظار امضا است. "
      "نماینده "
      "سفارت پرسید آیا کارگران راه آهن شرایط جدید را پذیرفته اند. پاسخ منفی بود و قرار شد گفتگو ادامه یابد.",
      "منبع ما در اداره گمرک گزارش می دهد که یازده صندوق با عنوان قطعات یدکی در حضور رئیس بندر باز شد و هیچ صورت جلسه "
      "ای "
      "نوشته نشد. ناخدای کشتی که بارها این مسیر را پیموده است از پاسخ به پرسش ها خودداری کرد و به اتاق خود بازگشت. "
      "پیشنهاد "
      "می شود موضوع پیش از هر اقدام دیگر با سفارت در میان گذاشته شود و نتیجه آن به این اداره اعلام گردد.",
      "به اطلاع می رساند جلسه ای که برای روز چهارم پیش بینی شده بود به سالن کوچک طبقه دوم منتقل شده است. کسانی که نمی "
      "توانند شرکت کنند باید دفتر را کتبی آگاه کنند. صورت جلسه پیشین همراه با فهرست پرسش های باز در ورودی سالن پخش "
      "خواهد شد. "
      "پس از ساعت نخست از مهمانان با چای و قهوه پذیرایی می شود و سپس گفتگو از سر گرفته خواهد شد."};
  static const std::vector<std::string> arabic{
      "استقبل نائب المدير في وزارة الخارجية صباح يوم الثلاثاء السكرتير الثاني في السفارة وتحدث معه نحو أربعين دقيقة عن "
      "سفر الوفد إلى المحافظة الشمالية. وقال إن الرسالة التي اتفقت عليها الحكومتان ما زالت تنتظر التوقيع وإن السفر "
      "سيتم قبل "
      "نهاية الأسبوع. وسأل المدير هل قبل عمال السكك الحديدية الشروط الجديدة فكان الجواب بالنفي وتقرر مواصلة الحديث.",
      "أفاد مصدرنا في إدارة الجمارك بأن أحد عشر صندوقا كتب عليها قطع غيار فتحت بحضور مدير الميناء ولم يكتب أي محضر "
      "بذلك. "
      "ورفض قبطان السفينة الذي قام بهذه الرحلة مرات كثيرة أن يجيب عن الأسئلة وعاد إلى غرفته. ونقترح أن يناقش هذا الأمر "
      "مع "
      "السفارة قبل اتخاذ أي خطوة أخرى وأن تبلغ النتيجة إلى هذا المكتب في أقرب وقت ممكن.",
      "نود أن نعلمكم بأن الاجتماع المقرر في الرابع من الشهر قد نقل إلى القاعة الصغيرة في الطابق الثاني. وعلى من لا "
      "يستطيع "
      "الحضور أن يخبر المكتب كتابة. وسيوزع محضر الجلسة السابقة مع قائمة الأسئلة المفتوحة عند المدخل. ويقدم الشاي "
      "والقهوة بعد "
      "الساعة الأولى ثم يستأنف النقاش حول بقية النقاط المدرجة في جدول الأعمال."};
  PageText text;
  text.rtl = lang != "en";
  if (lang == "fa") text.font = "Noto Naskh Arabic";
  if (lang == "ar") text.font = "Noto Naskh Arabic";
  const auto& source = lang == "fa" ? persian : lang == "ar" ? arabic : english;
  for (std::size_t i = 0; i < paragraphs; ++i) text.paragraphs.push_back(source[i % source.size()]);
  return text;
}

Picture turned(const Picture& picture, int quarter_turns) {
  Picture result = picture;
  for (int turn = 0; turn < (quarter_turns % 4 + 4) % 4; ++turn) {
    const Picture before = result;
    std::swap(result.width, result.height);
    for (int y = 0; y < result.height; ++y)
      for (int x = 0; x < result.width; ++x)
        result
            .grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(result.width) + static_cast<std::size_t>(x)] =
            before.grey[static_cast<std::size_t>(before.height - 1 - x) * static_cast<std::size_t>(before.width) +
                        static_cast<std::size_t>(y)];
  }
  return result;
}

Picture skewed(const Picture& picture, double degrees) {
  Picture result = picture;
  const double angle = degrees * std::numbers::pi / 180;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const double mx = picture.width / 2.0;
  const double my = picture.height / 2.0;
  std::size_t at = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const double dx = x + 0.5 - mx;
      const double dy = y + 0.5 - my;
      result.grey[at++] = clamped(sample_at(picture, mx + c * dx + s * dy - 0.5, my - s * dx + c * dy - 0.5));
    }
  return result;
}

Box skewed(const Box& box, const Picture& picture, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const double mx = picture.points(picture.width) / 2;
  const double my = picture.points(picture.height) / 2;
  const double dx = (box.x0 + box.x1) / 2.0 - mx;
  const double dy = (box.y0 + box.y1) / 2.0 - my;
  const double x = mx + c * dx - s * dy;
  const double y = my + s * dx + c * dy;
  return Box{static_cast<float>(x - box.width() / 2.0), static_cast<float>(y - box.height() / 2.0),
             static_cast<float>(x + box.width() / 2.0), static_cast<float>(y + box.height() / 2.0)};
}

Picture noisy(const Picture& picture, double sigma, std::uint32_t seed) {
  Picture result = picture;
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, sigma);
  for (std::uint8_t& pixel : result.grey) pixel = clamped(pixel + normal(random));
  return result;
}

Picture faded(const Picture& picture, int times, double contrast) {
  Picture result = picture;
  const auto width = static_cast<std::size_t>(picture.width);
  for (int round = 0; round < times; ++round) {
    const Picture before = result;
    for (std::size_t y = 1; y + 1 < static_cast<std::size_t>(picture.height); ++y)
      for (std::size_t x = 1; x + 1 < width; ++x) {
        int sum = 0;
        for (std::size_t dy = 0; dy < 3; ++dy)
          for (std::size_t dx = 0; dx < 3; ++dx) sum += before.grey[(y + dy - 1) * width + x + dx - 1];
        result.grey[y * width + x] = static_cast<std::uint8_t>(sum / 9);
      }
  }
  for (std::uint8_t& pixel : result.grey) pixel = clamped(128 + (pixel - 128) * contrast);
  return result;
}

}  // namespace dragoman::ocr::testing
