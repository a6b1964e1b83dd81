// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/report_words.h"

#include <algorithm>

namespace dragoman::cli {
namespace {

struct Phrase {
  std::string_view english;
  std::string_view persian;
};

constexpr Phrase kPhrases[] = {
    {"What was read, and what was not", "چه خوانده شد و چه نشد"},
    {"Report on the case", "گزارش پرونده"},
    {"Made on", "تاریخ گزارش"},
    {"Program", "برنامه"},
    {"Identity of the case", "شناسهٔ پرونده"},
    {"Head of the custody log", "سر دفتر امانت"},
    {"Note it down: with it anybody can check later that nothing was taken out of the log.",
     "آن را یادداشت کنید: با آن هر کسی بعداً می‌تواند ببیند که چیزی از دفتر برداشته نشده است."},
    {"Limits other than the usual ones", "محدودیت‌هایی که با مقدار معمول فرق دارند"},
    {"In short", "خلاصه"},
    {"items", "مورد"},
    {"pages", "صفحه"},
    {"of them recognised from pictures", "از آن‌ها از روی تصویر شناخته شده"},
    {"words", "واژه"},
    {"bytes", "بایت"},
    {"places that could not be read", "جایی که خوانده نشد"},
    {"Nothing was left unread.", "چیزی ناخوانده نماند."},
    {"State", "وضعیت"},
    {"Items", "مورد"},
    {"Meaning", "معنی"},
    {"pending", "در انتظار"},
    {"read", "خوانده‌شده"},
    {"partial", "نیمه‌خوانده"},
    {"duplicate", "تکراری"},
    {"encrypted", "رمزدار"},
    {"unsupported", "ناشناخته"},
    {"failed", "ناموفق"},
    {"a run was interrupted; the next one goes on",
     "کار نیمه‌تمام ماند؛ اجرای بعدی ادامه می‌دهد"},
    {"all of it", "همهٔ آن"},
    {"some of it; the list below says what is missing",
     "بخشی از آن؛ فهرست زیر می‌گوید چه کم است"},
    {"the same bytes as another item, which was read",
     "همان بایت‌های موردی دیگر که خوانده شده است"},
    {"needs a password", "رمز می‌خواهد"},
    {"kept, but of a kind that is not read",
     "نگه داشته شده، ولی از گونه‌ای که خوانده نمی‌شود"},
    {"kept where that was possible, but not read", "تا جای ممکن نگه داشته شده، ولی خوانده نشده"},
    {"By cause", "بر اساس علت"},
    {"Kind", "گونه"},
    {"Cause", "علت"},
    {"Places", "جا"},
    {"What can be done", "چه می‌توان کرد"},
    {"By type", "بر اساس نوع"},
    {"Type", "نوع"},
    {"no bytes", "بدون بایت"},
    {"By folder", "بر اساس پوشه"},
    {"Folder", "پوشه"},
    {"Not read", "خوانده‌نشده"},
    {"Containers that hold less than they say",
     "بسته‌هایی که کمتر از آنچه می‌گویند دارند"},
    {"Container", "بسته"},
    {"Of", "از"},
    {"Expected", "انتظار"},
    {"Unreadable", "ناخوانا"},
    {"Taken out of the case", "بیرون‌برده از پرونده"},
    {"Day", "روز"},
    {"Who", "چه کسی"},
    {"Why", "چرا"},
    {"Every place that could not be read", "همهٔ جاهایی که خوانده نشد"},
    {"Path", "مسیر"},
    {"Where", "کجا"},
    {"Only the first are listed here; the CSV report has all of them:",
     "اینجا فقط نخستین‌ها آمده‌اند؛ گزارش CSV همه را دارد:"},
    {"empty", "خالی"},
    {"malformed", "خراب"},
    {"truncated", "بریده"},
    {"type_mismatch", "نام و محتوا ناهمخوان"},
    {"limit", "محدودیت"},
    {"timeout", "زمان تمام شد"},
    {"crashed", "از کار افتاد"},
    {"io", "خطای دیسک"},
    {"lost_line", "سطر گم‌شده"},
    {"not_transcribed", "پیاده‌نشده"},
    {"missing_dependency", "برنامهٔ نصب‌نشده"},
    {"There is nothing in it; ask the source whether that is right.",
     "چیزی در آن نیست؛ از منبع بپرسید که درست است یا نه."},
    {"What could be read is kept; ask the source for an undamaged copy, or open the original with its own program.",
     "آنچه خواندنی بود نگه داشته شده؛ از منبع نسخهٔ سالم بخواهید، یا اصل را با برنامهٔ خودش باز کنید."},
    {"The file ends too early; ask the source for a whole copy.",
     "فایل زود تمام می‌شود؛ از منبع نسخهٔ کامل بخواهید."},
    {"Put its password into a file and run retry with --passwords.",
     "رمز را در فایلی بنویسید و retry را با --passwords اجرا کنید."},
    {"Get the original and open it with its own program; a later version may read it.",
     "اصل را بگیرید و با برنامهٔ خودش باز کنید؛ شاید نسخهٔ بعدی آن را بخواند."},
    {"It was read as what it is; look whether its name was meant to hide it.",
     "همان‌گونه که هست خوانده شد؛ ببینید آیا نامش برای پنهان‌کردن بوده است."},
    {"Raise the limit with --limit (limits lists them) and run retry.",
     "محدودیت را با --limit بالا ببرید (فرمان limits فهرست را دارد) و retry را اجرا کنید."},
    {"Give it more time with --limit and run retry.", "با --limit زمان بیشتری بدهید و retry را اجرا کنید."},
    {"Run retry once; what crashes again is a fault of the reader to report.",
     "یک بار retry را اجرا کنید؛ اگر باز از کار افتاد، ایراد از خواننده است، گزارشش کنید."},
    {"See that the disk, the file and its permissions are in order, then add it again or run retry.",
     "ببینید دیسک، فایل و اجازه‌هایش درست باشند، سپس دوباره add یا retry را اجرا کنید."},
    {"Look at the picture of the page.", "به تصویر صفحه نگاه کنید."},
    {"Listen to the recording.", "به صدا گوش کنید."},
    {"Install what is named, then run retry.", "آنچه نام برده شده نصب کنید، سپس retry را اجرا کنید."},
};

}  // namespace

std::string_view said_in(std::string_view lang, std::string_view english) {
  if (lang != "fa") return english;
  const auto* const found =
      std::find_if(std::begin(kPhrases), std::end(kPhrases), [&](const Phrase& row) { return row.english == english; });
  return found == std::end(kPhrases) ? english : found->persian;
}

std::string number_in(std::string_view lang, std::int64_t value) {
  const std::string plain = std::to_string(value);
  const bool persian = lang == "fa";
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::size_t left = plain.size() - i;
    if (i > 0 && plain[i - 1] != '-' && left % 3 == 0) out += persian ? "٬" : ",";
    if (persian && plain[i] != '-') {
      out += '\xDB';  // U+06F0 to U+06F9
      out += static_cast<char>(0xB0 + (plain[i] - '0'));
    } else {
      out += plain[i];
    }
  }
  return out;
}

}  // namespace dragoman::cli
