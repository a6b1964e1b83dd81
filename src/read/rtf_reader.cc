// SPDX-License-Identifier: AGPL-3.0-or-later
// RTF as an item: its text, its pictures and objects as children.
#include <algorithm>
#include <utility>

#include "read/html_text.h"
#include "read/input.h"
#include "read/little_endian.h"
#include "read/office_art.h"
#include "read/ole_objects.h"
#include "read/reflow.h"
#include "read/rtf.h"
#include "read/rtf_tokens.h"

namespace dragoman::read {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A string of an OLE 1 head: its length with the NUL, then its bytes.
std::string_view ole1_string(std::string_view& rest) {
  const std::uint32_t length = u32_at(rest, 0);
  std::string_view text = slice(rest, 4, length);
  rest = slice(rest, 4 + std::uint64_t{length});
  if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return text;
}

Result<void> send_object(std::string_view data, const std::string& name, EmbeddedChildren& children) {
  const RtfObject object = rtf_object(data);
  if (object.native.empty()) return {};
  if (object.class_name == "Package" || object.class_name == "package") {
    std::string stream;
    const auto size = static_cast<std::uint32_t>(object.native.size());
    for (unsigned i = 0; i < 4; ++i) stream.push_back(static_cast<char>((size >> (8 * i)) & 0xFFU));
    stream += object.native;
    const NativeObject file = unwrap_native(stream);
    return children.send(file.name.empty() ? name + ".bin" : name + "/" + file.name, file.bytes);
  }
  return children.send_object_file(object.native, name);
}

Result<bool> send_blobs(std::string_view rtf, const RtfContent& content, const Input& input, ReadSink& sink) {
  EmbeddedChildren children(input.limits(), sink, input.size);
  int pictures = 0;
  int objects = 0;
  for (const RtfBlob& blob : content.blobs) {
    const std::string bytes = rtf_blob_bytes(rtf, blob);
    if (blob.extension.empty()) {
      TRY_VOID(send_object(bytes, "object-" + std::to_string(++objects), children));
      continue;
    }
    const std::string head = blob.extension == "bmp" ? bitmap_file_head(bytes) : std::string();
    TRY_VOID(children.send("picture-" + std::to_string(++pictures) + "." + blob.extension, bytes, head));
  }
  return children.whole();
}

}  // namespace

std::string rtf_blob_bytes(std::string_view rtf, const RtfBlob& blob) {
  std::string out;
  // Hexadecimal text may begin in the middle of a token, binary data is announced by its word: it stands before.
  RtfTokens tokens(rtf, blob.at);
  int high = -1;
  const std::size_t near = blob.at >= 32 ? blob.at - 32 : 0;
  const std::size_t word = rtf.substr(near, blob.at - near).rfind("\\bin");
  if (word != rtf.npos) {
    RtfTokens before(rtf, near + word);
    const RtfToken token = before.next();
    if (token.kind == RtfToken::Kind::binary && before.at() - token.bytes.size() == blob.at)
      return std::string(token.bytes);
  }
  for (RtfToken token = tokens.next(); token.kind != RtfToken::Kind::end; token = tokens.next()) {
    // Data is the last in its group: what opens another or closes this one ends it.
    if (token.kind == RtfToken::Kind::open || token.kind == RtfToken::Kind::close) break;
    if (token.kind == RtfToken::Kind::binary) out += token.bytes;
    if (token.kind != RtfToken::Kind::text) continue;
    for (const char c : token.bytes) {
      const int digit = hex_value(c);
      if (digit < 0) continue;
      if (high >= 0) out.push_back(static_cast<char>(high * 16 + digit));
      high = high >= 0 ? -1 : digit;
    }
  }
  return out;
}

RtfObject rtf_object(std::string_view data) {
  RtfObject object;
  if (u32_at(data, 4) != 2) return object;  // 1: a link
  std::string_view rest = slice(data, 8);
  object.class_name = std::string(ole1_string(rest).substr(0, 256));
  ole1_string(rest);
  ole1_string(rest);
  object.native = slice(rest, 4, u32_at(rest, 0));
  return object;
}

Result<ItemState> read_rtf(const Input& input, ReadSink& sink) {
  const Mapping mapping = TRY(Mapping::of(input.fd, input.size));
  RtfContent content = parse_rtf(mapping.bytes(), input.limits());
  Body body;
  body.document.kind = "rtf";
  body.document.title = content.title;
  body.document.fields = std::move(content.fields);
  body.engine = "dragoman rtf" + (content.encodings.empty() ? "" : " " + content.encodings);
  body.text = content.html ? text_of_html(*content.html) : std::move(content.text);
  body.parts = std::move(content.parts);
  const ItemState state = TRY(send_body(std::move(body), input.limits(), sink));
  bool whole = state == ItemState::read;
  if (!content.whole) {
    TRY_VOID(send_gap(sink, GapKind::truncated, "", "the document ends before its last group does"));
    whole = false;
  }
  if (content.limited) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the document has more text than is read"));
    whole = false;
  }
  const bool all = TRY(send_blobs(mapping.bytes(), content, input, sink));
  return whole && all ? ItemState::read : ItemState::partial;
}

}  // namespace dragoman::read
