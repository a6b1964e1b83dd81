// SPDX-License-Identifier: AGPL-3.0-or-later
// A mail is a document (its fields, its body) and a container (attachments, inline pictures, forwarded mails).
#include <algorithm>
#include <iterator>
#include <utility>

#include "read/html_text.h"
#include "read/input.h"
#include "read/mail_body.h"
#include "read/mail_message.h"
#include "read/mail_reading.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

struct BodyText {
  std::string utf8;
  std::string encodings;  // distinct, in order
  std::string other;      // the same mail in another form, where that has other words
  std::vector<CodedFile> files;
  bool malformed = false;
  bool cut = false;
  bool cipher = false;  // an OpenPGP message stands in the text
};

// Files written into one text; a group's digest has some dozens.
constexpr std::size_t kCodedFiles = 1'000;
constexpr std::string_view kPgpMessage = "-----BEGIN PGP MESSAGE-----";

void note_encoding(std::string& encodings, const std::string& encoding) {
  if (encodings.find(encoding) != encodings.npos || encodings.size() > 100) return;
  if (!encodings.empty()) encodings.push_back('+');
  encodings += encoding;
}

// The declared character set, else what the markup says of itself, else what the bytes look like.
Decoded decoded_of(const MailText& text) {
  std::string charset = text.charset;
  if (charset.empty() && text.html) charset = charset_of_html(text.bytes);
  return decode_mail_text(text.bytes, charset);
}

// One text of the mail, without the files that are written into it.
std::string readable(MailText text, BodyText& body) {
  if (!text.html) {
    Uncoded uncoded = take_out_coded_files(text.bytes, kCodedFiles - std::min(kCodedFiles, body.files.size()));
    std::move(uncoded.files.begin(), uncoded.files.end(), std::back_inserter(body.files));
    text.bytes = std::move(uncoded.text);
    body.cipher = body.cipher || text.bytes.starts_with(kPgpMessage) ||
                  text.bytes.find("\n" + std::string(kPgpMessage)) != text.bytes.npos;
  }
  Decoded decoded = decoded_of(text);
  body.malformed = body.malformed || decoded.malformed;
  note_encoding(body.encodings, decoded.encoding);
  if (text.html) return text_of_html(decoded.utf8);
  return text.flowed ? unflowed(decoded.utf8, text.delsp) : std::move(decoded.utf8);
}

BodyText body_of(const MailMessage& mail, const Limits& limits) {
  BodyText body;
  const auto left_of = [&limits](const std::string& text) {
    return static_cast<std::size_t>(limits.max_text_bytes -
                                    std::min<std::uint64_t>(limits.max_text_bytes, text.size()));
  };
  for (std::size_t i = 0; i < mail.text_count() && !body.cut; ++i) {
    const std::size_t left = left_of(body.utf8);
    MailText text = mail.text(i, left);
    body.cut = left == 0 || text.bytes.size() == left;
    if (!body.utf8.empty()) body.utf8 += "\n\n";
    body.utf8 += readable(std::move(text), body);
  }
  std::string other;
  for (std::size_t i = 0; i < mail.other_text_count() && !body.cut; ++i) {
    const std::size_t left = left_of(other);
    MailText text = mail.other_text(i, left);
    body.cut = left == 0 || text.bytes.size() == left;
    if (!other.empty()) other += "\n\n";
    other += readable(std::move(text), body);
  }
  if (!other.empty() && has_other_words(body.utf8, other)) body.other = std::move(other);
  return body;
}

// Files that were written into the text, as children behind the parts.
Result<bool> send_coded_files(const BodyText& body, std::uint32_t ordinal, ReadSink& sink) {
  bool whole = true;
  for (const CodedFile& file : body.files) {
    const std::string name = file.name.empty() ? "coded-" + std::to_string(ordinal) + ".bin" : file.name;
    TRY_VOID(sink.begin_child({ordinal++, name}));
    TRY_VOID(sink.child_bytes(file.bytes));
    TRY_VOID(sink.end_child(file.cut ? ChildEnd::truncated : ChildEnd::complete));
    if (!file.cut) continue;
    whole = false;
    TRY_VOID(send_gap(sink, GapKind::truncated, name, "a file written into the text of the mail has no end"));
  }
  return whole;
}

Result<void> send_bytes(const MailMessage& mail, std::size_t part, ReadSink& sink) {
  Result<void> sent;
  mail.read_part(part, [&](std::string_view bytes) {
    sent = sink.child_bytes(bytes);
    return sent.has_value();
  });
  return sent;
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
    TRY_VOID(sink.begin_child({ordinal++, part.name, part.range}));
    if (!part.range) TRY_VOID(send_bytes(mail, i, sink));
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
  TRY_VOID(gap(mail.encrypted() || body.cipher, GapKind::encrypted, "body",
               "the mail is encrypted; its parts are kept as they are"));
  return any;
}

}  // namespace

std::string printed_head(const std::vector<Field>& fields) {
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

Result<ItemState> read_mail_at(const Input& input, const MailBytes& where, const std::vector<Field>& more,
                               ReadSink& sink) {
  Result<MailMessage> parsed = MailMessage::parse(where, input.limits().max_depth);
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
  for (const Field& field : body.document.fields) {
    if (field.key == "subject" && body.document.title.empty()) body.document.title = field.value;
  }
  body.engine = MailMessage::engine() + " " + text.encodings;
  body.text = printed_head(body.document.fields) + "\n" + text.utf8;
  body.document.fields.insert(body.document.fields.end(), more.begin(), more.end());
  if (!text.other.empty()) body.parts.push_back({"HTML body", std::move(text.other)});
  const ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  const bool whole = TRY(send_parts(*parsed, input, sink));
  const auto next =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(parsed->parts().size(), input.limits().max_members));
  const bool files_whole = TRY(send_coded_files(text, next, sink));
  const bool nothing_but_cipher = parsed->encrypted() && parsed->text_count() == 0;
  if (nothing_but_cipher) return ItemState::encrypted;
  return gaps || !whole || !files_whole ? ItemState::partial : state;
}

Result<ItemState> read_mail(const Input& input, ReadSink& sink) {
  return read_mail_at(input, {input.fd}, {}, sink);
}

}  // namespace dragoman::read
