// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/language.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/utf8.h"
#include "text/script.h"
#include "text/word_list.h"

namespace dragoman::text {
namespace {

const char kPersian[] =
    "در این نامه به اطلاع می‌رساند که جلسه روز دوشنبه در ساختمان وزارت امور خارجه برگزار شد و نمایندگان "
    "دو "
    "کشور "
    "درباره "
    "مسائل مرزی گفتگو کردند. گزارش کامل این دیدار تا پایان هفته ارسال خواهد شد.";
const char kPersianArabicKeys[] =
    "در اين نامه به اطلاع مي رساند كه جلسه روز دوشنبه در ساختمان وزارت امور خارجه برگزار شد و نمايندگان دو كشور درباره "
    "مسائل مرزي گفتگو كردند.";
const char kArabic[] =
    "نود إعلامكم بأن الاجتماع عقد يوم الاثنين في مبنى وزارة الخارجية وأن ممثلي البلدين بحثوا المسائل الحدودية وسوف "
    "يرسل "
    "التقرير الكامل عن هذا اللقاء قبل نهاية الأسبوع.";
const char kEnglish[] =
    "Please be informed that the meeting was held on Monday at the ministry and that the two delegations discussed the "
    "border questions. A full report will follow before the end of the week.";

TEST(Language, OfRunningText) {
  EXPECT_EQ(language_of(words_of(kPersian)), "fa");
  EXPECT_EQ(language_of(words_of(kPersianArabicKeys)), "fa");
  EXPECT_EQ(language_of(words_of(kArabic)), "ar");
  EXPECT_EQ(language_of(words_of(kEnglish)), "en");
  EXPECT_EQ(language_of(words_of("یہ خط آپ کو اطلاع دینے کے لیے ہے کہ اجلاس پیر کے دن وزارت میں ہوا تھا")), "ur");
  EXPECT_EQ(language_of(words_of("ئەم نامەیە بۆ ئاگادارکردنەوەی ئێوەیە کە کۆبوونەوەکە ڕۆژی دووشەممە لە وەزارەت کرا")),
            "ckb");
  EXPECT_EQ(language_of(words_of("הפגישה התקיימה ביום שני במשרד החוץ והנציגים דנו בשאלות הגבול")), "he");
  EXPECT_EQ(language_of(words_of("Встреча состоялась в понедельник в здании министерства иностранных дел")), "ru");
  EXPECT_EQ(language_of(words_of("La réunion a eu lieu lundi au ministère des affaires étrangères et les deux "
                                 "délégations ont discuté des questions de frontière.")),
            "fr");
}

TEST(Language, TooLittleText) {
  EXPECT_EQ(language_of({}), "");
  EXPECT_EQ(language_of(words_of("12 34 — …")), "");
  EXPECT_EQ(language_of(words_of("تهران")), "");
}

TEST(Script, MainScript) {
  EXPECT_EQ(main_script(words_of(kPersian)), Script::arabic);
  EXPECT_EQ(main_script(words_of("abc سلام def ghi")), Script::latin);
  EXPECT_EQ(main_script(words_of("123 …")), Script::none);
  EXPECT_EQ(script_of(U'ک'), Script::arabic);
  EXPECT_EQ(script_of(U'7'), Script::none);
  EXPECT_EQ(script_of(U'中'), Script::other);
}

TEST(WordList, KnowsRunningText) {
  EXPECT_GE(score_words(words_of(kPersian), "fa").known, 0.9);
  EXPECT_GE(score_words(words_of(kArabic), "ar").known, 0.85);
  EXPECT_GE(score_words(words_of(kEnglish), "en").known, 0.95);
  EXPECT_EQ(WordList::find("xx"), nullptr);
  EXPECT_EQ(score_words(words_of(kEnglish), "xx").words, score_words(words_of(kEnglish), "en").words);
  EXPECT_TRUE(WordList::version().starts_with("words-"));
}

// Letters in visual order, as a text layer of the wrong kind has them.
std::string visual(std::string_view text) {
  std::string out;
  for (Word& word : words_of(text)) {
    std::u32string letters;
    for (std::size_t at = 0; at < word.text.size();) letters += static_cast<char32_t>(next_codepoint(word.text, at));
    std::reverse(letters.begin(), letters.end());
    for (char32_t c : letters) append_utf8(out, c);
    out += ' ';
  }
  return out;
}

TEST(WordList, TellsReversedTextApart) {
  for (const auto& [text, lang] : {std::pair{kPersian, "fa"}, std::pair{kArabic, "ar"}}) {
    const WordScore good = score_words(words_of(text), lang);
    EXPECT_GT(good.known, good.known_reversed + 0.4) << lang;
    const WordScore bad = score_words(words_of(visual(text)), lang);
    EXPECT_GT(bad.known_reversed, bad.known + 0.4) << lang;
  }
}

}  // namespace
}  // namespace dragoman::text
