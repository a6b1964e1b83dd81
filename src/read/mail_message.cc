// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mail_message.h"

#include <gmime/gmime.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "base/utf8.h"
#include "read/gmime_ref.h"
#include "read/mail_header.h"
#include "read/mail_range.h"

namespace dragoman::read {
namespace {

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_type(GMimeObject* object, const char* type, const char* subtype) {
  GMimeContentType* content = g_mime_object_get_content_type(object);
  return content != nullptr && g_mime_content_type_is_type(content, type, subtype) != 0;
}

std::string extension_of(GMimeObject* object) {
  GMimeContentType* content = g_mime_object_get_content_type(object);
  if (content == nullptr) return ".bin";
  const char* media = g_mime_content_type_get_media_type(content);
  const char* subtype = g_mime_content_type_get_media_subtype(content);
  const std::string type = lower(media != nullptr ? media : "") + "/" + lower(subtype != nullptr ? subtype : "");
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kEndings{{
      {"text/plain", ".txt"},
      {"text/html", ".html"},
      {"text/calendar", ".ics"},
      {"text/csv", ".csv"},
      {"text/vcard", ".vcf"},
      {"text/rtf", ".rtf"},
      {"image/jpeg", ".jpg"},
      {"image/png", ".png"},
      {"image/gif", ".gif"},
      {"image/tiff", ".tif"},
      {"image/bmp", ".bmp"},
      {"application/pdf", ".pdf"},
      {"application/zip", ".zip"},
      {"message/rfc822", ".eml"},
      {"application/pgp-signature", ".asc"},
      {"message/delivery-status", ".txt"},
  }};
  for (const auto& [mime, ending] : kEndings) {
    if (type == mime) return std::string(ending);
  }
  return ".bin";
}

std::string own_name(GMimeObject* object) {
  const char* name = nullptr;
  if (GMIME_IS_PART(object)) {
    name = g_mime_part_get_filename(GMIME_PART(object));
  } else {
    name = g_mime_object_get_content_disposition_parameter(object, "filename");
    if (name == nullptr) name = g_mime_object_get_content_type_parameter(object, "name");
  }
  if (name == nullptr) return {};
  // Mailers put encoded words where RFC 2231 belongs, and GMime leaves those that are not quite right.
  return decode_header(name);
}

bool is_attachment(GMimeObject* object) {
  const char* disposition = g_mime_object_get_disposition(object);
  return disposition != nullptr && lower(disposition) == "attachment";
}

bool is_blank_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
}

// Reads a part's content through its transfer decoding.
void read_content_of(GMimeObject* object, const std::function<bool(std::string_view)>& eat) {
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner == nullptr) return;
    const Ref<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, memory.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
    eat({reinterpret_cast<const char*>(bytes->data), bytes->len});
    return;
  }
  if (!GMIME_IS_PART(object)) return;
  GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(object));
  if (content == nullptr) return;
  GMimeStream* stream = g_mime_data_wrapper_get_stream(content);
  if (stream == nullptr) return;
  g_mime_stream_reset(stream);
  const Ref<GMimeStream> decoded(g_mime_stream_filter_new(stream));
  const Ref<GMimeFilter> filter(g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), FALSE));
  g_mime_stream_filter_add(GMIME_STREAM_FILTER(decoded.get()), filter.get());
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const ssize_t got = g_mime_stream_read(decoded.get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    if (!eat({buffer.data(), static_cast<std::size_t>(got)})) return;
  }
}

// PKCS #7 signedData, 1.2.840.113549.1.7.2, where the type of the part does not say what it is.
bool is_signed_data(GMimeObject* object) {
  bool is_signed = false;
  read_content_of(object, [&](std::string_view bytes) {
    is_signed = bytes.substr(0, 32).find("\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02") != bytes.npos;
    return false;
  });
  return is_signed;
}

bool says(GMimeObject* object, const char* parameter, std::string_view value) {
  const char* said = g_mime_object_get_content_type_parameter(object, parameter);
  return said != nullptr && lower(said) == value;
}

MailText text_of_part(GMimeObject* object, std::size_t max_bytes) {
  MailText out;
  const char* charset = g_mime_object_get_content_type_parameter(object, "charset");
  if (charset != nullptr) out.charset = charset;
  out.html = is_type(object, "text", "html");
  out.flowed = says(object, "format", "flowed");
  out.delsp = says(object, "delsp", "yes");
  read_content_of(object, [&](std::string_view bytes) {
    out.bytes += bytes.substr(0, max_bytes - out.bytes.size());
    return out.bytes.size() < max_bytes;
  });
  return out;
}

}  // namespace

struct MailMessage::State {
  Ref<GMimeStream> stream;
  Ref<GMimeParser> parser;
  Ref<GMimeMessage> message;
  GMimeParserOptions* options = nullptr;
  std::uint32_t max_depth = 0;
  int fd = -1;                          // the caller's
  std::uint64_t end = 0;                // of the mail in it
  std::vector<std::string> boundaries;  // of the multiparts that the walk is in
  std::vector<GMimeObject*> texts;      // owned by the message
  std::vector<GMimeObject*> others;     // texts of alternatives that were not chosen
  std::vector<GMimeObject*> leaves;     // one for each part
  std::vector<MailPart> parts;
  GMimeObject* last = nullptr;  // the leaf that the file ends in
  bool truncated = false;
  bool too_deep = false;
  bool encrypted = false;
  bool in_other = false;  // below an alternative that was not chosen

  ~State() {
    if (options != nullptr) g_mime_parser_options_free(options);
  }
  void walk(GMimeObject* object, std::uint32_t depth);
  void walk_multipart(GMimeMultipart* multipart, std::uint32_t depth);
  void walk_alternative(GMimeMultipart* multipart, std::uint32_t depth);
  void add_part(GMimeObject* object);
  std::optional<ByteRange> range_of(GMimeObject* object) const;
  bool holds_text(GMimeObject* object, const char* subtype, std::uint32_t depth) const;
};

// GMime knows where the header of a forwarded mail begins; where the mail ends, its multiparts' boundaries say.
std::optional<ByteRange> MailMessage::State::range_of(GMimeObject* object) const {
  if (!GMIME_IS_MESSAGE_PART(object)) return std::nullopt;
  GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
  if (inner == nullptr) return std::nullopt;
  GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(inner));
  if (g_mime_header_list_get_count(headers) == 0) return std::nullopt;
  GMimeHeader* first = g_mime_header_list_get_header_at(headers, 0);
  const gint64 at = g_mime_header_get_offset(first);
  const std::string_view name = g_mime_header_get_raw_name(first);
  std::string there(name.size(), '\0');
  // A part in base64 is parsed too; its header stands nowhere in the file.
  if (at < 0 || ::pread(fd, there.data(), there.size(), at) != static_cast<ssize_t>(there.size()) || there != name) {
    return std::nullopt;
  }
  const auto start = static_cast<std::uint64_t>(at);
  const Result<std::uint64_t> behind = end_of_part(fd, start, end, boundaries);
  if (!behind || *behind <= start) return std::nullopt;
  return ByteRange{start, *behind - start};
}

void MailMessage::State::add_part(GMimeObject* object) {
  MailPart part;
  part.name = own_name(object);
  leaves.push_back(object);
  if (part.name.empty()) part.name = "part-" + std::to_string(leaves.size()) + extension_of(object);
  part.range = range_of(object);
  parts.push_back(std::move(part));
}

// Whether text of that subtype with a word in it is somewhere below.
bool MailMessage::State::holds_text(GMimeObject* object, const char* subtype, std::uint32_t depth) const {
  if (depth > max_depth) return false;
  if (GMIME_IS_MULTIPART(object)) {
    auto* multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
      if (holds_text(g_mime_multipart_get_part(multipart, i), subtype, depth + 1)) return true;
    }
    return false;
  }
  if (!is_type(object, "text", subtype) || is_attachment(object)) return false;
  bool words = false;
  read_content_of(object, [&words](std::string_view bytes) {
    words = words || !is_blank_text(bytes);
    return !words;
  });
  return words;
}

// RFC 2046, section 5.1.4: the parts say the same; plain text is the one without markup to lose.
void MailMessage::State::walk_alternative(GMimeMultipart* multipart, std::uint32_t depth) {
  const int count = g_mime_multipart_get_count(multipart);
  GMimeObject* chosen = nullptr;
  for (const char* subtype : {"plain", "html"}) {
    for (int i = 0; i < count && chosen == nullptr; ++i) {
      GMimeObject* part = g_mime_multipart_get_part(multipart, i);
      if (holds_text(part, subtype, depth)) chosen = part;
    }
  }
  const bool was_other = in_other;
  for (int i = 0; i < count; ++i) {
    GMimeObject* part = g_mime_multipart_get_part(multipart, i);
    in_other = was_other || (chosen != nullptr && part != chosen);
    walk(part, depth + 1);
  }
  in_other = was_other;
}

void MailMessage::State::walk_multipart(GMimeMultipart* multipart, std::uint32_t depth) {
  auto* object = GMIME_OBJECT(multipart);
  encrypted = encrypted || GMIME_IS_MULTIPART_ENCRYPTED(object);
  const char* boundary = g_mime_multipart_get_boundary(multipart);
  boundaries.emplace_back(boundary != nullptr ? boundary : "");
  if (is_type(object, "multipart", "alternative")) {
    walk_alternative(multipart, depth);
  } else {
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
      walk(g_mime_multipart_get_part(multipart, i), depth + 1);
    }
  }
  boundaries.pop_back();
}

void MailMessage::State::walk(GMimeObject* object, std::uint32_t depth) {
  if (object == nullptr) return;
  if (depth > max_depth) {
    too_deep = true;
    return;
  }
  if (GMIME_IS_MULTIPART(object)) return walk_multipart(GMIME_MULTIPART(object), depth);
  last = object;
  const bool text = is_type(object, "text", "plain") || is_type(object, "text", "html");
  if (is_type(object, "application", "pkcs7-mime") || is_type(object, "application", "x-pkcs7-mime")) {
    const char* smime = g_mime_object_get_content_type_parameter(object, "smime-type");
    encrypted = encrypted || (smime != nullptr ? lower(smime) == "enveloped-data" : !is_signed_data(object));
  }
  // RFC 2183: text with a file name, or marked as attachment, is a file of its own.
  if (text && GMIME_IS_PART(object) && !is_attachment(object) && own_name(object).empty()) {
    (in_other ? others : texts).push_back(object);
  } else {
    add_part(object);
  }
}

MailMessage::MailMessage(std::unique_ptr<State> state) : state_(std::move(state)) {}
MailMessage::MailMessage(MailMessage&&) noexcept = default;
MailMessage::~MailMessage() = default;

Result<MailMessage> MailMessage::parse(const MailBytes& bytes, std::uint32_t max_depth) {
  initialise();
  auto state = std::make_unique<State>();
  state->max_depth = max_depth;
  const auto start = static_cast<gint64>(bytes.start);
  const gint64 end = bytes.end ? static_cast<gint64>(*bytes.end) : -1;
  if (::lseek(bytes.fd, start, SEEK_SET) != start) return fail(ErrorKind::io, "the mail cannot be read from its start");
  state->fd = bytes.fd;
  state->end = bytes.end ? *bytes.end : TRY(file_size(bytes.fd));
  const int copy = ::dup(bytes.fd);
  if (copy < 0) return fail(ErrorKind::io, "the mail's file cannot be opened again");
  state->stream.reset(g_mime_stream_fs_new_with_bounds(copy, start, end));
  state->parser.reset(g_mime_parser_new_with_stream(state->stream.get()));
  g_mime_parser_set_persist_stream(state->parser.get(), TRUE);
  // A "From " or ">From " line that some programs leave in front of a single mail.
  char opening[6] = {};
  const bool envelope = ::pread(bytes.fd, opening, 5, start) == 5 && std::string_view(opening) == "From ";
  g_mime_parser_set_format(state->parser.get(), envelope ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
  state->options = g_mime_parser_options_new();
  g_mime_parser_options_set_warning_callback(
      state->options,
      [](gint64, GMimeParserWarning what, const gchar*, gpointer data) {
        auto* of = static_cast<State*>(data);
        if (what == GMIME_WARN_TRUNCATED_MESSAGE) of->truncated = true;
        if (what == GMIME_CRIT_NESTING_OVERFLOW) of->too_deep = true;
      },
      state.get());
  state->message.reset(g_mime_parser_construct_message(state->parser.get(), state->options));
  if (!state->message) return fail(ErrorKind::malformed, "there is no mail in the file");
  state->walk(g_mime_message_get_mime_part(state->message.get()), 0);
  if (state->truncated && state->last != nullptr && !state->leaves.empty() && state->leaves.back() == state->last) {
    state->parts.back().cut = true;
  }
  return MailMessage(std::move(state));
}

std::vector<Field> MailMessage::fields() const {
  GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(state_->message.get()));
  const char* charset =
      state_->texts.empty() ? nullptr : g_mime_object_get_content_type_parameter(state_->texts[0], "charset");
  const std::string hint = charset != nullptr ? charset : "";
  std::vector<Field> out;
  std::vector<std::size_t> received;
  for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
    GMimeHeader* header = g_mime_header_list_get_header_at(headers, i);
    const char* name = g_mime_header_get_name(header);
    const char* raw = g_mime_header_get_raw_value(header);
    if (name == nullptr || raw == nullptr) continue;
    const std::string key = lower(name);
    if (!is_kept_header(key)) continue;
    // Of the relays between, nothing is kept: the last "received" takes the place of the second.
    if (key == "received" && received.size() == 2) {
      out[received[1]].value = decode_header(raw, hint);
      continue;
    }
    if (key == "received") received.push_back(out.size());
    out.push_back({key, decode_header(raw, hint)});
  }
  return out;
}

const std::vector<MailPart>& MailMessage::parts() const {
  return state_->parts;
}
std::size_t MailMessage::text_count() const {
  return state_->texts.size();
}

std::size_t MailMessage::other_text_count() const {
  return state_->others.size();
}
MailText MailMessage::text(std::size_t index, std::size_t max_bytes) const {
  return text_of_part(state_->texts[index], max_bytes);
}
MailText MailMessage::other_text(std::size_t index, std::size_t max_bytes) const {
  return text_of_part(state_->others[index], max_bytes);
}
void MailMessage::read_part(std::size_t index, const std::function<bool(std::string_view)>& eat) const {
  read_content_of(state_->leaves[index], eat);
}

bool MailMessage::truncated() const {
  return state_->truncated;
}
bool MailMessage::too_deep() const {
  return state_->too_deep;
}
bool MailMessage::encrypted() const {
  return state_->encrypted;
}

std::string MailMessage::engine() {
  return "gmime " + std::to_string(gmime_major_version) + "." + std::to_string(gmime_minor_version) + "." +
         std::to_string(gmime_micro_version);
}

void warm_up_mail() {
  initialise();
  // GMime converts file names with iconv, whose modules are loaded at first use and unloaded with their last
  // converter: these stay open for the life of the process.
  static auto& kept = *new std::vector<iconv_t>;  // never destroyed: they are closed by the end of the process alone
  if (!kept.empty()) return;
  for (const char* charset : {"utf-8", "iso-8859-1", "windows-1252", "windows-1256", "iso-8859-6", "koi8-r",
                              "windows-1251", "utf-16", "gb2312", "iso-2022-jp", "big5", "euc-kr", "shift_jis"}) {
    const iconv_t converter = g_mime_iconv_open("UTF-8", charset);
    if (converter == reinterpret_cast<iconv_t>(-1)) continue;
    kept.push_back(converter);
    char in[] = "a";
    char out[16];
    char* from = in;
    char* to = out;
    std::size_t in_left = 1;
    std::size_t out_left = sizeof out;
    iconv(converter, &from, &in_left, &to, &out_left);
  }
}

}  // namespace dragoman::read
