// SPDX-License-Identifier: AGPL-3.0-or-later
// Apple Mail's files: a line with the number of bytes of the mail, the mail, a property list with what Mail knows
// about it. A *.partial.emlx lacks the attachments, which lie in files of their own beside it.
#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <utility>

#include "read/emlx.h"
#include "read/mail_reading.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMaxListBytes = std::size_t{1} << 20;

// Bits of the property "flags" as Apple Mail uses them.
constexpr std::pair<unsigned, std::string_view> kFlags[] = {
    {0, "read"},    {1, "deleted"}, {2, "answered"},  {3, "encrypted"}, {4, "flagged"},
    {5, "recent"},  {6, "draft"},   {7, "initial"},   {8, "forwarded"}, {9, "redirected"},
    {23, "signed"}, {24, "junk"},   {25, "not junk"},
};

std::string flag_words(std::uint64_t flags) {
  std::string out;
  for (const auto& [bit, word] : kFlags) {
    if ((flags >> bit & 1U) == 0) continue;
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

}  // namespace

std::optional<EmlxHead> emlx_head(std::string_view bytes) {
  const std::size_t feed = bytes.substr(0, 24).find('\n');
  if (feed == bytes.npos) return std::nullopt;
  EmlxHead head;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + feed, head.length);
  if (error != std::errc() || end == bytes.data()) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(bytes.data() + feed - end));
  if (rest.find_first_not_of(" \t\r") != rest.npos) return std::nullopt;
  head.start = feed + 1;
  return head;
}

std::vector<Field> emlx_fields(std::string_view list) {
  std::vector<Field> out;
  pugi::xml_document document;
  if (!document.load_buffer(list.data(), list.size(), pugi::parse_default, pugi::encoding_utf8)) return out;
  for (pugi::xml_node node = document.child("plist").child("dict").first_child(); node; node = node.next_sibling()) {
    if (std::string_view(node.name()) != "key") continue;
    const pugi::xml_node value = node.next_sibling();
    const std::string text = value.text().get();
    if (text.empty()) continue;
    const std::string key = node.child_value();
    out.push_back({"emlx:" + key, text});
    std::uint64_t flags = 0;
    const bool number = std::from_chars(text.data(), text.data() + text.size(), flags).ec == std::errc();
    if (key == "flags" && number && !flag_words(flags).empty()) out.push_back({"emlx:status", flag_words(flags)});
  }
  return out;
}

Result<ItemState> read_emlx(const Input& input, ReadSink& sink) {
  const std::string start = TRY(read_at(input.fd, 0, 24));
  const std::optional<EmlxHead> head = emlx_head(start);
  if (!head) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the line with the length of the mail is missing"));
    return ItemState::failed;
  }
  const std::uint64_t most = input.size - std::min(head->start, input.size);
  const bool cut = head->length > most;
  const std::uint64_t end = head->start + std::min(head->length, most);
  std::string list;
  if (!cut) list = TRY(read_at(input.fd, end, std::min<std::size_t>(input.size - end, kMaxListBytes)));
  const ItemState state = TRY(read_mail_at(input, {input.fd, head->start, end}, emlx_fields(list), sink));
  if (cut) TRY_VOID(send_gap(sink, GapKind::truncated, "", "the file ends before the mail does"));
  const bool partial = input.request.name.ends_with(".partial.emlx");
  if (partial) TRY_VOID(send_gap(sink, GapKind::truncated, "", "attachments of this mail lie in files beside it"));
  return (cut || partial) && state == ItemState::read ? ItemState::partial : state;
}

}  // namespace dragoman::read
