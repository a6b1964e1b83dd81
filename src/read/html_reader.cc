// SPDX-License-Identifier: AGPL-3.0-or-later
// Web pages as files: their text, what they hide, and the files that are written into them.
#include "read/html_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "read/html_text.h"
#include "read/input.h"

namespace dragoman::read {
namespace {

// Names that browsers read as a larger set (WHATWG Encoding Standard, 4.2).
constexpr std::pair<std::string_view, std::string_view> kSupersets[] = {{"gb2312", "GB18030"},
                                                                        {"gbk", "GB18030"},
                                                                        {"iso-8859-1", "windows-1252"},
                                                                        {"iso-8859-9", "windows-1254"},
                                                                        {"ks_c_5601-1987", "windows-949"},
                                                                        {"euc-kr", "windows-949"},
                                                                        {"shift_jis", "windows-31j"},
                                                                        {"tis-620", "windows-874"}};

bool has_mark(std::string_view bytes) {
  return bytes.starts_with("\xEF\xBB\xBF") || bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

std::string extension_of(std::string_view mime) {
  const Type* type = type_of_mime(mime);
  if (type == nullptr || type->extensions.empty()) return "bin";
  return std::string(type->extensions.substr(0, type->extensions.find(' ')));
}

Result<void> send_child(ReadSink& sink, const ChildHeader& header, std::string_view bytes) {
  TRY_VOID(sink.begin_child(header));
  TRY_VOID(sink.child_bytes(bytes));
  return sink.end_child(ChildEnd::complete);
}

}  // namespace

std::string name_of_address(std::string_view address, std::string_view mime, std::size_t number) {
  std::string name(address);
  if (const std::size_t scheme = name.find("://"); scheme != name.npos) name.erase(0, scheme + 3);
  if (name.starts_with("cid:")) name.erase(0, 4);
  name = name.substr(0, name.find_first_of("?#"));
  while (name.ends_with('/')) name.pop_back();
  if (name.empty()) name = "part-" + std::to_string(number);
  const std::size_t slash = name.rfind('/');
  const bool has_ending = slash != name.npos && name.find('.', slash) != name.npos;
  return has_ending ? name : name + "." + extension_of(mime);
}

Decoded decode_html(std::string_view bytes, std::string_view stated) {
  std::string charset = stated.empty() ? charset_of_html(bytes) : std::string(stated);
  // What is UTF-8 beyond ASCII is that, whatever it says: nothing else looks like it.
  if (has_mark(bytes) || charset.empty() || bytes.find('\0') != bytes.npos || is_valid_utf8(bytes)) {
    return decode_text(bytes);
  }
  std::transform(charset.begin(), charset.end(), charset.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const auto& [name, superset] : kSupersets) {
    if (charset == name) charset = superset;
  }
  Decoded decoded = decode_as(bytes, charset);
  // A wrong name costs nothing when every byte found its letter all the same.
  decoded.malformed = decoded.malformed && decoded.utf8.find("\xEF\xBF\xBD") != decoded.utf8.npos;
  return decoded;
}

Result<ItemState> send_html(const Decoded& decoded, const HtmlOrigin& origin, const Limits& limits, ReadSink& sink) {
  HtmlPage page = html_page(decoded.utf8);
  bool whole = !decoded.malformed && !page.cut;
  if (decoded.malformed) {
    TRY_VOID(send_gap(sink, GapKind::malformed, "", "some bytes do not fit the encoding " + decoded.encoding));
  }
  if (page.cut) {
    TRY_VOID(send_gap(sink, GapKind::limit, "", "the page holds more links, fields or files than are listed"));
  }
  Body body;
  body.document.kind = origin.kind;
  body.document.title = page.title;
  body.document.fields = origin.fields;
  std::move(page.fields.begin(), page.fields.end(), std::back_inserter(body.document.fields));
  body.document.fields.push_back({"encoding", decoded.encoding});
  body.engine = std::string(origin.kind) + " " + decoded.encoding;
  body.parts = page.parts();
  body.text = std::move(page.text);
  const ItemState state = TRY(send_body(std::move(body), limits, sink));
  std::uint32_t ordinal = origin.first_child;
  std::uint32_t number = 0;
  for (const std::string_view address : page.data_addresses) {
    const DataAddress file = read_data_address(address);
    if (file.bytes.empty()) continue;
    const std::string name = "data-" + std::to_string(++number) + "." + extension_of(file.mime);
    TRY_VOID(send_child(sink, {ordinal++, name}, file.bytes));
  }
  number = 0;
  for (const std::string_view document : page.frame_documents) {
    const std::string name = "frame-" + std::to_string(++number) + ".html";
    TRY_VOID(send_child(sink, {ordinal++, name}, text_of_references(document)));
  }
  return whole ? state : ItemState::partial;
}

Result<ItemState> read_html(const Input& input, ReadSink& sink) {
  const std::uint64_t wanted = std::min(input.size, input.limits().max_text_bytes);
  Decoded decoded;
  {
    const Mapping mapping = TRY(Mapping::of(input.fd, wanted));
    decoded = decode_html(mapping.bytes(), {});
  }
  if (wanted < input.size) {
    TRY_VOID(send_gap(sink, GapKind::limit, "offset " + std::to_string(wanted), "the text behind this was not read"));
  }
  const ItemState state = TRY(send_html(decoded, HtmlOrigin{}, input.limits(), sink));
  return wanted < input.size ? ItemState::partial : state;
}

}  // namespace dragoman::read
