// SPDX-License-Identifier: AGPL-3.0-or-later
#include "mail.h"

#include <fmt/format.h>

#include <array>

#include "base/utf8.h"
#include "calendar.h"
#include "markup.h"

namespace dragoman::sample {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out.push_back(i + j <= bytes.size() ? kAlphabet[three >> (18 - 6 * j) & 63] : '=');
    }
  }
  return out;
}

// Lines of 76 characters (RFC 2045, 6.8).
std::string base64_lines(std::string_view bytes) {
  const std::string flat = base64(bytes);
  std::string out;
  for (std::size_t i = 0; i < flat.size(); i += 76) out += flat.substr(i, 76) + "\r\n";
  return out;
}

// RFC 2045, 6.7: soft line breaks before column 76; a blank at the end of a line is encoded.
std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = c >= ' ' && c <= '~' && c != '=' && !(c == ' ' && at_end);
    const std::string piece = plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    if (column + piece.size() > 75) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  return out + "\r\n";
}

// RFC 2047: words of at most 75 characters, never cut inside a character.
std::string header_text(std::string_view text) {
  bool ascii = true;
  for (const char c : text) ascii = ascii && (c & 0x80) == 0;
  if (ascii) return std::string(text);
  std::string out;
  std::string piece;
  const auto flush = [&] {
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(piece));
    piece.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    next_codepoint(text, at);
    if (piece.size() + (at - start) > 45) flush();
    piece += text.substr(start, at - start);
  }
  flush();
  return out;
}

std::string mail_date(int day, Prng& prng) {
  constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // from 1970-01-01
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CalendarDate d = in_calendar(Calendar::gregorian, day);
  const int second = prng.between(8 * 3600, 18 * 3600);  // of the day
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0330", kDays[static_cast<std::size_t>(day) % 7], d.day,
                     kMonths[static_cast<std::size_t>(d.month - 1)], d.year, second / 3600, second / 60 % 60,
                     second % 60);
}

std::string text_part(std::string_view subtype, std::string_view text, TransferEncoding encoding) {
  const bool as_base64 = encoding == TransferEncoding::base64;
  return fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", subtype,
                     as_base64 ? "base64" : "quoted-printable",
                     as_base64 ? base64_lines(text) : quoted_printable(text));
}

std::string as_html(const Mail& mail) {
  std::string out = fmt::format("<html><body dir=\"{}\">\n", mail.rtl ? "rtl" : "ltr");
  std::size_t at = 0;
  while (at < mail.text.size()) {
    const std::size_t end = std::min(mail.text.find('\n', at), mail.text.size());
    if (end > at) out += "<p>" + escape_markup(std::string_view(mail.text).substr(at, end - at)) + "</p>\n";
    at = end + 1;
  }
  return out + "</body></html>\n";
}

std::string multipart(std::string_view subtype, const std::vector<std::string>& parts, Prng& prng) {
  const std::string boundary = fmt::format("=_{:016x}", prng.next());
  std::string out = fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n", subtype, boundary);
  for (const std::string& part : parts) out += fmt::format("--{}\r\n{}\r\n", boundary, part);
  return out + fmt::format("--{}--\r\n", boundary);
}

std::string attachment_part(const Attachment& attachment) {
  const std::string name = header_text(attachment.name);
  // RFC 2046, 5.2.1: a message inside a message is not encoded.
  if (attachment.type == "message/rfc822") {
    return fmt::format(
        "Content-Type: message/rfc822;\r\n name=\"{}\"\r\nContent-Disposition: attachment;\r\n filename=\"{}\"\r\n\r\n{}",
        name, name, attachment.bytes);
  }
  return fmt::format(
      "Content-Type: {};\r\n name=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment;\r\n filename=\"{}\"\r\n\r\n{}",
      attachment.type, name, name, base64_lines(attachment.bytes));
}

std::string address(std::string_view name, std::string_view mailbox) {
  return fmt::format("{} <{}>", header_text(name), mailbox);
}

}  // namespace

WrittenMail write_mail(const Mail& mail, Prng& prng) {
  std::string body = text_part("plain", mail.text, mail.encoding);
  if (mail.with_html) body = multipart("alternative", {body, text_part("html", as_html(mail), mail.encoding)}, prng);
  if (!mail.attachments.empty()) {
    std::vector<std::string> parts{body};
    for (const Attachment& attachment : mail.attachments) parts.push_back(attachment_part(attachment));
    body = multipart("mixed", parts, prng);
  }
  const std::string date = mail_date(mail.day, prng);
  const std::uint64_t id = prng.next();
  WrittenMail written;
  written.bytes = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{:016x}@mail.varzenia.example>\r\n"
      "MIME-Version: 1.0\r\n{}",
      address(mail.from_name, mail.from_address), address(mail.to_name, mail.to_address), header_text(mail.subject),
      date, id, body);
  written.head = fmt::format("From: {} <{}>\nTo: {} <{}>\nDate: {}\nSubject: {}\n", mail.from_name, mail.from_address,
                             mail.to_name, mail.to_address, date, mail.subject);
  return written;
}

}  // namespace dragoman::sample
