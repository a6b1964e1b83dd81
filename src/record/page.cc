// SPDX-License-Identifier: AGPL-3.0-or-later
#include "record/page.h"

#include "base/utf8.h"

namespace dragoman {
namespace {

bool is_white_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_dropped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || is_bidi_control(c);
}

}  // namespace

std::string_view to_string(TextSource source) {
  switch (source) {
    case TextSource::none: return "none";
    case TextSource::text_layer: return "text_layer";
    case TextSource::ocr: return "ocr";
    case TextSource::body: return "body";
    case TextSource::human: return "human";
  }
  return "none";
}

std::string text_of(std::span<const Word> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += words[i].text;
    if (i + 1 == words.size()) break;
    switch (words[i].after) {
      case Break::space: out.push_back(' '); break;
      case Break::line: out.push_back('\n'); break;
      case Break::paragraph: out += "\n\n"; break;
      case Break::none: break;
    }
  }
  return out;
}

Sha256 version_of(std::span<const Word> words) {
  Sha256Hasher hasher;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) hasher.update(std::string_view("\n"));
    hasher.update(words[i].text);
  }
  return hasher.finish();
}

std::string label_of(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string label;
  for (const Word& word : words_of(text)) {
    if (!label.empty()) label.push_back(' ');
    label += word.text;
    if (label.size() > kMost) break;
  }
  if (label.size() <= kMost) return label;
  std::size_t end = kMost;
  while ((static_cast<unsigned char>(label[end]) & 0xC0U) == 0x80U) --end;
  label.resize(end);
  if (label.ends_with(' ')) label.pop_back();
  return label;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::string current;
  int newlines = 0;
  const auto flush = [&] {
    if (current.empty()) return;
    words.push_back(Word{std::move(current), {}, {}, Break::space});
    current.clear();
    newlines = 0;
  };
  for (std::size_t offset = 0; offset < text.size();) {
    const char32_t c = next_codepoint(text, offset);
    if (is_white_space(c)) {
      flush();
      newlines += c == '\n' || c == 0x2028;
      newlines += c == 0x2029 || c == '\f' ? 2 : 0;
      if (!words.empty() && newlines > 0) words.back().after = newlines > 1 ? Break::paragraph : Break::line;
    } else if (is_dropped(c)) {
      flush();
    } else {
      append_utf8(current, c);
    }
  }
  flush();
  return words;
}

}  // namespace dragoman
