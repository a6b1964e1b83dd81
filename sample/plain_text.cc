// SPDX-License-Identifier: AGPL-3.0-or-later
#include "plain_text.h"

#include <iconv.h>

#include "base/result.h"

namespace dragoman::sample {
namespace {

std::string convert(std::string_view text, const char* to) {
  const iconv_t converter = iconv_open(to, "UTF-8");
  CHECK(converter != reinterpret_cast<iconv_t>(-1));
  std::string out(text.size() * 2 + 4, '\0');
  char* in_at = const_cast<char*>(text.data());  // iconv only reads
  std::size_t in_left = text.size();
  char* out_at = out.data();
  std::size_t out_left = out.size();
  const std::size_t result = iconv(converter, &in_at, &in_left, &out_at, &out_left);
  CHECK(result == 0);  // neither failed nor replaced anything
  iconv_close(converter);
  out.resize(out.size() - out_left);
  return out;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string old_keyboard(std::string_view text) {
  std::string out = western_digits(text);
  replace_all(out, "ی", "ي");
  return out;
}

}  // namespace

std::vector<std::string> page_lines(const Letter& letter, std::size_t page) {
  std::vector<std::string> lines;
  if (page == 1) {
    lines.push_back(letter.masthead);
    for (const HeaderField& field : letter.header()) lines.push_back(field.label + ": " + field.value);
  }
  for (const Paragraph& paragraph : letter.pages[page - 1]) lines.push_back(paragraph.text);
  lines.push_back(footer_line(letter, page));
  return lines;
}

std::string page_text(const Letter& letter, std::size_t page) {
  std::string out;
  for (const std::string& line : page_lines(letter, page)) out += line + "\n\n";
  out.pop_back();
  return out;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string encode_text(std::string_view text, Encoding encoding) {
  switch (encoding) {
    case Encoding::utf8: return std::string(text);
    case Encoding::utf16: return "\xFF\xFE" + convert(text, "UTF-16LE");
    case Encoding::windows_1256: return convert(text, "WINDOWS-1256");
  }
  return {};
}

Letter to_windows_1256_letters(Letter letter) {
  letter.masthead = old_keyboard(letter.masthead);
  for (HeaderField* field :
       {&letter.from, &letter.to, &letter.number, &letter.date, &letter.subject, &letter.marking}) {
    field->label = old_keyboard(field->label);
    field->value = old_keyboard(field->value);
  }
  letter.dated.text = old_keyboard(letter.dated.text);
  letter.footer = old_keyboard(letter.footer);
  letter.western_digits = true;
  for (std::vector<Paragraph>& page : letter.pages) {
    for (Paragraph& paragraph : page) {
      paragraph.text = old_keyboard(paragraph.text);
      for (DateMention& date : paragraph.dates) date.text = old_keyboard(date.text);
    }
  }
  return letter;
}

}  // namespace dragoman::sample
