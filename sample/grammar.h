// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes letters: fills the phrase tables of a language with people, places and dates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "cast.h"
#include "letter.h"
#include "lexicon.h"
#include "prng.h"

namespace dragoman::sample {

struct LetterOrder {
  Lang lang = Lang::en;
  std::string kind{};
  int pages = 1;
  int words_per_page = 185;  // roughly; a page never holds fewer than 60 % of it
};

class Grammar {
 public:
  explicit Grammar(Prng prng) : prng_(prng) {}

  Letter write(const LetterOrder& order);

 private:
  void write_header(Letter& letter);
  std::vector<Paragraph> write_page(const LetterOrder& order, bool first, bool last);
  Paragraph write_paragraph(int sentences);
  std::string expand(std::string_view phrase, std::vector<DateMention>& dates);
  std::string fill(std::string_view slot, std::vector<DateMention>& dates);
  std::string person();
  std::string date(DateForm form, std::vector<DateMention>& dates);
  std::string number();
  std::string digits(std::string_view text) const { return native_digits(lang_, text); }
  std::string_view name_of(std::span<const Trilingual> names);

  Prng prng_;
  Lang lang_ = Lang::en;
  DayNumber today_ = 0;
};

}  // namespace dragoman::sample
