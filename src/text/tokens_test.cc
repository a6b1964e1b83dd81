// SPDX-License-Identifier: AGPL-3.0-or-later
#include "text/tokens.h"

#include <gtest/gtest.h>

namespace dragoman::text {
namespace {

// "text@word" or, for joined forms, "text@word-last".
std::string shown(std::string_view printed) {
  std::string out;
  for (const Token& token : tokens_of(words_of(printed))) {
    if (!out.empty()) out += ' ';
    out += token.text + '@' + std::to_string(token.word.value());
    if (token.joined) out += '-' + std::to_string(token.last_word.value());
  }
  return out;
}

struct Row {
  const char* printed;
  const char* tokens;
};

TEST(Tokens, Words) {
  const Row rows[] = {
      {"", ""},
      {"Hello, world!", "hello@1 world@2"},
      {"foo-bar — (baz)", "foo@1 bar@1 baz@3"},
      {"a.b@c-d.org", "a@1 b@1 c@1 d@1 org@1"},
      {"report_final.pdf", "report@1 final@1 pdf@1"},
      {"Iran's Qur’an O'Brien don't l'homme d’État", "iran@1 quran@2 obrien@3 dont@4 homme@5 etat@6"},
      {"'quoted' it's", "quoted@1 it@2"},
      {"1,234,567 1,2 12,345.50 ۱٬۲۳۴ 1234,567", "1234567@1 1@2 2@2 12345@3 50@3 1234@4 1234@5 567@5"},
      {"1398/05/12 ١٣٩٨", "1398@1 05@1 12@1 1398@2"},
      {"U.S.A. ج.ا. 3.14 e.g.", "usa@1 جا@2 3@3 14@3 eg@4"},
      {"٪۵۰ $5", "50@1 5@2"},
      {"中文字 ab", "中@1 文@1 字@1 ab@2"},
      {"تهران، «کتاب»", "تهران@1 کتاب@2"},
      {"ﷺ", "صلی@1 الله@1 علیه@1 وسلم@1"},
  };
  for (const Row& row : rows) EXPECT_EQ(shown(row.printed), row.tokens) << row.printed;
}

TEST(Tokens, SpacedAffixesGiveTheJoinedFormToo) {
  const Row rows[] = {
      {"می‌رود", "میرود@1"},
      {"میرود", "میرود@1"},
      {"او می رود.", "او@1 می@2 میرود@2-3 رود@3"},
      {"کتاب ها", "کتاب@1 کتابها@1-2 ها@2"},
      {"كتاب هاي ما", "کتاب@1 کتابهای@1-2 های@2 ما@3"},
      {"نمی خواهم", "نمی@1 نمیخواهم@1-2 خواهم@2"},
      {"می رفته اند", "می@1 میرفته@1-2 میرفتهاند@1-3 رفته@2 رفتهاند@2-3 اند@3"},
      {"بزرگ تر ین", "بزرگ@1 بزرگتر@1-2 تر@2 ین@3"},
      {"می، رود", "می@1 رود@2"},  // punctuation keeps them apart
      {"کتاب (ها)", "کتاب@1 ها@2"},
      {"می", "می@1"},
      {"ها کتاب", "ها@1 کتاب@2"},  // a suffix does not begin
      {"book ها", "book@1 ها@2"},  // only with Arabic letters
      {"12 ها", "12@1 ها@2"},
  };
  for (const Row& row : rows) EXPECT_EQ(shown(row.printed), row.tokens) << row.printed;
}

TEST(Tokens, LongRunsAreCutAtACodePoint) {
  std::string word;
  for (int i = 0; i < 5'000; ++i) word += "ب";
  const auto tokens = tokens_of(std::vector<Word>{Word{word, {}, {}, Break::space}});
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens[0].text.size(), kMaxTokenBytes);
  const auto odd = tokens_of(std::vector<Word>{Word{"x" + word, {}, {}, Break::space}});
  EXPECT_EQ(odd[0].text.size(), kMaxTokenBytes - 1);
}

TEST(Tokens, TokeniserIsReusable) {
  Tokeniser tokeniser;
  for (int round = 0; round < 2; ++round) {
    tokeniser.clear();
    tokeniser.add_word("می");
    tokeniser.add_word("رود");
    int count = 0;
    tokeniser.walk([&](const TokenView&) { return ++count < 3; });
    EXPECT_EQ(count, 3);
    EXPECT_EQ(tokeniser.word_count(), 2U);
  }
}

TEST(Tokens, SplitAffixes) {
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(split_affixes("میرود"), (std::vector<Pair>{{"می", "رود"}}));
  EXPECT_EQ(split_affixes("کتابها"), (std::vector<Pair>{{"کتاب", "ها"}}));
  EXPECT_TRUE(split_affixes("کتاب").empty());
  EXPECT_TRUE(split_affixes("می").empty());
}

}  // namespace
}  // namespace dragoman::text
