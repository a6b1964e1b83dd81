// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/fold.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace dragoman::text {
namespace {

struct Row {
  const char* raw;
  const char* folded;
};

TEST(Fold, Rules) {
  const Row rows[] = {
      {"Tehran", "tehran"},
      {"ÉCOLE Straße Łódź Çağrı", "ecole strasse lodz cagri"},
      {"Æther œuvre Ørsted Þór đ ħ", "aether oeuvre orsted thor d h"},
      {"ﬁne ① ²", "fine 1 2"},
      {"ΑΘΉΝΑ Москва Ёлка", "αθηνα москва елка"},
      {"علي كتابي مكة", "علی کتابی مکه"},            // yeh, kaf, teh marbuta
      {"مصطفى", "مصطفی"},                            // alef maksura
      {"أحمد إيران آب ٱلله", "احمد ایران اب الله"},  // alefs
      {"مؤمن رئيس شيء ماء", "مومن رییس شی ما"},      // hamza
      {"مُحَمَّدٌ رَحْمٰن", "محمد رحمن"},                    // harakat, superscript alef
      {"محـــمد", "محمد"},                           // tatweel
      {"ﻣﺤﻤﺪ ﻻ ﻵ ﷲ", "محمد لا لا الله"},             // presentation forms
      {"۱۳۹۸ ١٣٩٨ 1398", "1398 1398 1398"},
      {"می‌رود", "میرود"},  // ZWNJ
      {"خانۀ خانه‌ی خانهٔ ئە", "خانه خانهی خانه یه"},
      {"ہے کھانا گئے", "هے کهانا گیے"},  // Urdu
      {"co\u00ADop\u200Derate\u200F\u202B\uFEFF", "cooperate"},
      {"Qurʾān ʿAlī", "quran ali"},
      {"שָׁלוֹם", "שלום"},
      {"नहीं", "नहीं"},  // Indic vowel signs are part of the letter
      {"\uFF21\uFF22\uFF11", "ab1"},
      {"a\xFFz", "a\uFFFDz"},
      {"", ""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(fold_word(row.raw), row.folded) << row.raw;
    EXPECT_EQ(fold(RawText{row.raw}).text.utf8, row.folded) << row.raw;
    EXPECT_EQ(fold_word(row.folded), row.folded) << "not idempotent: " << row.folded;
  }
}

TEST(Fold, MapLeadsBackToThePrintedCodePoint) {
  const std::string raw = "Kتهـرﻻanُ ½ é\u200Cx";
  const Folded folded = fold(RawText{raw});
  // Every folded byte maps to the start of a printed code point that folds to something holding it.
  for (std::size_t at = 0; at < folded.text.utf8.size(); ++at) {
    std::size_t raw_at = folded.map.to_raw(ByteOffset(at)).value();
    ASSERT_LT(raw_at, raw.size());
    const std::size_t begin = raw_at;
    next_codepoint(raw, raw_at);
    const std::string one = fold_word(std::string_view(raw).substr(begin, raw_at - begin));
    EXPECT_NE(one.find(folded.text.utf8[at]), std::string::npos) << at;
  }
  EXPECT_EQ(folded.map.to_raw(ByteOffset(folded.text.utf8.size())).value(), raw.size());
  EXPECT_EQ(folded.map.to_raw(ByteOffset(10'000)).value(), raw.size());
  const std::size_t x = folded.text.utf8.find('x');
  EXPECT_EQ(folded.map.to_raw(ByteOffset(x)).value(), raw.find('x'));
}

TEST(Fold, EveryCodePointFoldsTheSameWithAndWithoutMap) {
  for (char32_t c = 1; c < 0x30000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string raw = "a";
    append_utf8(raw, c);
    raw += "b";
    const std::string folded = fold_word(raw);
    ASSERT_TRUE(is_valid_utf8(folded)) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(folded, fold(RawText{raw}).text.utf8) << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_EQ(folded, fold_word(folded)) << "not idempotent: " << std::hex << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace dragoman::text
