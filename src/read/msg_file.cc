// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/msg_file.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "read/code_page.h"
#include "read/little_endian.h"
#include "read/ole_writer.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kProperties = "__properties_version1.0";
constexpr std::string_view kValue = "__substg1.0_";
constexpr std::string_view kRecipient = "__recip_version1.0_";
constexpr std::string_view kAttachment = "__attach_version1.0_";
constexpr std::string_view kNames = "__nameid_version1.0";
constexpr std::string_view kData = "__substg1.0_37010102";
constexpr std::string_view kObject = "__substg1.0_3701000D";
// One value that is larger is no text that anybody wrote.
constexpr std::uint64_t kMaxValueBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxTableBytes = std::uint64_t{16} << 20;
constexpr std::uint16_t kFirstNamed = 0x8000;
constexpr std::uint16_t kAttachMethod = 0x3705;
constexpr std::uint64_t kEmbeddedMessage = 5;

struct Name {
  std::uint32_t set = 0;
  std::uint32_t number = 0;
  std::string text;
};

// Shared by a message and all that is attached to it: the names of properties stand once in a file.
struct Msg {
  OleFile& file;
  std::map<std::uint16_t, Name> names;
};
using Shared = std::shared_ptr<const Msg>;

std::string stream_bytes(OleFile& file, const OleEntry* entry, std::uint64_t most) {
  return entry == nullptr || entry->storage ? std::string() : file.read(*entry, most).bytes;
}

// [MS-OXMSG], section 2.2.3.1: entries of 8 bytes, names in a stream of their own.
std::map<std::uint16_t, Name> names_of(OleFile& file) {
  std::map<std::uint16_t, Name> out;
  const OleEntry* storage = file.find(kNames);
  if (storage == nullptr || !storage->storage) return out;
  const std::string guids = stream_bytes(file, file.find("__substg1.0_00020102", *storage), kMaxTableBytes);
  const std::string entries = stream_bytes(file, file.find("__substg1.0_00030102", *storage), kMaxTableBytes);
  const std::string texts = stream_bytes(file, file.find("__substg1.0_00040102", *storage), kMaxTableBytes);
  for (std::size_t at = 0; at + 8 <= entries.size() && at / 8 < kFirstNamed; at += 8) {
    const std::uint32_t id = u32_at(entries, at);
    const unsigned kind = u16_at(entries, at + 4);
    const unsigned index = kind >> 1U;
    Name name;
    if (index == 2) name.set = mapi_set::kPublicStrings;
    if (index >= 3) name.set = u32_at(guids, std::size_t{index - 3} * 16);
    if ((kind & 1U) == 0) {
      name.number = id;
    } else {
      name.text =
          utf8_of_utf16le(slice(texts, std::uint64_t{id} + 4, std::min<std::uint32_t>(u32_at(texts, id), 1024)));
    }
    out.emplace(static_cast<std::uint16_t>(kFirstNamed + u16_at(entries, at + 6)), std::move(name));
  }
  return out;
}

MapiProperty property_of(const Msg& msg, std::uint32_t tag) {
  MapiProperty out;
  out.id = static_cast<std::uint16_t>(tag >> 16U);
  out.type = static_cast<std::uint16_t>(tag & 0xFFFFU);
  const auto named = out.id >= kFirstNamed ? msg.names.find(out.id) : msg.names.end();
  if (named != msg.names.end()) {
    out.id = 0;
    out.set = named->second.set;
    out.number = named->second.number;
    out.name = named->second.text;
  }
  return out;
}

std::optional<std::uint32_t> hex(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

// Bytes of one value in the property stream, 0 for types that have streams of their own.
std::size_t fixed_size(std::uint16_t type) {
  switch (type) {
    case mapi_type::kInt16: return 2;
    case mapi_type::kInt32: return 4;
    case mapi_type::kBool: return 1;
    case mapi_type::kDouble:
    case mapi_type::kInt64:
    case mapi_type::kTime: return 8;
    default: return 0;
  }
}

// [MS-OXMSG], section 2.4: 16 bytes each behind a head of 8, 24 or 32.
void take_fixed(const Msg& msg, std::string_view stream, std::size_t head, MapiProperties& out) {
  for (std::size_t at = head; at + 16 <= stream.size(); at += 16) {
    MapiProperty property = property_of(msg, u32_at(stream, at));
    const std::size_t size = fixed_size(property.type);
    if (size == 0) continue;
    property.values.emplace_back(stream.substr(at + 8, size));
    out.add(std::move(property));
  }
}

// "__substg1.0_3701000D" names a tag, "__substg1.0_8000101F-00000001" a value of one with several.
void take_streams(const Msg& msg, const OleEntry& storage, MapiProperties& out) {
  std::map<std::uint32_t, MapiProperty> many;
  for (const OleEntry& entry : msg.file.children(storage)) {
    if (entry.storage || !entry.name.starts_with(kValue) || entry.name == kData) continue;
    const std::string_view rest = std::string_view(entry.name).substr(kValue.size());
    const std::optional<std::uint32_t> tag = hex(rest.substr(0, std::min<std::size_t>(rest.size(), 8)));
    if (!tag || rest.size() < 8 || entry.size > kMaxValueBytes) continue;
    const bool is_many = (*tag & mapi_type::kMany) != 0;
    if (is_many && rest.size() == 8) continue;  // the lengths of the values
    std::string value = msg.file.read(entry, kMaxValueBytes).bytes;
    if (!is_many) {
      MapiProperty property = property_of(msg, *tag);
      property.values.push_back(std::move(value));
      out.add(std::move(property));
      continue;
    }
    const auto [at, fresh] = many.try_emplace(*tag);
    if (fresh) at->second = property_of(msg, *tag);
    at->second.values.push_back(std::move(value));
  }
  for (auto& [tag, property] : many) out.add(std::move(property));
}

MapiProperties properties_of(const Msg& msg, const OleEntry& storage, std::size_t head) {
  MapiProperties out;
  take_fixed(msg, stream_bytes(msg.file, msg.file.find(kProperties, storage), kMaxTableBytes), head, out);
  take_streams(msg, storage, out);
  return out;
}

MapiMessage message_in(const Shared& msg, const OleEntry& storage, std::size_t head, int code_page);

MapiAttachment attachment_in(const Shared& msg, const OleEntry& storage, int code_page) {
  MapiAttachment out;
  out.properties = properties_of(*msg, storage, 8);
  out.properties.set_code_page(code_page);
  const OleEntry* data = msg->file.find(kData, storage);
  const OleEntry* object = msg->file.find(kObject, storage);
  if (data != nullptr && !data->storage) {
    out.data = [msg, data](const MapiEat& eat) {
      bool wanted = true;
      const bool whole = msg->file.read(*data, [&](std::string_view bytes) {
        wanted = eat(bytes);
        return wanted;
      });
      return whole || !wanted;
    };
  } else if (object != nullptr && object->storage) {
    const bool is_message = out.properties.number(kAttachMethod).value_or(0) == kEmbeddedMessage ||
                            msg->file.find(kProperties, *object) != nullptr;
    if (is_message) {
      out.message = [msg, object, code_page]() -> Result<MapiMessage> {
        return message_in(msg, *object, 24, code_page);
      };
    } else {
      out.data = [msg, object](const MapiEat& eat) {
        const Result<std::string> bytes = ole_file_of(msg->file, *object, kMaxValueBytes);
        if (bytes) eat(*bytes);
        return bytes.has_value();
      };
    }
  }
  return out;
}

MapiMessage message_in(const Shared& msg, const OleEntry& storage, std::size_t head, int code_page) {
  MapiMessage out;
  out.properties = properties_of(*msg, storage, head);
  out.properties.take_code_page();
  if (out.properties.code_page() == 0) out.properties.set_code_page(code_page);
  const int its = out.properties.code_page();
  std::vector<const OleEntry*> recipients;
  std::vector<const OleEntry*> attachments;
  for (const OleEntry& entry : msg->file.children(storage)) {
    if (!entry.storage) continue;
    if (entry.name.starts_with(kRecipient)) recipients.push_back(&entry);
    if (entry.name.starts_with(kAttachment)) attachments.push_back(&entry);
  }
  const auto by_name = [](const OleEntry* a, const OleEntry* b) { return a->name < b->name; };
  std::sort(recipients.begin(), recipients.end(), by_name);
  std::sort(attachments.begin(), attachments.end(), by_name);
  for (const OleEntry* entry : recipients) {
    out.recipients.push_back(properties_of(*msg, *entry, 8));
    out.recipients.back().set_code_page(its);
  }
  out.attachment_count = attachments.size();
  out.attachment = [msg, attachments = std::move(attachments), its](std::size_t index) -> Result<MapiAttachment> {
    if (index >= attachments.size()) return fail(ErrorKind::not_found, "there is no such attachment");
    return attachment_in(msg, *attachments[index], its);
  };
  return out;
}

}  // namespace

Result<MapiMessage> msg_message(OleFile& file) {
  if (file.find(kProperties) == nullptr) return fail(ErrorKind::malformed, "the file holds no message");
  const auto msg = std::make_shared<const Msg>(Msg{file, names_of(file)});
  return message_in(msg, file.root(), 32, 0);
}

}  // namespace dragoman::read
