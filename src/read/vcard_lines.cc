// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/vcard_lines.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "read/encoding.h"

namespace dragoman::read {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int small = std::tolower(static_cast<unsigned char>(c));
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string from_hex_escapes(std::string_view text, char mark) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == mark && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    out.push_back(escaped ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i]);
    if (escaped) i += 2;
  }
  return out;
}

std::string from_base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int have = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+' || c == '-') value = 62;
    if (c == '/' || c == '_') value = 63;
    if (value < 0) continue;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFFFF;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(bits >> have & 0xFF));
    }
  }
  return out;
}

// "\n", "\,", "\;", "\\" (RFC 6350, section 3.4; RFC 5545, section 3.3.11).
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out.push_back(text[i]);
      continue;
    }
    ++i;
    const bool feed = text[i] == 'n' || text[i] == 'N';
    const bool known = feed || text[i] == ',' || text[i] == ';' || text[i] == '\\' || text[i] == ':' || text[i] == '"';
    if (!known) out.push_back('\\');
    out.push_back(feed ? '\n' : text[i]);
  }
  return out;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t feed = text.find('\n');
  std::string_view line = text.substr(0, feed);
  text.remove_prefix(feed == text.npos ? text.size() : feed + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The colon that ends the name and its parameters: the first outside quotes.
std::size_t head_end(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == ':' && !quoted) return i;
  }
  return quoted ? line.find(':') : line.npos;
}

std::vector<std::string_view> split_outside_quotes(std::string_view text, char at) {
  std::vector<std::string_view> out;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (text[i] != at || quoted)) continue;
    out.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  return out;
}

std::string unquoted(std::string_view text) {
  std::string out(text);
  std::erase(out, '"');
  return out;
}

void read_head(std::string_view head, ContentLine& line) {
  const std::vector<std::string_view> parts = split_outside_quotes(head, ';');
  std::string_view name = parts.front();
  const std::size_t group = name.rfind('.');
  if (group != name.npos) name.remove_prefix(group + 1);
  line.name = upper(name);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == parts[i].npos) {
      line.parameters.emplace_back("", unquoted(parts[i]));
    } else {
      line.parameters.emplace_back(upper(parts[i].substr(0, equals)), unquoted(parts[i].substr(equals + 1)));
    }
  }
}

bool has_coding(const ContentLine& line, std::string_view coding) {
  return std::any_of(line.parameters.begin(), line.parameters.end(), [&](const auto& one) {
    return (one.first == "ENCODING" || one.first.empty()) && lower(one.second) == coding;
  });
}

void read_value(std::string_view raw, ContentLine& line, bool& malformed) {
  const bool base64 = has_coding(line, "base64") || has_coding(line, "b");
  const std::size_t comma = raw.find(',');
  if (base64) {
    line.binary = true;
    line.bytes = from_base64(raw);
  } else if (lower(raw.substr(0, 5)) == "data:" && comma != raw.npos) {  // RFC 2397
    line.binary = true;
    const bool coded = lower(raw.substr(0, comma)).ends_with(";base64");
    line.bytes = coded ? from_base64(raw.substr(comma + 1)) : from_hex_escapes(raw.substr(comma + 1), '%');
    line.parameters.emplace_back("MEDIATYPE", std::string(raw.substr(5, raw.find_first_of(";,") - 5)));
  } else if (has_coding(line, "quoted-printable")) {
    const Decoded decoded = decode_as(from_hex_escapes(raw, '='), line.parameter("CHARSET"));
    malformed = malformed || decoded.malformed;
    line.value = unescaped(decoded.utf8);
  } else {
    line.value = unescaped(raw);
  }
}

}  // namespace

std::string ContentLine::parameter(std::string_view parameter_name) const {
  for (const auto& [key, text] : parameters) {
    if (key == parameter_name) return text;
  }
  return {};
}

std::string ContentLine::types() const {
  std::string out;
  for (const auto& [key, text] : parameters) {
    const std::string small = lower(text);
    const bool coding = small == "quoted-printable" || small == "base64" || small == "pref";
    if ((key != "TYPE" && !key.empty()) || coding) continue;
    if (!out.empty()) out += ", ";
    out += small;
  }
  return out;
}

ContentLines::ContentLines(std::string_view file) {
  Decoded decoded = decode_text(file);
  malformed_ = decoded.malformed;
  text_ = std::move(decoded.utf8);
}

std::optional<ContentLine> ContentLines::next() {
  std::string_view rest = std::string_view(text_).substr(at_);
  while (!rest.empty()) {
    std::string whole(take_line(rest));
    // Folded: the next line begins with white space (2.1 keeps it, the later ones do not).
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
      std::string_view more = take_line(rest);
      more.remove_prefix(1);
      whole += more;
    }
    const std::size_t colon = head_end(whole);
    if (colon == std::string::npos || colon == 0) continue;
    ContentLine line;
    read_head(std::string_view(whole).substr(0, colon), line);
    std::string value = whole.substr(colon + 1);
    // Quoted-printable goes on behind a '=' at the end of a line, whatever the next one begins with.
    const bool quoted = has_coding(line, "quoted-printable");
    while (quoted && value.ends_with('=') && !rest.empty()) {
      value.pop_back();
      value += take_line(rest);
    }
    read_value(value, line, malformed_);
    at_ = text_.size() - rest.size();
    return line;
  }
  at_ = text_.size();
  return std::nullopt;
}

}  // namespace dragoman::read
