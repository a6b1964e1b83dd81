// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/query_lexer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "search/field_names.h"
#include "text/fold.h"

namespace dragoman::search {
namespace {

bool is_space(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || is_bidi_control(c);
}

bool is_quote(char32_t c) {
  return c == U'"' || c == U'“' || c == U'”' || c == U'„' || c == U'«' || c == U'»' || c == U'＂';
}

bool is_operator(std::string_view text) {
  return text == "OR" || text == "AND" || text == "NOT";
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) letters_.push_back(next_codepoint(text, at));
  }

  Result<std::vector<Lexeme>> run() {
    for (;;) {
      while (at_ < letters_.size() && is_space(letters_[at_])) ++at_;
      if (at_ >= letters_.size()) break;
      TRY_VOID(next());
    }
    // An operator by itself can only be meant as a word.
    const bool lone = lexemes_.size() == 1 && is_operator(lexemes_[0].text);
    if (lone) lexemes_[0].kind = LexemeKind::word;
    add(LexemeKind::end, at_);
    return std::move(lexemes_);
  }

 private:
  Result<void> next() {
    const char32_t c = letters_[at_];
    if (c == U'(' || c == U')') {
      add(c == U'(' ? LexemeKind::open : LexemeKind::close, at_++);
      return {};
    }
    if (is_quote(c)) return phrase();
    const bool minus = c == U'-' && at_ + 1 < letters_.size() && !is_space(letters_[at_ + 1]) &&
                       letters_[at_ + 1] != U')' && letters_[at_ + 1] != U'-';
    if (minus) {
      add(LexemeKind::negation, at_++);
      return {};
    }
    if (const auto field = filter_field()) return filter(*field);
    return word();
  }

  struct Named {
    FilterField field = FilterField::lang;
    std::string name;
  };

  /// The filter whose name and colon stand here.
  std::optional<Named> filter_field() const {
    constexpr std::size_t kLongestName = 16;
    std::string name;
    for (std::size_t i = at_; i < letters_.size() && name.size() <= kLongestName; ++i) {
      const char32_t c = letters_[i];
      const bool letter = (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || c == U'_';
      if (c == U':') return filter_named(name);
      if (!letter) break;
      name += static_cast<char>(c == U'_' ? c : c | 0x20U);
    }
    return std::nullopt;
  }

  static std::optional<Named> filter_named(const std::string& name) {
    if (name == "lang") return Named{FilterField::lang, name};
    if (name == "type") return Named{FilterField::type, name};
    if (name == "path") return Named{FilterField::path, name};
    if (name == "label") return Named{FilterField::label, name};
    if (field_named(name) != nullptr) return Named{FilterField::field, name};
    return std::nullopt;
  }

  Result<void> filter(const Named& named) {
    const std::size_t begin = at_;
    at_ += named.name.size() + 1;
    std::string value;
    if (at_ < letters_.size() && is_quote(letters_[at_])) {
      value = TRY(quoted());
      if (at_ < letters_.size() && letters_[at_] == U'*' && named.field != FilterField::path) {
        value += '*';
        ++at_;
      }
    } else {
      // A path may hold parentheses of its own: the value ends where one closes that it did not open.
      for (int open = 0; at_ < letters_.size() && !is_space(letters_[at_]); ++at_) {
        open += letters_[at_] == U'(' ? 1 : 0;
        if (letters_[at_] == U')' && open-- == 0) break;
        append_utf8(value, letters_[at_]);
      }
    }
    value = text::fold_word(value);
    TRY_VOID(check_value(named, value, begin));
    Lexeme& lexeme = add(LexemeKind::filter, begin);
    lexeme.text = std::move(value);
    lexeme.field = named.field;
    lexeme.name = named.name;
    return {};
  }

  static Result<void> check_value(const Named& named, const std::string& value, std::size_t begin) {
    if (value.find_first_not_of("* ") == std::string::npos) {
      return Failure(query_error(named.name + ": needs a value, as in " + example(named), CodepointOffset(begin)));
    }
    const FieldName* field = field_named(named.name);
    if (field == nullptr) return {};
    const auto checked = check_field_value(*field, value);
    if (!checked) return Failure(query_error(named.name + ": " + checked.error().message, CodepointOffset(begin)));
    return {};
  }

  static std::string example(const Named& named) {
    switch (named.field) {
      case FilterField::lang: return "lang:fa";
      case FilterField::type: return "type:pdf";
      case FilterField::path: return "path:reports";
      case FilterField::label:
      case FilterField::field: break;
    }
    return named.name + ":" + std::string(field_named(named.name)->example);
  }

  // From the quotation mark at at_ to behind the next one.
  Result<std::string> quoted() {
    const std::size_t begin = at_++;
    std::string text;
    for (; at_ < letters_.size() && !is_quote(letters_[at_]); ++at_) append_utf8(text, letters_[at_]);
    if (at_ >= letters_.size()) {
      return Failure(query_error("this quotation mark is not closed: write a second one", CodepointOffset(begin)));
    }
    ++at_;
    return text;
  }

  Result<void> phrase() {
    const std::size_t begin = at_;
    std::string text = TRY(quoted());
    bool prefix = at_ < letters_.size() && letters_[at_] == U'*';
    if (prefix) ++at_;
    if (text.ends_with('*')) {
      text.pop_back();
      prefix = true;
    }
    TRY_VOID(check_stars(text, begin));
    Lexeme& lexeme = add(LexemeKind::phrase, begin);
    lexeme.text = std::move(text);
    lexeme.prefix = prefix;
    return {};
  }

  Result<void> word() {
    const std::size_t begin = at_;
    std::string text;
    for (; at_ < letters_.size(); ++at_) {
      const char32_t c = letters_[at_];
      if (is_space(c) || is_quote(c) || c == U'(' || c == U')') break;
      append_utf8(text, c);
    }
    if (is_operator(text)) {
      add(text == "OR"    ? LexemeKind::any_of
          : text == "AND" ? LexemeKind::all_of
                          : LexemeKind::negation,
          begin)
          .text = text;
      return {};
    }
    const bool prefix = text.size() > 1 && text.ends_with('*');
    if (prefix) text.pop_back();
    TRY_VOID(check_stars(text, begin));
    Lexeme& lexeme = add(LexemeKind::word, begin);
    lexeme.text = std::move(text);
    lexeme.prefix = prefix;
    return {};
  }

  static Result<void> check_stars(std::string_view text, std::size_t begin) {
    const std::size_t star = text.find('*');
    if (star == std::string_view::npos) return {};
    return Failure(query_error("a * stands for the rest of a word: write it at the end, as in minist*",
                               CodepointOffset(begin + codepoint_count(text.substr(0, star)))));
  }

  Lexeme& add(LexemeKind kind, std::size_t at) {
    lexemes_.push_back({kind, {}, false, FilterField::lang, {}, CodepointOffset(at)});
    return lexemes_.back();
  }

  std::u32string letters_;
  std::size_t at_ = 0;
  std::vector<Lexeme> lexemes_;
};

}  // namespace

Error query_error(std::string message, CodepointOffset at) {
  return Error{ErrorKind::malformed, std::move(message), "character " + std::to_string(at.value() + 1)};
}

Result<std::vector<Lexeme>> cut_query(std::string_view text) {
  if (text.size() > kMaxQueryBytes) {
    return Failure(
        query_error("the query is too long: at most " + std::to_string(kMaxQueryBytes) + " bytes", CodepointOffset(0)));
  }
  return Lexer(text).run();
}

}  // namespace dragoman::search
