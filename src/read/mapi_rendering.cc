// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mapi_rendering.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::uint16_t kAttachMimeTag = 0x370E;
constexpr std::uint16_t kAttachContentId = 0x3712;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 2045, section 6.8: lines of 76 letters.
class Base64Lines {
 public:
  explicit Base64Lines(const MapiEat& eat) : eat_(eat) {}
  bool add(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kLine - held_.size());
      held_ += bytes.substr(0, taken);
      bytes.remove_prefix(taken);
      if (held_.size() == kLine) flush();
      if (out_.size() > kPiece && !send()) return false;
    }
    return true;
  }
  bool finish() {
    if (!held_.empty()) flush();
    return send();
  }

 private:
  static constexpr std::size_t kLine = 57;
  static constexpr std::size_t kPiece = 64 * 1024;
  void flush() {
    for (std::size_t at = 0; at < held_.size(); at += 3) {
      const std::uint32_t bits =
          std::uint32_t{u8_at(held_, at)} << 16 | std::uint32_t{u8_at(held_, at + 1)} << 8 | u8_at(held_, at + 2);
      for (std::size_t i = 0; i < 4; ++i) {
        out_.push_back(i > held_.size() - at ? '=' : kLetters[bits >> (18 - 6 * i) & 63]);
      }
    }
    out_ += "\r\n";
    held_.clear();
  }
  bool send() {
    const bool more = out_.empty() || eat_(out_);
    out_.clear();
    return more;
  }
  const MapiEat& eat_;
  std::string held_;
  std::string out_;
};

// RFC 2231, section 4.
std::string extended_value(std::string_view text) {
  std::string out = "utf-8''";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '.' || c == '-' || c == '_');
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

bool is_mime_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos || slash == 0 || slash + 1 == text.size() || text.size() > 120) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/.+-_").find(c) != std::string_view::npos;
  });
}

class Renderer {
 public:
  Renderer(const Limits& limits, const MapiEat& eat) : limits_(limits), eat_(eat) {}
  void message(const MapiMessage& message, std::uint32_t depth);
  const Rendering& result() const { return result_; }

 private:
  void say(std::string_view text) {
    if (!result_.stopped && !eat_(text)) result_.stopped = true;
  }
  void encoded(std::string_view head, std::string_view bytes);
  void body(const MapiMessage& message, const std::string& boundary);
  void attachment(const MapiMessage& message, std::size_t index, const std::string& boundary, std::uint32_t depth);
  std::string references_of(const MapiMessage& message);

  const Limits& limits_;
  const MapiEat& eat_;
  std::size_t boundaries_ = 0;
  Rendering result_;
};

void Renderer::encoded(std::string_view head, std::string_view bytes) {
  say(fmt::format("{}Content-Transfer-Encoding: base64\r\n\r\n", head));
  Base64Lines lines(eat_);
  if (!result_.stopped && !(lines.add(bytes) && lines.finish())) result_.stopped = true;
}

// Details and plain text, the HTML as an alternative to it, RTF where there is nothing else.
void Renderer::body(const MapiMessage& message, const std::string& boundary) {
  const MapiBody body = mapi_body_of(message, limits_);
  result_.damaged = result_.damaged || body.damaged;
  const std::string details = mapi_details_of(message) + references_of(message);
  const std::string plain = details.empty() ? body.plain : details + "\n" + body.plain;
  const std::string open = "--" + boundary + "\r\n";
  const bool plain_said = plain.find_first_not_of(" \t\r\n") != plain.npos;
  // Details beside HTML are no alternative to it: both are the body.
  const bool alternative = plain_said && !body.html.empty() && details.empty();
  std::string inner = boundary;
  if (alternative) {
    inner = boundary + "=alt";
    say(open + "Content-Type: multipart/alternative; boundary=\"" + inner + "\"\r\n\r\n");
  }
  const std::string open_inner = "--" + inner + "\r\n";
  if (plain_said) encoded(open_inner + "Content-Type: text/plain; charset=utf-8\r\n", plain);
  if (!body.html.empty()) {
    const std::string charset = body.charset.empty() ? "" : "; charset=" + body.charset;
    encoded(open_inner + "Content-Type: text/html" + charset + "\r\n", body.html);
  }
  if (alternative) say("--" + inner + "--\r\n");
  if (!body.rtf.empty()) encoded(open + "Content-Type: text/rtf; name=body.rtf\r\n", body.rtf);
}

std::string Renderer::references_of(const MapiMessage& message) {
  std::string out;
  for (std::size_t i = 0; i < message.attachment_count; ++i) {
    const Result<MapiAttachment> attachment = message.attachment(i);
    if (!attachment) continue;
    const std::string where = mapi_reference_of(*attachment);
    if (!where.empty()) out += "Attachment kept elsewhere: " + where + "\n";
  }
  return out;
}

void Renderer::attachment(const MapiMessage& message, std::size_t index, const std::string& boundary,
                          std::uint32_t depth) {
  ++result_.attachments;
  const Result<MapiAttachment> found = message.attachment(index);
  if (!found) {
    ++result_.lost;
    return;
  }
  if (!mapi_reference_of(*found).empty() && !found->data) {
    ++result_.elsewhere;
    return;
  }
  const std::string open = "--" + boundary + "\r\n";
  const std::string named =
      "Content-Disposition: attachment; filename*=" + extended_value(mapi_name_of(*found, index)) + "\r\n";
  if (found->message) {
    if (depth >= limits_.max_depth) {
      result_.too_deep = true;
      return;
    }
    const Result<MapiMessage> inner = found->message();
    if (!inner) {
      ++result_.lost;
      return;
    }
    say(open + "Content-Type: message/rfc822\r\n" + named + "\r\n");
    this->message(*inner, depth + 1);
    return;
  }
  if (!found->data) {
    ++result_.lost;
    return;
  }
  std::string type = found->properties.text(kAttachMimeTag);
  // A mail or a multipart would be taken apart again: its bytes are a file here.
  if (!is_mime_type(type) || type.starts_with("multipart/") || type.starts_with("message/"))
    type = "application/octet-stream";
  std::string id = found->properties.text(kAttachContentId);
  std::erase_if(id, [](char c) { return static_cast<unsigned char>(c) <= 32 || c == '<' || c == '>'; });
  const std::string id_line = id.empty() ? "" : "Content-ID: <" + id + ">\r\n";
  say(open + "Content-Type: " + type + "\r\n" + named + id_line + "Content-Transfer-Encoding: base64\r\n\r\n");
  Base64Lines lines(eat_);
  bool more = !result_.stopped;
  const bool whole = found->data([&](std::string_view bytes) {
    more = more && lines.add(bytes);
    return more;
  });
  more = more && lines.finish();
  result_.stopped = result_.stopped || !more;
  if (!whole && more) ++result_.lost;
}

void Renderer::message(const MapiMessage& message, std::uint32_t depth) {
  // Content is base64, whose letters no boundary can be made of: it holds '=' and '_' in its midst.
  const std::string boundary = fmt::format("=_mapi_{}", ++boundaries_);
  std::string head;
  for (const auto& [name, value] : mail_head_of(message)) head += name + ": " + value + "\r\n";
  say(head + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n");
  body(message, boundary);
  for (std::size_t i = 0; i < message.attachment_count && !result_.stopped; ++i) {
    attachment(message, i, boundary, depth);
  }
  say("\r\n--" + boundary + "--\r\n");
}

}  // namespace

Rendering render_mail(const MapiMessage& message, const Limits& limits, const MapiEat& eat) {
  Renderer renderer(limits, eat);
  renderer.message(message, 0);
  return renderer.result();
}

}  // namespace dragoman::read
