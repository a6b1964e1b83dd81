// SPDX-License-Identifier: AGPL-3.0-or-later
// The phrase tables of the grammar, one language a file (lexicon_fa.cc, lexicon_ar.cc,
// lexicon_en.cc). A phrase may hold slots in braces: {topic} draws from the table of that name,
// and these are made by the grammar: {person} {town} {office} {date} {month} {year} {number}
// {count} {hour} {docref}.
#pragma once

#include <span>
#include <string_view>

#include "language.h"

namespace dragoman::sample {

struct Slot {
  std::string_view name;
  std::span<const std::string_view> choices;
};

struct Lexicon {
  std::span<const Slot> slots;  // among them: opening, sentence, closing, subject, marking
  std::string_view from, to, number, date, subject, marking;  // labels of the header block
  std::string_view fiction;                                   // the footer's statement
  std::string_view page_of;                                   // "Page {} of {}"
};

const Lexicon& lexicon(Lang lang);

extern const Lexicon kLexiconFa;
extern const Lexicon kLexiconAr;
extern const Lexicon kLexiconEn;

}  // namespace dragoman::sample
