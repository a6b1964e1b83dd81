// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mapi_message.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include <fmt/format.h>

#include "read/html_text.h"
#include "read/little_endian.h"
#include "read/mail_header.h"
#include "read/rtf.h"

namespace dragoman::read {
namespace {

// [MS-OXPROPS], section 2; the names there are these with "PidTag".
enum : std::uint16_t {
  kImportance = 0x0017,
  kMessageClass = 0x001A,
  kSensitivity = 0x0036,
  kSubject = 0x0037,
  kClientSubmitTime = 0x0039,
  kSubjectPrefix = 0x003D,
  kSentRepresentingName = 0x0042,
  kReplyRecipientNames = 0x0050,
  kSentRepresentingAddress = 0x0065,
  kConversationTopic = 0x0070,
  kConversationIndex = 0x0071,
  kTransportHeaders = 0x007D,
  kRecipientType = 0x0C15,
  kSenderName = 0x0C1A,
  kSenderAddress = 0x0C1F,
  kDisplayBcc = 0x0E02,
  kDisplayCc = 0x0E03,
  kDisplayTo = 0x0E04,
  kDeliveryTime = 0x0E06,
  kMessageFlags = 0x0E07,
  kNormalizedSubject = 0x0E1D,
  kBody = 0x1000,
  kRtfCompressed = 0x1009,
  kHtml = 0x1013,
  kMessageId = 0x1035,
  kReferences = 0x1039,
  kInReplyTo = 0x1042,
  kDisplayName = 0x3001,
  kEmailAddress = 0x3003,
  kCreationTime = 0x3007,
  kModificationTime = 0x3008,
  kAttachFilename = 0x3704,
  kAttachMethod = 0x3705,
  kAttachLongFilename = 0x3707,
  kAttachPathname = 0x3708,
  kAttachLongPathname = 0x370D,
  kSmtpAddress = 0x39FE,
  kInternetCodepage = 0x3FDE,
  kCreatorName = 0x3FF8,
  kLastModifierName = 0x3FFA,
  kSenderSmtp = 0x5D01,
  kSentRepresentingSmtp = 0x5D02,
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) out.push_back(c == '\r' || c == '\n' || c == '\t' ? ' ' : c);
  const std::size_t first = out.find_first_not_of(' ');
  return first == out.npos ? std::string() : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

// RFC 5322, section 3.3.
std::string mail_date(std::uint64_t filetime) {
  constexpr std::uint64_t kUnixStart = 11'644'473'600;  // seconds from 1601 to 1970
  const std::uint64_t seconds = filetime / 10'000'000;
  if (filetime == 0 || seconds > 253'402'300'799 + kUnixStart) return {};
  const std::chrono::sys_seconds time{
      std::chrono::seconds{static_cast<std::int64_t>(seconds) - static_cast<std::int64_t>(kUnixStart)}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t bits =
        std::uint32_t{u8_at(bytes, at)} << 16 | std::uint32_t{u8_at(bytes, at + 1)} << 8 | u8_at(bytes, at + 2);
    for (std::size_t i = 0; i < 4; ++i) {
      out.push_back(i > bytes.size() - at ? '=' : kLetters[bits >> (18 - 6 * i) & 63]);
    }
  }
  return out;
}

std::string address(std::string name, const std::string& where) {
  name = one_line(name);
  const std::string bare = one_line(where);
  if (bare.empty() || bare == name) return name;
  if (name.empty() || name == "'" + bare + "'") return bare;
  const bool quoted = name.find_first_of(",;<>@\"") != name.npos;
  std::erase(name, '"');
  return quoted ? "\"" + name + "\" <" + bare + ">" : name + " <" + bare + ">";
}

std::string first_of(const MapiProperties& properties, std::initializer_list<std::uint16_t> ids) {
  for (const std::uint16_t id : ids) {
    std::string text = properties.text(id);
    if (!is_blank(text)) return text;
  }
  return {};
}

using Head = std::vector<std::pair<std::string, std::string>>;

bool has(const Head& head, std::string_view name) {
  return std::any_of(head.begin(), head.end(), [&](const auto& one) { return lower(one.first) == lower(name); });
}

// The lines that the last server saw, without those that tell how the body was written then.
void add_transport_head(std::string_view lines, Head& head) {
  while (!lines.empty()) {
    const std::size_t feed = lines.find('\n');
    std::string_view line = lines.substr(0, feed);
    lines.remove_prefix(feed == lines.npos ? lines.size() : feed + 1);
    if (line.empty() || line == "\r") continue;
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (folded && !head.empty()) {
      if (!head.back().first.empty()) head.back().second += " " + one_line(line);
      continue;
    }
    const std::size_t colon = line.find(':');
    std::string name(line.substr(0, std::min(colon, line.size())));
    const bool usable = colon != line.npos && !name.empty() &&
                        std::all_of(name.begin(), name.end(), [](char c) { return c > 32 && c < 127; });
    const std::string key = lower(name);
    // An entry without a name takes the folded lines of what is left out.
    const bool left_out = !usable || key.starts_with("content-") || key == "mime-version";
    head.emplace_back(left_out ? std::string() : name, left_out ? std::string() : one_line(line.substr(colon + 1)));
  }
  std::erase_if(head, [](const auto& one) { return one.first.empty(); });
}

std::string recipients_of(const MapiMessage& message, std::uint64_t type, std::uint16_t display) {
  std::string out;
  for (const MapiProperties& recipient : message.recipients) {
    // Bit 31 and others mark what was sent again or is an organiser ([MS-OXOMSG], section 2.2.3.1).
    std::uint64_t its = recipient.number(kRecipientType).value_or(1) & 0xF;
    if (its == 0) its = 1;
    if (its != type) continue;
    const std::string one = address(recipient.text(kDisplayName), first_of(recipient, {kSmtpAddress, kEmailAddress}));
    if (one.empty()) continue;
    if (!out.empty()) out += ", ";
    out += one;
  }
  return out.empty() ? one_line(message.properties.text(display)) : out;
}

void add(Head& head, std::string_view name, std::string value) {
  value = one_line(value);
  if (!value.empty() && !has(head, name)) head.emplace_back(name, std::move(value));
}

void add_people(const MapiMessage& message, Head& head) {
  const MapiProperties& own = message.properties;
  const std::string from =
      address(own.text(kSentRepresentingName), first_of(own, {kSentRepresentingSmtp, kSentRepresentingAddress}));
  const std::string sender = address(own.text(kSenderName), first_of(own, {kSenderSmtp, kSenderAddress}));
  add(head, "From", from.empty() ? sender : from);
  if (!from.empty() && sender != from) add(head, "Sender", sender);
  add(head, "To", recipients_of(message, 1, kDisplayTo));
  add(head, "Cc", recipients_of(message, 2, kDisplayCc));
  add(head, "Bcc", recipients_of(message, 3, kDisplayBcc));
  add(head, "Reply-To", own.text(kReplyRecipientNames));
}

void add_thread(const MapiProperties& own, Head& head) {
  add(head, "Message-ID", own.text(kMessageId));
  add(head, "In-Reply-To", own.text(kInReplyTo));
  add(head, "References", own.text(kReferences));
  add(head, "Thread-Topic", own.text(kConversationTopic));
  add(head, "Thread-Index", base64(own.bytes(kConversationIndex)));
}

std::string flags_of(const MapiProperties& own) {
  const std::uint64_t flags = own.number(kMessageFlags).value_or(1);
  std::string out;
  if ((flags & 1U) == 0) out = "unread";
  if ((flags & 8U) != 0) out += out.empty() ? "unsent" : ", unsent";
  return out;
}

void add_outlook(const MapiProperties& own, Head& head) {
  static constexpr const char* kImportances[] = {"low", "", "high"};
  const std::uint64_t importance = own.number(kImportance).value_or(1);
  if (importance < 3) add(head, "Importance", kImportances[importance]);
  static constexpr const char* kSensitivities[] = {"", "Personal", "Private", "Company-Confidential"};
  const std::uint64_t sensitivity = own.number(kSensitivity).value_or(0);
  if (sensitivity < 4) add(head, "Sensitivity", kSensitivities[sensitivity]);
  add(head, "Keywords", own.text(own.find(mapi_set::kPublicStrings, "Keywords")));
  add(head, "X-MAPI-Message-Class", own.text(kMessageClass));
  add(head, "X-MAPI-Delivery-Time", own.text(kDeliveryTime));
  add(head, "X-MAPI-Creation-Time", own.text(kCreationTime));
  add(head, "X-MAPI-Modification-Time", own.text(kModificationTime));
  add(head, "X-MAPI-Creator", own.text(kCreatorName));
  add(head, "X-MAPI-Last-Modifier", own.text(kLastModifierName));
  add(head, "X-MAPI-Flags", flags_of(own));
}

}  // namespace

std::string mapi_subject_of(const MapiProperties& properties) {
  const MapiProperty* subject = properties.find(kSubject);
  std::string text = properties.text(subject);
  // In a PST the first two characters are 1 and the length of the prefix ("Re: ") plus 1 ([MS-PST], 2.5.3.1.1.1): the
  // first is a control and gone already, the second may be a letter.
  if (subject != nullptr && !subject->values.empty()) {
    const std::string_view raw = subject->values.front();
    const bool marked = subject->type == mapi_type::kUnicode ? u16_at(raw, 0) == 1 : u8_at(raw, 0) == 1;
    const unsigned second = subject->type == mapi_type::kUnicode ? u16_at(raw, 2) : u8_at(raw, 1);
    if (marked && second >= 0x20 && !text.empty()) text.erase(0, second < 0x80 ? 1 : 2);
  }
  if (!is_blank(text)) return one_line(text);
  return one_line(properties.text(kSubjectPrefix) + properties.text(kNormalizedSubject));
}

std::vector<std::pair<std::string, std::string>> mail_head_of(const MapiMessage& message) {
  const MapiProperties& own = message.properties;
  Head head;
  add_transport_head(own.text(kTransportHeaders), head);
  add_people(message, head);
  std::string date = mail_date(own.time(kClientSubmitTime));
  if (date.empty()) date = mail_date(own.time(kDeliveryTime));
  add(head, "Date", std::move(date));
  add(head, "Subject", mapi_subject_of(own));
  add_thread(own, head);
  add_outlook(own, head);
  return head;
}

std::vector<Field> mail_fields_of(const MapiMessage& message) {
  std::vector<Field> out;
  for (const auto& [name, value] : mail_head_of(message)) {
    const std::string key = lower(name);
    if (is_kept_header(key)) out.push_back({key, decode_header(value)});
  }
  return out;
}

MapiBody mapi_body_of(const MapiMessage& message, const Limits& limits) {
  const MapiProperties& own = message.properties;
  MapiBody body;
  body.plain = own.text(kBody);
  const MapiProperty* html = own.find(kHtml);
  if (html != nullptr && html->type != mapi_type::kBinary) {
    body.html = own.text(html);
    body.charset = "utf-8";
  } else {
    body.html = own.bytes(kHtml);
    const std::uint64_t page = own.number(kInternetCodepage).value_or(0);
    if (page == 65001) body.charset = "utf-8";
    if (page >= 1250 && page <= 1258) body.charset = "windows-" + std::to_string(page);
  }
  const std::string_view packed = own.bytes(kRtfCompressed);
  if (packed.empty() || !is_blank(body.plain) || !is_blank(text_of_html(body.html))) return body;
  Result<std::string> rtf = decompress_rtf(packed, limits.max_text_bytes);
  body.damaged = !rtf.has_value();
  if (!rtf) return body;
  RtfContent content = parse_rtf(*rtf, limits);
  if (content.html) {
    body.html = std::move(*content.html);
    body.charset = "utf-8";
  } else {
    body.plain = std::move(content.text);
    for (const BodyPart& part : content.parts) body.plain += "\n\n" + part.text;
  }
  if (!content.blobs.empty()) body.rtf = std::move(*rtf);
  return body;
}

std::string_view mapi_kind_of(const MapiMessage& message) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"ipm.contact", "contact"},
      {"ipm.abchperson", "contact"},
      {"ipm.distlist", "list"},
      {"ipm.appointment", "appointment"},
      {"ipm.task", "task"},
      {"ipm.stickynote", "note"},
      {"ipm.activity", "journal"},
      {"ipm.schedule", "appointment"},
      // An exception of a series ([MS-OXOCAL], section 2.2.10).
      {"ipm.ole.class.{00061055", "appointment"}};
  const std::string its = lower(message.properties.text(kMessageClass));
  for (const auto& [prefix, kind] : kKinds) {
    if (its.starts_with(prefix)) return kind;
  }
  return "mail";
}

std::string mapi_name_of(const MapiAttachment& attachment, std::size_t index) {
  std::string name = one_line(first_of(attachment.properties, {kAttachLongFilename, kAttachFilename, kDisplayName}));
  if (name.empty()) name = fmt::format("attachment-{}{}", index + 1, attachment.message ? "" : ".bin");
  if (attachment.message && !lower(name).ends_with(".eml")) name += ".eml";
  return name;
}

std::string mapi_reference_of(const MapiAttachment& attachment) {
  const std::uint64_t method = attachment.properties.number(kAttachMethod).value_or(0);
  // afByReference, afByReferenceResolve, afByReferenceOnly, afByWebReference ([MS-OXCMSG], section 2.2.2.9).
  if (method != 2 && method != 3 && method != 4 && method != 7) return {};
  return one_line(first_of(attachment.properties, {kAttachLongPathname, kAttachPathname}));
}

}  // namespace dragoman::read
