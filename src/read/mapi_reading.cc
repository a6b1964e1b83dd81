// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mapi_reading.h"

#include <algorithm>
#include <utility>

#include "read/html_text.h"
#include "read/mail_body.h"
#include "read/mail_reading.h"
#include "read/mapi_rendering.h"
#include "read/reflow.h"

namespace dragoman::read {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\xC2\xA0") == text.npos;
}

class MapiReading {
 public:
  MapiReading(const MapiMessage& message, const Input& input, ReadSink& sink)
      : message_(message),
        input_(input),
        sink_(sink),
        budget_(std::min(input.limits().max_unpacked_bytes,
                         std::max(input.limits().ratio_floor_bytes, input.size * input.limits().max_unpacked_ratio))) {}
  Result<ItemState> run(const std::string& engine);

 private:
  Result<void> gap(GapKind kind, const std::string& where, const char* detail) {
    has_gap_ = true;
    return send_gap(sink_, kind, where, detail);
  }
  Result<std::string> body_text(Body& body);
  Result<void> attachments();
  Result<void> child(const MapiAttachment& attachment, const std::string& name);
  Result<void> bytes(const std::string& name, std::string_view all);

  const MapiMessage& message_;
  const Input& input_;
  ReadSink& sink_;
  std::uint64_t budget_;
  std::uint32_t ordinal_ = 0;
  bool has_gap_ = false;
  bool stopped_ = false;
  std::string references_;  // lines
  std::string rtf_;
};

// Plain text before HTML, as for mails; the other form on pages of its own where it says more.
Result<std::string> MapiReading::body_text(Body& body) {
  MapiBody found = mapi_body_of(message_, input_.limits());
  if (found.damaged) TRY_VOID(gap(GapKind::malformed, "body", "the formatted body could not be unpacked whole"));
  rtf_ = std::move(found.rtf);
  if (found.html.empty()) return std::move(found.plain);
  const std::string charset = found.charset.empty() ? charset_of_html(found.html) : found.charset;
  std::string html = text_of_html(decode_mail_text(found.html, charset).utf8);
  if (is_blank(found.plain)) return html;
  if (has_other_words(found.plain, html)) body.parts.push_back({"HTML body", std::move(html)});
  return std::move(found.plain);
}

Result<void> MapiReading::bytes(const std::string& name, std::string_view all) {
  TRY_VOID(sink_.begin_child({ordinal_++, name}));
  TRY_VOID(sink_.child_bytes(all));
  return sink_.end_child(ChildEnd::complete);
}

Result<void> MapiReading::child(const MapiAttachment& attachment, const std::string& name) {
  TRY_VOID(sink_.begin_child({ordinal_++, name}));
  Result<void> sent;
  const MapiEat eat = [&](std::string_view piece) {
    stopped_ = stopped_ || piece.size() > budget_;
    if (stopped_) return false;
    budget_ -= piece.size();
    sent = sink_.child_bytes(piece);
    return sent.has_value();
  };
  bool whole = true;
  bool known = true;
  if (attachment.message) {
    const Result<MapiMessage> inner = attachment.message();
    known = inner.has_value();
    const Rendering rendering = known ? render_mail(*inner, input_.limits(), eat) : Rendering{};
    whole = rendering.lost == 0 && !rendering.damaged;
    if (rendering.too_deep) TRY_VOID(gap(GapKind::limit, name, "parts nested deeper than the limit were left out"));
  } else {
    whole = attachment.data(eat);
  }
  TRY_VOID(std::move(sent));
  if (stopped_) {
    TRY_VOID(sink_.end_child(ChildEnd::failed));
    return gap(GapKind::limit, name, "unpacking stopped: the message holds more than its limit");
  }
  const bool kept = known && (whole || attachment.message);
  TRY_VOID(sink_.end_child(kept ? ChildEnd::complete : ChildEnd::truncated));
  if (whole && known) return {};
  return gap(GapKind::malformed, name, "an attachment could not be read whole");
}

Result<void> MapiReading::attachments() {
  for (std::size_t i = 0; i < message_.attachment_count && !stopped_; ++i) {
    if (ordinal_ >= input_.limits().max_members) {
      return gap(GapKind::limit, "", "the mail holds more parts than its limit");
    }
    const Result<MapiAttachment> attachment = message_.attachment(i);
    if (!attachment) {
      TRY_VOID(gap(GapKind::malformed, "attachment " + std::to_string(i + 1), "an attachment cannot be opened"));
      continue;
    }
    const std::string name = mapi_name_of(*attachment, i);
    if (attachment->data || attachment->message) {
      TRY_VOID(child(*attachment, name));
    } else if (!mapi_reference_of(*attachment).empty()) {
      TRY_VOID(gap(GapKind::unsupported, name, "an attachment is only referred to: its bytes lie elsewhere"));
    } else {
      TRY_VOID(gap(GapKind::malformed, name, "an attachment has no content"));
    }
  }
  return {};
}

Result<ItemState> MapiReading::run(const std::string& engine) {
  Body body;
  body.document.kind = mapi_kind_of(message_);
  body.document.title = mapi_subject_of(message_.properties);
  body.document.fields = mail_fields_of(message_);
  body.engine = engine;
  const std::string text = TRY(body_text(body));
  for (std::size_t i = 0; i < message_.attachment_count && i < input_.limits().max_members; ++i) {
    const Result<MapiAttachment> attachment = message_.attachment(i);
    const std::string where = attachment ? mapi_reference_of(*attachment) : std::string();
    if (!where.empty()) references_ += "Attachment kept elsewhere: " + where + "\n";
  }
  body.text = printed_head(body.document.fields) + mapi_details_of(message_) + references_ + "\n" + text;
  const ItemState state = TRY(send_body(std::move(body), input_.limits(), sink_));
  TRY_VOID(attachments());
  if (!rtf_.empty() && !stopped_) TRY_VOID(bytes("body.rtf", rtf_));
  return has_gap_ ? ItemState::partial : state;
}

}  // namespace

Result<ItemState> read_mapi(const MapiMessage& message, const std::string& engine, const Input& input, ReadSink& sink) {
  return MapiReading(message, input, sink).run(engine);
}

}  // namespace dragoman::read
