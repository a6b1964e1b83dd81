// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/entry_line.h"

#include <algorithm>
#include <charconv>
#include <span>

#include <fmt/format.h>

namespace dragoman::vault {
namespace {

constexpr std::size_t kMaxPlain = 200;
constexpr std::string_view kSignature = ",\"sig\":\"";
constexpr EntryKind kKinds[] = {EntryKind::genesis, EntryKind::batch,  EntryKind::derive,
                                EntryKind::note,    EntryKind::verify, EntryKind::remove};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_plain_char(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || std::string_view(" .,:;_+=/-").find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain_char(c)) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Failure no_line(const char* why) {
  return fail(ErrorKind::malformed, why);
}

// Reads the parts of a line from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  std::string_view rest() const { return rest_; }

  Result<void> literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return no_line("a key is missing or out of place");
    rest_.remove_prefix(expected.size());
    return {};
  }

  // Up to the next quotation mark; nothing in a line is escaped.
  Result<std::string_view> text() {
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return no_line("a text does not end");
    const std::string_view value = rest_.substr(0, end);
    if (!is_plain(value)) return no_line("a text holds what it may not");
    rest_.remove_prefix(end);
    return value;
  }

  // The same with %XX for all but plain characters.
  Result<std::string> statement(std::size_t most) {
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return no_line("a text does not end");
    std::string value;
    for (std::string_view left = rest_.substr(0, end); !left.empty();) {
      const bool escaped = left.front() == '%';
      unsigned byte = static_cast<unsigned char>(left.front());
      if (escaped) {
        const auto [stop, error] =
            std::from_chars(left.data() + 1, left.data() + std::min<std::size_t>(left.size(), 3), byte, 16);
        if (error != std::errc() || stop != left.data() + 3) return no_line("a text holds what it may not");
      } else if (!is_plain_char(left.front())) {
        return no_line("a text holds what it may not");
      }
      value.push_back(static_cast<char>(byte));
      left.remove_prefix(escaped ? 3 : 1);
    }
    if (!is_statement(value, most)) return no_line("a text holds what it may not");
    rest_.remove_prefix(end);
    return value;
  }

  Result<std::string_view> hex(std::size_t digits) {
    const std::string_view value = rest_.substr(0, digits);
    if (value.size() != digits || !is_lower_hex(value)) return no_line("not the hex digits that belong here");
    rest_.remove_prefix(digits);
    return value;
  }

  // "2026-03-01"
  Result<std::string> day() {
    const std::string_view value = rest_.substr(0, 10);
    for (std::size_t i = 0; i < 10; ++i) {
      const bool dash = i == 4 || i == 7;
      if (i >= value.size() || (dash ? value[i] != '-' : !is_digit(value[i]))) return no_line("not a day");
    }
    rest_.remove_prefix(10);
    return std::string(value);
  }

  Result<Sha256> digest() {
    const std::string_view digits = TRY(hex(64));
    return Sha256::from_hex(digits);
  }

  Result<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return no_line("not the number that belongs here");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

 private:
  std::string_view rest_;
};

Result<EntryKind> kind_from(std::string_view word) {
  for (const EntryKind kind : kKinds) {
    if (to_string(kind) == word) return kind;
  }
  return no_line("an unknown kind of entry");
}

Result<EntryLine> parse_unsigned(Scanner& in) {
  EntryLine out;
  TRY_VOID(in.literal("{\"n\":"));
  out.number = TRY(in.number());
  TRY_VOID(in.literal(",\"prev\":\""));
  out.previous = TRY(in.digest());
  TRY_VOID(in.literal("\",\"at\":\""));
  out.at = TRY(in.day());
  TRY_VOID(in.literal("\",\"kind\":\""));
  const std::string_view kind = TRY(in.text());
  out.kind = TRY(kind_from(kind));
  TRY_VOID(in.literal("\",\"root\":\""));
  out.root = TRY(in.digest());
  TRY_VOID(in.literal("\",\"items\":"));
  out.items = TRY(in.number());
  TRY_VOID(in.literal(",\"bytes\":"));
  out.bytes = TRY(in.number());
  TRY_VOID(in.literal(",\"tool\":\""));
  out.tool = TRY(in.text());
  TRY_VOID(in.literal("\",\"policy\":\""));
  out.policy = TRY(in.text());
  TRY_VOID(in.literal("\",\"detail\":\""));
  out.detail = TRY(in.text());
  TRY_VOID(in.literal("\""));
  if (out.kind == EntryKind::remove) {
    TRY_VOID(in.literal(",\"who\":\""));
    out.who = TRY(in.statement(kMaxWho));
    TRY_VOID(in.literal("\",\"why\":\""));
    out.why = TRY(in.statement(kMaxWhy));
    TRY_VOID(in.literal("\""));
  }
  if (out.kind != EntryKind::genesis) return out;
  TRY_VOID(in.literal(",\"case\":\""));
  out.case_id = TRY(in.hex(32));
  TRY_VOID(in.literal("\",\"key\":\""));
  const std::string_view key = TRY(in.hex(64));
  out.key = TRY(PublicKey::from_hex(key));
  TRY_VOID(in.literal("\""));
  return out;
}

}  // namespace

bool is_plain(std::string_view text) {
  return text.size() <= kMaxPlain && std::all_of(text.begin(), text.end(), is_plain_char);
}

bool is_torn(std::string_view found, std::string_view lines) {
  return found.size() <= lines.size() &&
         std::equal(found.begin(), found.end(), lines.begin(), [](char a, char b) { return a == b || a == '\0'; });
}

std::string format_unsigned(const EntryLine& line) {
  std::string out = fmt::format(
      R"({{"n":{},"prev":"{}","at":"{}","kind":"{}","root":"{}","items":{},"bytes":{},"tool":"{}","policy":"{}","detail":"{}")",
      line.number, line.previous.hex(), line.at, to_string(line.kind), line.root.hex(), line.items, line.bytes,
      line.tool, line.policy, line.detail);
  if (line.kind == EntryKind::remove) {
    out += fmt::format(R"(,"who":"{}","why":"{}")", escaped(line.who), escaped(line.why));
  }
  if (line.key) out += fmt::format(R"(,"case":"{}","key":"{}")", line.case_id, line.key->hex());
  return out;
}

std::string format_line(std::string_view unsigned_part, const Signature& signature) {
  return fmt::format("{}{}{}\"}}", unsigned_part, kSignature, to_hex(signature));
}

Result<ParsedLine> parse_line(std::string_view text) {
  if (text.size() > kMaxLine) return no_line("longer than any line of this log");
  ParsedLine out;
  Scanner in(text);
  out.line = TRY(parse_unsigned(in));
  out.unsigned_part = text.substr(0, text.size() - in.rest().size());
  TRY_VOID(in.literal(kSignature));
  const std::string_view digits = TRY(in.hex(128));
  TRY_VOID(in.literal("\"}"));
  if (!in.rest().empty()) return no_line("something follows the end of the entry");
  for (std::size_t i = 0; i < out.signature.size(); ++i) {
    std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, out.signature[i], 16);
  }
  // Numbers can be written in more than one way; the log knows one.
  if (format_line(format_unsigned(out.line), out.signature) != text) return no_line("not in the log's own form");
  return out;
}

}  // namespace dragoman::vault
