// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/tnef_file.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "read/encoding.h"
#include "read/little_endian.h"

namespace dragoman::read {
namespace {

constexpr std::uint32_t kSignature = 0x223E9F78;
constexpr std::uint8_t kMessageLevel = 1;
constexpr std::uint8_t kAttachmentLevel = 2;
// Counts beyond these are lies: each property takes at least 8 bytes, but a row of recipients may claim none.
constexpr std::uint32_t kMaxProperties = 20'000;
constexpr std::uint32_t kMaxRows = 100'000;
constexpr std::uint32_t kMaxValues = 100'000;
constexpr std::size_t kMaxAttachments = 100'000;

// [MS-OXTNEF], section 2.1.3.3.
enum : std::uint32_t {
  kOemCodepage = 0x00069007,
  kFrom = 0x00008000,
  kSubject = 0x00018004,
  kDateSent = 0x00038005,
  kDateReceived = 0x00038006,
  kMessageClass = 0x00078008,
  kMessageId = 0x00018009,
  kBody = 0x0002800C,
  kAttachData = 0x0006800F,
  kAttachTitle = 0x00018010,
  kDateModified = 0x00038020,
  kAttachTransportName = 0x00069001,
  kAttachRendering = 0x00069002,
  kProperties = 0x00069003,
  kRecipients = 0x00069004,
  kAttachProperties = 0x00069005,
  kOldMessageClass = 0x00060600,
};

struct Attribute {
  std::uint8_t level = 0;
  std::uint32_t id = 0;
  std::string_view data;
};

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::string_view take(std::size_t count) {
    ok_ = ok_ && count <= left();
    if (!ok_) return {};
    const std::string_view out = bytes_.substr(at_, count);
    at_ += count;
    return out;
  }
  std::uint32_t u32() { return u32_at(take(4), 0); }
  std::uint16_t u16() { return u16_at(take(2), 0); }
  // Values are padded to a multiple of four; the last one's padding may be missing.
  std::string_view padded(std::size_t count) {
    const std::string_view out = take(count);
    at_ += ok_ ? std::min((4 - count % 4) % 4, left()) : 0;
    return out;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

std::uint32_t first_of_guid(std::string_view guid) {
  return u32_at(guid, 0);
}

// Bytes of one value of a type of fixed size, 0 for the others.
std::size_t fixed_size(std::uint16_t type) {
  switch (type) {
    case mapi_type::kInt16:
    case mapi_type::kInt32:
    case 0x0004:
    case 0x000A:
    case mapi_type::kBool: return 4;
    case mapi_type::kDouble:
    case 0x0006:
    case 0x0007:
    case mapi_type::kInt64:
    case mapi_type::kTime: return 8;
    case mapi_type::kGuid: return 16;
    default: return 0;
  }
}

void take_name(Cursor& in, MapiProperty& property) {
  property.set = first_of_guid(in.take(16));
  const std::uint32_t kind = in.u32();
  if (kind == 0) {
    property.number = in.u32();
  } else {
    const std::uint32_t size = in.u32();
    MapiProperties text;
    MapiProperty name;
    name.type = mapi_type::kUnicode;
    name.values.emplace_back(in.padded(size));
    property.name = text.text(&name);
  }
  property.id = 0;
}

// [MS-OXTNEF], section 2.1.3.4: properties one after the other. Stops at the first that does not fit.
bool take_properties(Cursor& in, MapiProperties& out) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < std::min(count, kMaxProperties) && in.ok() && in.left() > 0; ++i) {
    MapiProperty property;
    property.type = in.u16();
    property.id = in.u16();
    if (property.id >= 0x8000) take_name(in, property);
    const auto base = static_cast<std::uint16_t>(property.type & ~mapi_type::kMany);
    const bool many = (property.type & mapi_type::kMany) != 0;
    const std::size_t fixed = fixed_size(base);
    const bool sized = base == mapi_type::kString8 || base == mapi_type::kUnicode || base == mapi_type::kBinary ||
                       base == mapi_type::kObject;
    if (fixed == 0 && !sized) return false;
    const std::uint32_t values = many || sized ? in.u32() : 1;
    if (values > kMaxValues) return false;
    for (std::uint32_t v = 0; v < values && in.ok() && in.left() > 0; ++v) {
      const std::size_t size = sized ? in.u32() : fixed;
      const std::string_view value = in.padded(size);
      if (in.ok()) property.values.emplace_back(value);
    }
    if (!in.ok()) return false;
    out.add(std::move(property));
  }
  return in.ok() && count <= kMaxProperties;
}

// A DTR ([MS-OXTNEF], section 2.1.3.3.1): year, month, day, hour, minute, second, day of the week.
std::string filetime_of(std::string_view dtr) {
  using std::chrono::days;
  const std::chrono::year_month_day date{std::chrono::year{u16_at(dtr, 0)}, std::chrono::month{u16_at(dtr, 2)},
                                         std::chrono::day{u16_at(dtr, 4)}};
  if (dtr.size() < 12 || !date.ok() || u16_at(dtr, 0) < 1601) return {};
  const auto since = std::chrono::sys_days{date} - std::chrono::sys_days{std::chrono::year{1601} / 1 / 1};
  const std::uint64_t seconds = static_cast<std::uint64_t>(since.count()) * 86'400 +
                                std::uint64_t{u16_at(dtr, 6)} * 3'600 + std::uint64_t{u16_at(dtr, 8)} * 60 +
                                u16_at(dtr, 10);
  const std::uint64_t ticks = seconds * 10'000'000;
  std::string out;
  for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<char>(ticks >> (8 * i)));
  return out;
}

struct Attachment {
  MapiProperties properties;
  MapiProperties plain;  // what attributes say
  std::string_view data;
  bool has_data = false;
};

class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes) {}
  TnefFile parse();

 private:
  void attributes();
  void message(const Attribute& attribute);
  void attachment(const Attribute& attribute);
  void recipients(std::string_view data);
  void add_text(MapiProperties& to, std::uint16_t id, std::string_view text);
  void add_time(MapiProperties& to, std::uint16_t id, std::string_view dtr);
  void sender(std::string_view triple);

  std::string_view bytes_;
  int code_page_ = 0;
  TnefFile out_;
  MapiProperties plain_;  // what attributes say; properties say the same in Unicode
  std::vector<Attachment> attachments_;
};

void Parser::add_text(MapiProperties& to, std::uint16_t id, std::string_view text) {
  MapiProperty property;
  property.id = id;
  property.type = mapi_type::kString8;
  property.values.emplace_back(text);
  to.add(std::move(property));
}

void Parser::add_time(MapiProperties& to, std::uint16_t id, std::string_view dtr) {
  std::string time = filetime_of(dtr);
  if (time.empty()) return;
  MapiProperty property;
  property.id = id;
  property.type = mapi_type::kTime;
  property.values.push_back(std::move(time));
  to.add(std::move(property));
}

// A TRP ([MS-OXTNEF], section 2.1.3.3.2): four lengths, then the name and the address, "SMTP:a@example.org".
void Parser::sender(std::string_view triple) {
  const std::size_t name = u16_at(triple, 4);
  const std::size_t address = u16_at(triple, 6);
  Cursor in(triple.substr(std::min<std::size_t>(8, triple.size())));
  const std::string_view shown = in.take(name);
  std::string_view where = in.take(address);
  if (!in.ok()) return;
  where = where.substr(0, where.find('\0'));
  const std::size_t colon = where.find(':');
  if (colon != where.npos) where.remove_prefix(colon + 1);
  add_text(plain_, 0x0C1A, shown);
  add_text(plain_, 0x0C1F, where);
}

void Parser::recipients(std::string_view data) {
  Cursor in(data);
  const std::uint32_t rows = in.u32();
  for (std::uint32_t i = 0; i < std::min(rows, kMaxRows) && in.ok() && in.left() > 0; ++i) {
    MapiProperties row;
    const bool whole = take_properties(in, row);
    out_.message.recipients.push_back(std::move(row));
    out_.damaged = out_.damaged || !whole;
    if (!whole) return;
  }
}

void Parser::message(const Attribute& attribute) {
  MapiProperties& own = out_.message.properties;
  switch (attribute.id) {
    case kOemCodepage: code_page_ = static_cast<int>(std::min<std::uint32_t>(u32_at(attribute.data, 0), 65'535)); break;
    case kFrom: sender(attribute.data); break;
    case kSubject: add_text(plain_, 0x0037, attribute.data); break;
    case kMessageClass:
    case kOldMessageClass: add_text(plain_, 0x001A, attribute.data); break;
    case kBody: add_text(plain_, 0x1000, attribute.data); break;
    case kDateSent: add_time(plain_, 0x0039, attribute.data); break;
    case kDateReceived: add_time(plain_, 0x0E06, attribute.data); break;
    case kDateModified: add_time(plain_, 0x3008, attribute.data); break;
    case kRecipients: recipients(attribute.data); break;
    case kProperties: {
      Cursor in(attribute.data);
      if (!take_properties(in, own)) out_.damaged = true;
      break;
    }
    default: break;
  }
}

void Parser::attachment(const Attribute& attribute) {
  // attAttachRenddata begins each attachment; files that lack it begin with any other attribute.
  const bool begins = attribute.id == kAttachRendering || attachments_.empty();
  if (begins && attachments_.size() == kMaxAttachments) out_.damaged = true;
  if (begins && attachments_.size() < kMaxAttachments) attachments_.emplace_back();
  Attachment& at = attachments_.back();
  switch (attribute.id) {
    case kAttachTitle: add_text(at.plain, 0x3704, attribute.data); break;
    case kAttachTransportName: add_text(at.plain, 0x3704, attribute.data); break;
    case kDateModified: add_time(at.plain, 0x3008, attribute.data); break;
    case kAttachData:
      at.data = attribute.data;
      at.has_data = true;
      break;
    case kAttachProperties: {
      Cursor in(attribute.data);
      if (!take_properties(in, at.properties)) out_.damaged = true;
      break;
    }
    default: break;
  }
}

void Parser::attributes() {
  std::size_t at = 6;  // behind the signature and the key
  while (at < bytes_.size()) {
    Attribute attribute;
    attribute.level = u8_at(bytes_, at);
    if (attribute.level != kMessageLevel && attribute.level != kAttachmentLevel) {
      // Padding behind the last attribute is no damage.
      out_.damaged = out_.damaged || bytes_.substr(at).find_first_not_of('\0') != std::string_view::npos;
      return;
    }
    attribute.id = u32_at(bytes_, at + 1);
    const std::uint64_t length = u32_at(bytes_, at + 5);
    const std::uint64_t data = at + 9;
    attribute.data = slice(bytes_, data, length);
    out_.truncated = data + length + 2 > bytes_.size();
    if (!out_.truncated) {
      unsigned sum = 0;
      for (const char c : attribute.data) sum += static_cast<unsigned char>(c);
      out_.damaged = out_.damaged || (sum & 0xFFFFU) != u16_at(bytes_, static_cast<std::size_t>(data + length));
    }
    attribute.level == kMessageLevel ? message(attribute) : attachment(attribute);
    if (out_.truncated) return;
    at = static_cast<std::size_t>(data + length + 2);
  }
}

// An attached message lies in PidTagAttachDataObject: 16 bytes that say what it is, then a TNEF file; any other object
// is given without those 16 bytes. `kept` is shared by all that borrows from it.
MapiAttachment opened(const std::shared_ptr<const std::vector<Attachment>>& kept, std::size_t index) {
  const Attachment& attachment = (*kept)[index];
  MapiAttachment out;
  out.properties = attachment.properties;
  const MapiProperty* object = attachment.properties.find(0x3701);
  std::string_view data = attachment.data;
  if (object != nullptr && !object->values.empty()) {
    data = object->values.front();
    if (data.size() > 16 && object->type == mapi_type::kObject) data.remove_prefix(16);
    if (u32_at(data, 0) == kSignature) {
      out.message = [kept, data]() -> Result<MapiMessage> {
        TnefFile inner = TRY(parse_tnef(data));
        auto attach = std::move(inner.message.attachment);
        inner.message.attachment = [kept, attach = std::move(attach)](std::size_t i) { return attach(i); };
        return std::move(inner.message);
      };
      return out;
    }
  }
  if (!attachment.has_data && object == nullptr) return out;
  out.data = [kept, data](const MapiEat& eat) {
    if (!data.empty()) eat(data);
    return true;
  };
  return out;
}

TnefFile Parser::parse() {
  attributes();
  MapiProperties& own = out_.message.properties;
  own.append(std::move(plain_));
  own.set_code_page(code_page_);
  own.take_code_page();
  for (MapiProperties& recipient : out_.message.recipients) recipient.set_code_page(own.code_page());
  for (Attachment& attachment : attachments_) {
    attachment.properties.append(std::move(attachment.plain));
    attachment.properties.set_code_page(own.code_page());
  }
  out_.message.attachment_count = attachments_.size();
  // Shared by all copies of the message.
  auto kept = std::make_shared<const std::vector<Attachment>>(std::move(attachments_));
  out_.message.attachment = [kept](std::size_t index) -> Result<MapiAttachment> {
    if (index >= kept->size()) return fail(ErrorKind::not_found, "there is no such attachment");
    return opened(kept, index);
  };
  return std::move(out_);
}

}  // namespace

Result<TnefFile> parse_tnef(std::string_view bytes) {
  if (u32_at(bytes, 0) != kSignature || bytes.size() < 6) return fail(ErrorKind::malformed, "the file is no TNEF");
  return Parser(bytes).parse();
}

}  // namespace dragoman::read
