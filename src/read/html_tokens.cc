// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/html_tokens.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kSpace = " \t\n\r\f";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_raw(std::string_view name) {
  return name == "script" || name == "style" || name == "xmp" || name == "noembed";
}

bool is_text_only(std::string_view name) {
  return name == "title" || name == "textarea";
}

bool equal_ci(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

struct Entity {
  std::string_view name;
  char32_t codepoint;
};

// Names that HTML 5 added to those of HTML 4 and that are met: signs that some programs write so throughout.
constexpr Entity kEntities[] = {
    {"apos", '\''},  {"lpar", '('},   {"rpar", ')'},     {"colon", ':'},     {"semi", ';'},    {"comma", ','},
    {"period", '.'}, {"excl", '!'},   {"quest", '?'},    {"num", '#'},       {"dollar", '$'},  {"percnt", '%'},
    {"ast", '*'},    {"plus", '+'},   {"equals", '='},   {"sol", '/'},       {"bsol", '\\'},   {"lsqb", '['},
    {"rsqb", ']'},   {"lbrack", '['}, {"rbrack", ']'},   {"lcub", '{'},      {"rcub", '}'},    {"lbrace", '{'},
    {"rbrace", '}'}, {"lowbar", '_'}, {"verbar", '|'},   {"vert", '|'},      {"commat", '@'},  {"grave", '`'},
    {"Hat", '^'},    {"Tab", '\t'},   {"NewLine", '\n'}, {"hyphen", 0x2010}, {"AMP", '&'},     {"LT", '<'},
    {"GT", '>'},     {"QUOT", '"'},   {"nbsp", 0xA0},    {"check", 0x2713},  {"star", 0x2606}, {"phone", 0x260E},
};

constexpr std::size_t kLongestEntity = 32;

// Windows-1252 where a number names a control character (HTML 13.2.5.80).
constexpr char32_t kWindows[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

// The code point of "#1548" or "#x646"; 0 when it is none.
char32_t numbered(std::string_view digits) {
  const bool hex = digits.starts_with('x') || digits.starts_with('X');
  if (hex) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 8) return 0;
  char32_t value = 0;
  for (const char c : digits) {
    char32_t digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<char32_t>(c - '0');
    if (hex && lower(c) >= 'a' && lower(c) <= 'f') digit = static_cast<char32_t>(lower(c) - 'a' + 10);
    if (digit >= (hex ? 16U : 10U)) return 0;
    value = value * (hex ? 16U : 10U) + digit;
  }
  if (value >= 0x80 && value < 0xA0) return kWindows[value - 0x80];
  const bool scalar = value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
  return scalar && value != 0 ? value : 0xFFFD;
}

char32_t named(std::string_view name) {
  for (const Entity& entity : kEntities) {
    if (entity.name == name) return entity.codepoint;
  }
  const std::string ended(name);
  const htmlEntityDesc* found = htmlEntityLookup(reinterpret_cast<const xmlChar*>(ended.c_str()));
  return found == nullptr ? 0 : static_cast<char32_t>(found->value);
}

}  // namespace

std::string text_of_references(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t mark = raw.find('&');
    out += raw.substr(0, mark);
    if (mark == raw.npos) break;
    raw.remove_prefix(mark + 1);
    std::size_t end = 0;
    while (end < raw.size() && end < kLongestEntity &&
           (is_letter(raw[end]) || (raw[end] >= '0' && raw[end] <= '9') || (end == 0 && raw[end] == '#')))
      ++end;
    const std::string_view name = raw.substr(0, end);
    char32_t found = 0;
    if (name.size() > 1) found = name[0] == '#' ? numbered(name.substr(1)) : named(name);
    if (found == 0) {
      out.push_back('&');
      continue;
    }
    append_utf8(out, found);
    raw.remove_prefix(end);
    if (raw.starts_with(';')) raw.remove_prefix(1);
  }
  return out;
}

std::string_view HtmlToken::raw(std::string_view attribute) const {
  for (const HtmlAttribute& one : attributes) {
    if (one.name == attribute) return one.raw_value;
  }
  return {};
}

bool HtmlToken::has(std::string_view attribute) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const HtmlAttribute& one) { return one.name == attribute; });
}

bool HtmlTokens::next(HtmlToken& token) {
  token.name.clear();
  token.attributes.clear();
  token.text = {};
  if (!inside_.empty() && content_of(token)) return true;
  if (at_ >= html_.size()) return false;
  if (html_[at_] == '<' && tag(token)) return true;
  // Text up to the next mark; a "<" that begins none is text.
  const std::size_t from = at_;
  at_ = std::min(html_.find('<', at_ + 1), html_.size());
  token.kind = HtmlToken::Kind::text;
  token.text = html_.substr(from, at_ - from);
  return true;
}

// What stands between <script> and </script>. False when that is nothing.
bool HtmlTokens::content_of(HtmlToken& token) {
  const std::string name = std::exchange(inside_, {});
  bool forever = true;
  bool& ends = name == "title" ? titles_end_ : name == "textarea" ? textareas_end_ : forever;
  if (!ends) return false;
  const std::size_t from = at_;
  std::size_t end = html_.size();
  for (std::size_t at = from; (at = html_.find("</", at)) != html_.npos; at += 2) {
    if (!equal_ci(html_.substr(at + 2, name.size()), name)) continue;
    const std::size_t behind = at + 2 + name.size();
    if (behind < html_.size() && html_[behind] != '>' && html_[behind] != '/' &&
        kSpace.find(html_[behind]) == kSpace.npos)
      continue;
    end = at;
    break;
  }
  // Never closed: a title or a text field would swallow the page; browsers show nothing then, here it is read on.
  ends = end < html_.size();
  if (!ends && is_text_only(name)) return false;
  at_ = end;
  if (end == from) return false;
  token.kind = is_raw(name) ? HtmlToken::Kind::raw : HtmlToken::Kind::text;
  token.name = name;
  token.text = html_.substr(from, end - from);
  return true;
}

bool HtmlTokens::tag(HtmlToken& token) {
  const char after = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
  if (after == '!' || after == '?') {
    markup_declaration(token);
    return true;
  }
  const bool closing = after == '/';
  const std::size_t from = at_ + (closing ? 2U : 1U);
  if (from >= html_.size() || !is_letter(html_[from])) return false;
  at_ = from;
  token.kind = closing ? HtmlToken::Kind::end : HtmlToken::Kind::start;
  token.name = name_until(" \t\n\r\f/>");
  attributes(token);
  if (!closing && (is_raw(token.name) || is_text_only(token.name))) inside_ = token.name;
  return true;
}

// Comments, and what is none but is taken as one: <!DOCTYPE …>, <?xml …>, <![if …]>.
void HtmlTokens::markup_declaration(HtmlToken& token) {
  token.kind = HtmlToken::Kind::comment;
  const bool comment = html_.substr(at_, 4) == "<!--";
  const std::size_t from = at_ + (comment ? 4U : 2U);
  if (comment && comments_end_) {
    const std::size_t end = html_.find("-->", at_ + 2);
    if (end != html_.npos) {
      token.text = html_.substr(from, end > from ? end - from : 0);
      at_ = end + 3;
      return;
    }
    comments_end_ = false;
  }
  const std::size_t end = std::min(html_.find('>', from), html_.size());
  token.text = comment ? html_.substr(from, end - from) : std::string_view();
  at_ = std::min(end + 1, html_.size());
}

std::string HtmlTokens::name_until(std::string_view ends) {
  const std::size_t from = at_;
  at_ = std::min(html_.find_first_of(ends, at_), html_.size());
  std::string name(html_.substr(from, std::min(at_ - from, kMostName)));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

// Up to and including the ">" that ends the tag.
void HtmlTokens::attributes(HtmlToken& token) {
  for (;;) {
    at_ = std::min(html_.find_first_not_of(" \t\n\r\f/", at_), html_.size());
    if (at_ >= html_.size()) return;
    if (html_[at_] == '>') {
      ++at_;
      return;
    }
    HtmlAttribute attribute;
    const std::size_t from = at_;
    attribute.name = name_until(" \t\n\r\f/>=");
    if (at_ == from) ++at_;  // a "=" where a name should be
    attribute_value(attribute);
    if (token.attributes.size() < kMostAttributes) token.attributes.push_back(std::move(attribute));
  }
}

void HtmlTokens::attribute_value(HtmlAttribute& attribute) {
  const std::size_t sign = std::min(html_.find_first_not_of(kSpace, at_), html_.size());
  if (sign >= html_.size() || html_[sign] != '=') return;
  at_ = std::min(html_.find_first_not_of(kSpace, sign + 1), html_.size());
  if (at_ >= html_.size()) return;
  const char quote = html_[at_];
  if (quote == '"' || quote == '\'') {
    const std::size_t end = html_.find(quote, at_ + 1);
    if (end != html_.npos) {
      attribute.raw_value = html_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return;
    }
  }
  const std::size_t end = std::min(html_.find_first_of(" \t\n\r\f>", at_), html_.size());
  attribute.raw_value = html_.substr(at_, end - at_);
  at_ = end;
}

}  // namespace dragoman::read
