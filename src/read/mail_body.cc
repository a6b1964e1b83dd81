// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mail_body.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/utf8.h"
#include "text/tokens.h"

namespace dragoman::read {
namespace {

// Of the two forms of a mail; a body that is longer is compared by its beginning.
constexpr std::size_t kComparedBytes = std::size_t{2} << 20;

std::string_view line_at(std::string_view text, std::size_t at) {
  std::string_view line = text.substr(at, text.find('\n', at) - at);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::size_t behind_line(std::string_view text, std::size_t at) {
  const std::size_t feed = text.find('\n', at);
  return feed == text.npos ? text.size() : feed + 1;
}

std::string name_of(std::string_view raw) {
  return is_valid_utf8(raw) ? std::string(raw) : decode_text(raw).utf8;
}

// "begin 644 name": the name, or nothing.
std::optional<std::string_view> uu_name(std::string_view line) {
  if (!line.starts_with("begin ")) return std::nullopt;
  line.remove_prefix(6);
  const std::size_t digits = line.find_first_not_of("01234567");
  if (digits != 3 && digits != 4) return std::nullopt;
  if (line[digits] != ' ') return std::nullopt;
  return line.substr(digits + 1);
}

// POSIX, uuencode: the first character is the number of bytes, each later one six bits above 32; '`' stands for 0.
bool append_uu_line(std::string_view line, std::string& out) {
  if (line.empty() || line[0] < 32 || line[0] > 96) return false;
  const auto count = static_cast<std::size_t>((line[0] - 32) & 63);
  if (line.size() > 1 + (count + 2) / 3 * 4 + 2) return false;  // some writers add a checksum
  std::string_view body = line.substr(1);
  std::size_t left = count;
  for (std::size_t at = 0; left > 0; at += 4) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      // Trailing spaces get lost on the way: they are zeros.
      const char c = at + i < body.size() ? body[at + i] : ' ';
      if (c < 32 || c > 96) return false;
      bits = bits << 6 | static_cast<std::uint32_t>((c - 32) & 63);
    }
    for (std::size_t i = 0; i < 3 && left > 0; ++i, --left) out.push_back(static_cast<char>(bits >> (16 - 8 * i)));
  }
  return true;
}

// One uuencoded file whose "begin" line is at `at`; moves `at` behind it. Nothing when no line decodes.
std::optional<CodedFile> take_uu(std::string_view text, std::size_t& at) {
  CodedFile file;
  file.name = name_of(*uu_name(line_at(text, at)));
  std::size_t here = behind_line(text, at);
  bool any = false;
  file.cut = true;
  while (here < text.size()) {
    const std::string_view line = line_at(text, here);
    const bool end = line == "end";
    if (end) file.cut = false;
    if (!end && !line.empty() && !append_uu_line(line, file.bytes)) break;
    any = any || (!line.empty() && !end);
    here = behind_line(text, here);
    if (end) break;
  }
  if (!any) return std::nullopt;
  at = here;
  return file;
}

std::string_view value_behind(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  return at == line.npos ? std::string_view() : line.substr(at + key.size());
}

// yEnc, draft 1.3: each byte plus 42; '=' escapes and adds 64 more.
void append_y_line(std::string_view line, std::string& out) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    int c = static_cast<unsigned char>(line[i]);
    if (line[i] == '=' && i + 1 < line.size()) c = static_cast<unsigned char>(line[++i]) - 64;
    out.push_back(static_cast<char>(c - 42));
  }
}

std::optional<CodedFile> take_yenc(std::string_view text, std::size_t& at) {
  const std::string_view head = line_at(text, at);
  if (value_behind(head, " size=").empty()) return std::nullopt;
  CodedFile file;
  file.name = name_of(value_behind(head, " name="));
  file.cut = true;
  std::size_t here = behind_line(text, at);
  while (here < text.size() && file.cut) {
    const std::string_view line = line_at(text, here);
    here = behind_line(text, here);
    if (line.starts_with("=ypart ")) continue;
    if (line.starts_with("=yend")) {
      file.cut = false;
    } else {
      append_y_line(line.starts_with("..") ? line.substr(1) : line, file.bytes);
    }
  }
  at = here;
  return file;
}

// Where the next coded file may begin. Each of the two marks is looked for once, however often the other is met.
class CodedStarts {
 public:
  explicit CodedStarts(std::string_view text) : text_(text) {}
  std::size_t next(std::size_t at) {
    for (;;) {
      if (uu_ != text_.npos && (uu_ < at || !looked_)) uu_ = text_.find("begin ", at);
      if (y_ != text_.npos && (y_ < at || !looked_)) y_ = text_.find("=ybegin ", at);
      looked_ = true;
      const std::size_t found = std::min(uu_, y_);
      if (found == text_.npos) return found;
      const bool line_start = found == 0 || text_[found - 1] == '\n';
      if (line_start && (found == y_ || uu_name(line_at(text_, found)))) return found;
      at = found + 1;
    }
  }

 private:
  std::string_view text_;
  std::size_t uu_ = 0;
  std::size_t y_ = 0;
  bool looked_ = false;
};

// The words of a text as they are searched; addresses of links left out, which HTML hides and plain text shows.
std::unordered_set<std::string> searched_words(std::string_view text, const std::unordered_set<std::string>* known,
                                               std::size_t most) {
  std::unordered_set<std::string> out;
  text::Tokeniser tokeniser;
  for (const Word& word : words_of(text)) {
    if (word.text.find("://") != word.text.npos || word.text.find("www.") != word.text.npos) continue;
    tokeniser.clear();
    tokeniser.add_word(word.text);
    tokeniser.walk([&](const text::TokenView& token) {
      std::string found(token.text);
      if (known == nullptr || !known->contains(found)) out.insert(std::move(found));
      return true;
    });
    if (out.size() >= most) break;
  }
  return out;
}

bool declares_nothing(std::string_view charset) {
  static constexpr std::array<std::string_view, 14> kNames{
      "x-unknown", "unknown",  "unknown-8bit", "8bit",           "7bit", "none",       "default",
      "binary",    "x-binary", "unspecified",  "x-user-defined", "_",    "no_charset", "utf-8bit"};
  return std::find(kNames.begin(), kNames.end(), charset) != kNames.end();
}

// Names that mailers write and ICU does not know.
std::string_view charset_known_as(std::string_view charset) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNames{{
      {"iso-8859-6-i", "iso-8859-6"},
      {"iso-8859-6-e", "iso-8859-6"},
      {"iso-8859-8-e", "iso-8859-8"},
      {"iso-8859-8-i", "iso-8859-8"},
      {"cp-850", "cp850"},
      {"cp-1256", "windows-1256"},
      {"cp1256", "windows-1256"},
      {"ansi_x3.110-1983", "windows-1252"},
      {"ansi", "windows-1252"},
      {"unicode", "utf-16"},
      {"x-gbk", "gbk"},
      {"gb2312", "gb18030"},
      {"x-sjis", "shift_jis"},
      {"x-unicode-2-0-utf-7", "utf-7"},
  }};
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == charset; });
  return found == kNames.end() ? charset : found->second;
}

}  // namespace

Uncoded take_out_coded_files(std::string_view text, std::size_t most) {
  Uncoded out;
  std::size_t kept = 0;
  CodedStarts starts(text);
  for (std::size_t at = starts.next(0); at != text.npos && out.files.size() < most; at = starts.next(at)) {
    std::size_t end = at;
    std::optional<CodedFile> file = text[at] == 'b' ? take_uu(text, end) : take_yenc(text, end);
    if (!file) {
      ++at;
      continue;
    }
    out.text += text.substr(kept, at - kept);
    out.files.push_back(std::move(*file));
    kept = at = end;
  }
  out.text += text.substr(kept);
  return out;
}

std::string unflowed(std::string_view text, bool delsp) {
  std::string out;
  out.reserve(text.size());
  std::size_t open_quotes = 0;  // of a line that goes on
  bool open = false;
  for (std::size_t at = 0; at < text.size(); at = behind_line(text, at)) {
    std::string_view line = line_at(text, at);
    const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    std::string_view content = line.substr(quotes);
    if (content.starts_with(' ')) content.remove_prefix(1);
    const bool signature = content == "-- ";
    const bool joins = open && quotes == open_quotes && !signature;
    if (open && !joins) out.push_back('\n');
    if (!joins && quotes > 0) {
      out.append(quotes, '>');
      out.push_back(' ');
    }
    open = content.ends_with(' ') && !signature;
    open_quotes = quotes;
    if (open && delsp) content.remove_suffix(1);
    out += content;
    if (!open) out.push_back('\n');
  }
  return out;
}

bool has_other_words(std::string_view text, std::string_view other) {
  text = text.substr(0, kComparedBytes);
  other = other.substr(0, kComparedBytes);
  const std::unordered_set<std::string> known = searched_words(text, nullptr, std::string_view::npos);
  return searched_words(other, &known, kOtherWords).size() >= kOtherWords;
}

Decoded decode_mail_text(std::string_view bytes, std::string_view charset) {
  std::string name;
  for (const char c : charset) name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  if (name.empty() || declares_nothing(name)) return decode_text(bytes);
  const bool latin = name == "iso-8859-1" || name == "latin1" || name == "windows-1252" || name == "iso-8859-15" ||
                     name == "us-ascii" || name == "ascii" || name == "cp1252";
  const bool high =
      std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (latin && high) {
    Decoded seen = decode_text(bytes);
    const bool telling = seen.encoding == "UTF-8" || seen.encoding == "windows-1256" || seen.encoding == "ISO-8859-6";
    if (telling && !seen.malformed) return seen;
  }
  return decode_as(bytes, charset_known_as(name));
}

}  // namespace dragoman::read
