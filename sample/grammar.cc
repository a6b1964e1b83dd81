// SPDX-License-Identifier: AGPL-3.0-or-later
#include "grammar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/result.h"

namespace dragoman::sample {
namespace {

// The alternatives for a slot; a name that no table has is a slip in a lexicon file.
std::span<const std::string_view> choices(Lang lang, std::string_view slot) {
  const auto slots = lexicon(lang).slots;
  const auto found = std::find_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.name == slot; });
  CHECK(found != slots.end());
  return found->choices;
}

int count_words(std::string_view text) {
  return 1 + static_cast<int>(std::count(text.begin(), text.end(), ' '));
}

// English sentences may open with a clause or a source, which stand in lower case in the tables.
void capitalise(std::string& sentence) {
  if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z') {
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  }
}

}  // namespace

const Lexicon& lexicon(Lang lang) {
  return lang == Lang::fa ? kLexiconFa : lang == Lang::ar ? kLexiconAr : kLexiconEn;
}

std::string footer_line(const Letter& letter, std::size_t page) {
  const std::string count = fmt::format(fmt::runtime(lexicon(letter.lang).page_of), page, letter.pages.size());
  return letter.footer + " " + (letter.western_digits ? count : native_digits(letter.lang, count));
}

Letter Grammar::write(const LetterOrder& order) {
  lang_ = order.lang;
  today_ = some_day(prng_);
  Letter letter;
  letter.lang = order.lang;
  letter.kind = order.kind;
  letter.footer = lexicon(lang_).fiction;
  write_header(letter);
  for (int page = 1; page <= order.pages; ++page) {
    letter.pages.push_back(write_page(order, page == 1, page == order.pages));
  }
  return letter;
}

void Grammar::write_header(Letter& letter) {
  const Lexicon& words = lexicon(lang_);
  std::vector<DateMention> ignored;
  letter.masthead = name_of(offices());
  letter.from = {std::string(words.from),
                 fmt::format("{}{} {}", person(), lang_ == Lang::en ? "," : "،", letter.masthead)};
  letter.to = {std::string(words.to), std::string(name_of(offices()))};
  letter.number = {std::string(words.number), number()};
  const Calendar calendar = lang_ == Lang::fa   ? Calendar::solar_hijri
                            : lang_ == Lang::en ? Calendar::gregorian
                            : prng_.chance(0.5) ? Calendar::islamic
                                                : Calendar::gregorian;
  const bool short_form = lang_ == Lang::fa && prng_.chance(0.5);
  letter.dated = write_date(lang_, calendar, short_form ? DateForm::short_day : DateForm::long_day, today_);
  letter.date = {std::string(words.date), letter.dated.text};
  letter.subject = {std::string(words.subject), expand("{subject}", ignored)};
  letter.marking = {std::string(words.marking), expand("{marking}", ignored)};
}

std::vector<Paragraph> Grammar::write_page(const LetterOrder& order, bool first, bool last) {
  std::vector<Paragraph> page;
  int words = 0;
  if (first) {
    Paragraph opening;
    opening.text = expand(prng_.pick(choices(lang_, "opening")), opening.dates);
    capitalise(opening.text);
    words += count_words(opening.text);
    page.push_back(std::move(opening));
  }
  const int target = order.words_per_page * prng_.between(75, 125) / 100;
  while (words < target) {
    page.push_back(write_paragraph(prng_.between(2, 4)));
    words += count_words(page.back().text);
  }
  if (last) {
    Paragraph closing;
    closing.text = expand(prng_.pick(choices(lang_, "closing")), closing.dates);
    page.push_back(std::move(closing));
  }
  return page;
}

Paragraph Grammar::write_paragraph(int sentences) {
  Paragraph paragraph;
  for (int i = 0; i < sentences; ++i) {
    std::string sentence = expand("{sentence}", paragraph.dates);
    capitalise(sentence);
    paragraph.text += (i == 0 ? "" : " ") + sentence;
  }
  return paragraph;
}

std::string Grammar::expand(std::string_view phrase, std::vector<DateMention>& dates) {
  std::string out;
  while (!phrase.empty()) {
    const std::size_t open = phrase.find('{');
    out += phrase.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = phrase.find('}', open);
    CHECK(close != std::string_view::npos);
    out += fill(phrase.substr(open + 1, close - open - 1), dates);
    phrase.remove_prefix(close + 1);
  }
  return out;
}

std::string Grammar::fill(std::string_view slot, std::vector<DateMention>& dates) {
  if (slot == "person") return person();
  if (slot == "town") return std::string(name_of(towns()));
  if (slot == "office") return (lang_ == Lang::en ? "the " : "") + std::string(name_of(offices()));
  if (slot == "date")
    return date(prng_.chance(0.3) && lang_ == Lang::fa ? DateForm::short_day : DateForm::long_day, dates);
  if (slot == "month") return date(DateForm::month, dates);
  if (slot == "year") return date(DateForm::year, dates);
  if (slot == "number") return digits(std::to_string(prng_.between(101, 989)));
  if (slot == "count") return digits(std::to_string(prng_.between(11, 90)));  // Arabic counts 3 to 10 differently
  if (slot == "hour") {
    const int minute = prng_.between(7 * 12, 22 * 12) * 5;
    return digits(fmt::format("{}:{:02}", minute / 60, minute % 60));
  }
  if (slot == "docref") return number();
  return expand(prng_.pick(choices(lang_, slot)), dates);
}

std::string Grammar::person() {
  const std::string_view given = name_of(given_names());
  return fmt::format("{} {}", given, name_of(family_names()));
}

// Offices write their own calendar, and now and then their neighbour's.
std::string Grammar::date(DateForm form, std::vector<DateMention>& dates) {
  Calendar calendar = Calendar::gregorian;
  if (lang_ == Lang::fa) calendar = prng_.chance(0.85) ? Calendar::solar_hijri : Calendar::gregorian;
  if (lang_ == Lang::ar) calendar = prng_.chance(0.5) ? Calendar::islamic : Calendar::gregorian;
  if (calendar != Calendar::solar_hijri && form == DateForm::short_day) form = DateForm::long_day;
  dates.push_back(write_date(lang_, calendar, form, today_ - prng_.between(1, 400)));
  return dates.back().text;
}

std::string Grammar::number() {
  const int serial = prng_.between(1000, 9899);
  return digits(fmt::format("{}/{}", serial, prng_.between(11, 99)));
}

std::string_view Grammar::name_of(std::span<const Trilingual> names) {
  return prng_.pick(names).in(lang_);
}

}  // namespace dragoman::sample
