// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mail_header.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

#include "base/utf8.h"
#include "read/mail_body.h"

namespace dragoman::read {
namespace {

struct EncodedWord {
  std::string charset;
  std::string bytes;     // decoded from B or Q
  std::size_t size = 0;  // of the whole "=?…?=" in the source
};

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

std::string from_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) continue;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(bits >> have & 0xFF));
    }
  }
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string from_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escaped) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i] == '_' ? ' ' : text[i]);
    }
  }
  return out;
}

// RFC 2047, section 2: "=?" charset "?" encoding "?" encoded-text "?="; RFC 2231, section 5: charset "*" language.
std::optional<EncodedWord> encoded_word_at(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t encoding = text.find('?', 2);
  if (encoding == text.npos || encoding == 2 || encoding > 64 || encoding + 3 > text.size()) return std::nullopt;
  const int how = std::tolower(static_cast<unsigned char>(text[encoding + 1]));
  if (text[encoding + 2] != '?' || (how != 'b' && how != 'q')) return std::nullopt;
  const std::size_t start = encoding + 3;
  const std::size_t end = text.find("?=", start);
  if (end == text.npos) return std::nullopt;
  const std::string_view body = text.substr(start, end - start);
  EncodedWord word;
  word.charset = std::string(text.substr(2, encoding - 2));
  word.charset.resize(std::min(word.charset.find('*'), word.charset.size()));
  word.bytes = how == 'b' ? from_base64(body) : from_q(body);
  word.size = end + 2;
  return word;
}

std::string unfolded(std::string_view raw) {
  std::string out;
  for (const char c : raw) {
    if (c == '\r' || c == '\n') continue;
    out.push_back(c == '\t' ? ' ' : c);
  }
  const std::size_t first = out.find_first_not_of(' ');
  if (first == out.npos) return {};
  return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == text.npos;
}

std::string one_line(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_codepoint(text, at);
    if (c < 0x20 || c == 0x7F) {
      out.push_back(' ');
    } else {
      append_utf8(out, c);
    }
  }
  return out;
}

}  // namespace

std::string decode_header(std::string_view raw, std::string_view charset) {
  const std::string line = unfolded(raw);
  const std::string_view text = line;
  std::string out;
  EncodedWord run;    // encoded words of one character set that touch
  std::string plain;  // what stands since the run
  const auto flush = [&] {
    if (!run.bytes.empty()) out += decode_mail_text(run.bytes, run.charset).utf8;
    run = {};
    if (!plain.empty()) out += is_valid_utf8(plain) ? plain : decode_mail_text(plain, charset).utf8;
    plain.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    std::optional<EncodedWord> word = encoded_word_at(text.substr(at));
    if (!word) {
      plain.push_back(text[at++]);
      continue;
    }
    at += word->size;
    const bool touches = run.size > 0 && is_blank(plain);  // section 6.2: white space between them is not shown
    if (touches) plain.clear();
    if (!touches || run.charset != word->charset) flush();
    run.charset = word->charset;
    run.bytes += word->bytes;
    run.size = word->size;
  }
  flush();
  return one_line(out);
}

bool is_kept_header(std::string_view key) {
  static constexpr std::string_view kKept[] = {"from",
                                               "sender",
                                               "reply-to",
                                               "to",
                                               "cc",
                                               "bcc",
                                               "date",
                                               "subject",
                                               "message-id",
                                               "in-reply-to",
                                               "references",
                                               "thread-index",
                                               "thread-topic",
                                               "return-path",
                                               "received",
                                               "delivered-to",
                                               "user-agent",
                                               "x-mailer",
                                               "x-originating-ip",
                                               "list-id",
                                               "importance",
                                               "x-priority",
                                               "organization",
                                               "authentication-results",
                                               "keywords",
                                               "comments",
                                               "x-original-to",
                                               "x-envelope-to",
                                               "envelope-to",
                                               "x-envelope-from",
                                               "x-forwarded-to",
                                               "disposition-notification-to",
                                               "auto-submitted",
                                               "x-gm-thrid",
                                               "x-gm-labels",
                                               "x-gm-msgid",
                                               "x-folder",
                                               "x-mozilla-status",
                                               "x-mozilla-keys",
                                               "status",
                                               "received-spf",
                                               "resent-from",
                                               "resent-to",
                                               "resent-date",
                                               "resent-sender",
                                               "resent-cc",
                                               "resent-message-id",
                                               "x-sender-ip"};
  return key.starts_with("x-mapi-") || std::find(std::begin(kKept), std::end(kKept), key) != std::end(kKept);
}

}  // namespace dragoman::read
