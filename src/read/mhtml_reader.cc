// SPDX-License-Identifier: AGPL-3.0-or-later
// Web pages saved as one file (MHTML, RFC 2557; Chromium's, Internet Explorer's, Word's): the page itself as a page of
// the document, everything it shows (pictures, frames, style sheets) as children. The adaptor of GMime for it.
#include <gmime/gmime.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/utf8.h"
#include "read/gmime_ref.h"
#include "read/html_reader.h"
#include "read/input.h"
#include "read/mail_header.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kHead = 16 * 1024;
constexpr const char* kSent[] = {"\nto:", "\ncc:", "\nreceived:", "\nmessage-id:", "\nreturn-path:"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string text_or_nothing(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

struct PagePart {
  GMimePart* part = nullptr;  // of the message, which outlives it
  std::string mime;
  std::string location;
  std::string id;

  bool is_page() const { return mime == "text/html" || mime == "application/xhtml+xml"; }
};

PagePart part_of(GMimeObject* object) {
  PagePart part;
  part.part = GMIME_PART(object);
  GMimeContentType* type = g_mime_object_get_content_type(object);
  if (type != nullptr) {
    part.mime = lower(text_or_nothing(g_mime_content_type_get_media_type(type)) + "/" +
                      text_or_nothing(g_mime_content_type_get_media_subtype(type)));
  }
  part.location = text_or_nothing(g_mime_part_get_content_location(part.part));
  part.id = text_or_nothing(g_mime_part_get_content_id(part.part));
  return part;
}

/// The leaves of a message, in order.
struct Parts {
  std::vector<PagePart> all;
  bool too_deep = false;

  void collect(GMimeObject* object, std::uint32_t depth) {
    if (depth == 0) {
      too_deep = true;
      return;
    }
    if (GMIME_IS_PART(object)) all.push_back(part_of(object));
    if (!GMIME_IS_MULTIPART(object)) return;
    GMimeMultipart* multipart = GMIME_MULTIPART(object);
    const int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; ++i) {
      GMimeObject* inner = g_mime_multipart_get_part(multipart, i);
      if (inner != nullptr) collect(inner, depth - 1);
    }
  }
};

// Feeds the decoded bytes of a part to `eat` until that answers false.
template <class Eat>
void read_part(GMimePart* part, const Eat& eat) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  GMimeStream* stream = content == nullptr ? nullptr : g_mime_data_wrapper_get_stream(content);
  if (stream == nullptr) return;
  g_mime_stream_reset(stream);
  const Ref<GMimeStream> decoded(g_mime_stream_filter_new(stream));
  const Ref<GMimeFilter> filter(g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), FALSE));
  g_mime_stream_filter_add(GMIME_STREAM_FILTER(decoded.get()), filter.get());
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const ssize_t got = g_mime_stream_read(decoded.get(), buffer.data(), buffer.size());
    if (got <= 0 || !eat(std::string_view(buffer.data(), static_cast<std::size_t>(got)))) return;
  }
}

// The page is the part that the container says it starts with, else the first one that is a page.
std::size_t root_of(const std::vector<PagePart>& parts, GMimeObject* top) {
  std::string start = text_or_nothing(g_mime_object_get_content_type_parameter(top, "start"));
  if (start.starts_with('<') && start.ends_with('>')) start = start.substr(1, start.size() - 2);
  const auto starts = [&](const PagePart& part) { return !start.empty() && part.id == start; };
  auto found = std::find_if(parts.begin(), parts.end(), starts);
  if (found == parts.end())
    found = std::find_if(parts.begin(), parts.end(), [](const auto& part) { return part.is_page(); });
  return static_cast<std::size_t>(found - parts.begin());
}

std::vector<Field> fields_of(GMimeMessage* message, const PagePart* root) {
  static constexpr const char* kHeaders[] = {"From", "Subject", "Date", "Snapshot-Content-Location", "X-MimeOLE"};
  std::vector<Field> fields;
  for (const char* name : kHeaders) {
    GMimeHeader* header = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message)), name);
    const char* raw = header == nullptr ? nullptr : g_mime_header_get_raw_value(header);
    if (raw == nullptr) continue;
    std::string value = decode_header(raw);
    value.erase(0, value.find_first_not_of(" \t\r\n"));
    if (!value.empty()) fields.push_back({lower(name), value});
  }
  if (root != nullptr && !root->location.empty()) fields.push_back({"content-location", root->location});
  return fields;
}

// A container whose last boundary is missing was cut.
Result<bool> is_cut(const Input& input, GMimeObject* top) {
  const char* boundary = g_mime_object_get_content_type_parameter(top, "boundary");
  if (boundary == nullptr) return false;
  constexpr std::uint64_t kTail = 4096;
  const std::uint64_t from = input.size > kTail ? input.size - kTail : 0;
  const std::string tail = TRY(read_at(input.fd, from, kTail));
  return tail.find("--" + std::string(boundary) + "--") == tail.npos;
}

Result<bool> send_children(const Parts& parts, std::size_t root, const Input& input, ReadSink& sink) {
  std::uint32_t ordinal = 0;
  for (std::size_t i = 0; i < parts.all.size(); ++i) {
    if (i == root) continue;
    if (ordinal >= input.limits().max_members) {
      TRY_VOID(send_gap(sink, GapKind::limit, "", "the saved page holds more files than its limit"));
      return false;
    }
    const PagePart& part = parts.all[i];
    const std::string name = name_of_address(part.location.empty() ? part.id : part.location, part.mime, i + 1);
    TRY_VOID(sink.begin_child({ordinal++, is_valid_utf8(name) ? name : to_valid_utf8(name)}));
    Result<void> sent;
    const auto eat = [&](std::string_view bytes) {
      sent = sink.child_bytes(bytes);
      return sent.has_value();
    };
    read_part(parts.all[i].part, eat);
    TRY_VOID(std::move(sent));
    TRY_VOID(sink.end_child(ChildEnd::complete));
  }
  return true;
}

Ref<GMimeMessage> message_of(const Input& input) {
  static const bool ready = (g_mime_init(), true);
  if (!ready) return nullptr;
  const Ref<GMimeStream> stream(g_mime_stream_fs_new_with_bounds(::dup(input.fd), 0, static_cast<gint64>(input.size)));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Ref<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

Result<ItemState> send_page(const Parts& parts, std::size_t root, HtmlOrigin origin, const Input& input,
                            ReadSink& sink) {
  const std::uint64_t most = input.limits().max_text_bytes;
  std::string bytes;
  bool cut = false;
  read_part(parts.all[root].part, [&](std::string_view more) {
    cut = bytes.size() + more.size() > most;
    if (!cut) bytes += more;
    return !cut;
  });
  if (cut) TRY_VOID(send_gap(sink, GapKind::limit, "page", "the text behind this was not read"));
  const std::string charset =
      text_or_nothing(g_mime_object_get_content_type_parameter(GMIME_OBJECT(parts.all[root].part), "charset"));
  const ItemState state = TRY(send_html(decode_html(bytes, charset), origin, input.limits(), sink));
  return cut ? ItemState::partial : state;
}

}  // namespace

bool is_saved_page(std::string_view mail) {
  std::string head = lower(mail.substr(0, std::min(kHead, mail.size())));
  const std::size_t blank = std::min(head.find("\n\n"), head.find("\n\r\n"));
  head = "\n" + head.substr(0, blank);
  if (head.find("\nsnapshot-content-location:") != head.npos) return true;
  const std::size_t type = head.find("\ncontent-type:");
  if (type == head.npos || head.find("multipart/related", type) > type + 40) return false;
  if (head.find("\nfrom: <saved by ") != head.npos || head.find("\nfrom: \"saved by ") != head.npos) return true;
  // What was sent has an addressee or a way that it took.
  return std::none_of(std::begin(kSent), std::end(kSent),
                      [&](const char* name) { return head.find(name) != head.npos; });
}

Result<ItemState> read_mhtml(const Input& input, ReadSink& sink) {
  if (input.type.kind == "webarchive") return read_webarchive(input, sink);
  const Ref<GMimeMessage> message = message_of(input);
  GMimeObject* top = message ? g_mime_message_get_mime_part(message.get()) : nullptr;
  if (top == nullptr) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "the saved page has no parts"));
    return ItemState::failed;
  }
  Parts parts;
  parts.collect(top, input.limits().max_depth);
  const std::size_t root = root_of(parts.all, top);
  const bool found = root < parts.all.size();
  HtmlOrigin origin;
  origin.kind = "mhtml";
  origin.fields = fields_of(message.get(), found ? &parts.all[root] : nullptr);
  origin.first_child = static_cast<std::uint32_t>(parts.all.size());
  bool whole = found && !parts.too_deep;
  const bool all = TRY(send_children(parts, root, input, sink));
  ItemState state = ItemState::read;
  if (found) state = TRY(send_page(parts, root, std::move(origin), input, sink));
  if (!found) TRY_VOID(send_gap(sink, GapKind::malformed, "", "the saved page lacks the page itself"));
  if (parts.too_deep) TRY_VOID(send_gap(sink, GapKind::limit, "", "parts nested deeper than the limit were left out"));
  const bool cut = TRY(is_cut(input, top));
  if (cut) TRY_VOID(send_gap(sink, GapKind::truncated, "", "the saved page ends before its last part does"));
  whole = whole && all && !cut;
  return whole ? state : ItemState::partial;
}

}  // namespace dragoman::read
