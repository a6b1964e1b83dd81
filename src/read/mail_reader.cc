// SPDX-License-Identifier: AGPL-3.0-or-later
// A mail is a document (its fields, its body) and a container (attachments, inline pictures, forwarded mails).
#include <algorithm>

#include "read/encoding.h"
#include "read/html_text.h"
#include "read/input.h"
#include "read/mail_message.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

struct BodyText {
  std::string utf8;
  std::string encodings;  // distinct, in order
  bool malformed = false;
  bool cut = false;
};

void note_encoding(std::string& encodings, const std::string& encoding) {
  if (encodings.find(encoding) != encodings.npos || encodings.size() > 100) return;
  if (!encodings.empty()) encodings.push_back('+');
  encodings += encoding;
}

// The declared character set, else what the markup says of itself, else what the bytes look like.
Decoded decoded_of(const MailText& text) {
  std::string charset = text.charset;
  if (charset.empty() && text.html) charset = charset_of_html(text.bytes);
  return decode_as(text.bytes, charset);
}

BodyText body_of(const MailMessage& mail, const Limits& limits) {
  BodyText body;
  for (std::size_t i = 0; i < mail.text_count(); ++i) {
    const std::uint64_t left = limits.max_text_bytes - std::min<std::uint64_t>(limits.max_text_bytes, body.utf8.size());
    if (left == 0) {
      body.cut = true;
      break;
    }
    const MailText text = mail.text(i, static_cast<std::size_t>(left));
    body.cut = body.cut || text.bytes.size() == left;
    const Decoded decoded = decoded_of(text);
    body.malformed = body.malformed || decoded.malformed;
    note_encoding(body.encodings, decoded.encoding);
    if (!body.utf8.empty()) body.utf8 += "\n\n";
    body.utf8 += text.html ? text_of_html(decoded.utf8) : decoded.utf8;
  }
  return body;
}

// The head as mail programs print it: what a reporter searches a mail by must be words on its page, so that it can
// be found and cited like the rest.
std::string head_of(const std::vector<Field>& fields) {
  static constexpr std::pair<std::string_view, std::string_view> kPrinted[] = {
      {"from", "From"}, {"to", "To"}, {"cc", "Cc"}, {"bcc", "Bcc"}, {"date", "Date"}, {"subject", "Subject"}};
  std::string head;
  for (const auto& [name, label] : kPrinted) {
    for (const auto& [key, value, meaning, normal] : fields) {
      if (key != name || value.empty()) continue;
      head += label;
      head += ": ";
      head += value;
      head += '\n';
    }
  }
  return head;
}

// The children in order. A budget bounds what transfer decoding can never exceed anyway: the mail's own size.
Result<bool> send_parts(const MailMessage& mail, const Input& input, ReadSink& sink) {
  bool whole = true;
  std::uint32_t ordinal = 0;
  for (std::size_t i = 0; i < mail.parts().size(); ++i) {
    const MailPart& part = mail.parts()[i];
    if (ordinal >= input.limits().max_members) {
      TRY_VOID(send_gap(sink, GapKind::limit, "", "the mail holds more parts than its limit"));
      return false;
    }
    TRY_VOID(sink.begin_child({ordinal++, part.name}));
    Result<void> sent;
    mail.read_part(i, [&](std::string_view bytes) {
      sent = sink.child_bytes(bytes);
      return sent.has_value();
    });
    TRY_VOID(std::move(sent));
    TRY_VOID(sink.end_child(part.cut ? ChildEnd::truncated : ChildEnd::complete));
    if (part.cut) whole = false;
  }
  return whole;
}

Result<bool> send_gaps(const MailMessage& mail, const BodyText& body, ReadSink& sink) {
  bool any = false;
  const auto gap = [&](bool when, GapKind kind, const char* where, const char* detail) -> Result<void> {
    any = any || when;
    return when ? send_gap(sink, kind, where, detail) : Result<void>();
  };
  TRY_VOID(gap(body.malformed, GapKind::malformed, "body", "some bytes do not fit the character set of the body"));
  TRY_VOID(gap(body.cut, GapKind::limit, "body", "the body is longer than is read"));
  TRY_VOID(gap(mail.truncated(), GapKind::truncated, "", "the mail ends before its last part does"));
  TRY_VOID(gap(mail.too_deep(), GapKind::limit, "", "parts nested deeper than the limit were left out"));
  TRY_VOID(gap(mail.encrypted(), GapKind::encrypted, "body", "the mail is encrypted; its parts are kept as they are"));
  return any;
}

}  // namespace

Result<ItemState> read_mail(const Input& input, ReadSink& sink) {
  Result<MailMessage> parsed = MailMessage::parse(input.fd, input.limits().max_depth);
  if (!parsed) {
    if (parsed.error().kind == ErrorKind::io) return Failure(parsed.error());
    TRY_VOID(send_gap(sink, gap_kind_of(parsed.error().kind), "", parsed.error().message));
    return ItemState::failed;
  }
  BodyText text = body_of(*parsed, input.limits());
  const bool gaps = TRY(send_gaps(*parsed, text, sink));
  Body body;
  body.document.kind = "mail";
  body.document.fields = parsed->fields();
  for (const auto& [key, value, name, normal] : body.document.fields) {
    if (key == "subject" && body.document.title.empty()) body.document.title = value;
  }
  body.engine = MailMessage::engine() + " " + text.encodings;
  body.text = head_of(body.document.fields) + "\n" + text.utf8;
  const ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  const bool whole = TRY(send_parts(*parsed, input, sink));
  const bool nothing_but_cipher = parsed->encrypted() && parsed->text_count() == 0;
  if (nothing_but_cipher) return ItemState::encrypted;
  return gaps || !whole ? ItemState::partial : state;
}

}  // namespace dragoman::read
