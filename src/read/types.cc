// SPDX-License-Identifier: AGPL-3.0-or-later
// Own signatures first: they are exact where libmagic guesses (mail, ZIP-based formats, text in odd encodings).
// libmagic answers for the rest, and only with a row of our table.
#include "read/types.h"

#include <magic.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <string>

#include "read/csv_rows.h"
#include "read/dbf_table.h"
#include "read/emlx.h"
#include "read/encoding.h"
#include "read/html_reader.h"
#include "read/mbox_walk.h"
#include "read/media_signatures.h"
#include "read/ole_reader.h"
#include "read/zip_names.h"

namespace dragoman::read {
namespace {

struct Alias {
  std::string_view magic;  // what libmagic 5.44 says
  std::string_view mime;   // our row
};

constexpr Alias kAliases[] = {
    {"image/x-ms-bmp", "image/bmp"},
    {"application/CDFV2", "application/x-ole-storage"},
    {"application/vnd.ms-publisher", "application/x-mspublisher"},
    {"application/vnd-ms-works", "application/vnd.ms-works"},
    {"application/vnd.stardivision.cal", "application/vnd.stardivision.calc"},
    {"image/x-coreldraw", "application/vnd.corel-draw"},
    {"application/cdfv2-encrypted", "application/x-ooxml-encrypted"},
    {"application/vnd.rar", "application/x-rar"},
    {"application/x-gzip", "application/gzip"},
    {"application/x-lzh-compressed", "application/x-lha"},
    {"application/x-zstd", "application/zstd"},
    {"application/x-sqlite3", "application/vnd.sqlite3"},
    {"application/x-dosexec", "application/x-executable"},
    {"application/vnd.microsoft.portable-executable", "application/x-executable"},
    {"application/vnd.ms-opentype", "font/sfnt"},
    {"application/x-font-ttf", "font/sfnt"},
    {"application/x-sharedlib", "application/x-executable"},
    {"application/x-pie-executable", "application/x-executable"},
    {"application/x-mach-binary", "application/x-executable"},
    {"audio/x-m4a", "audio/mp4"},
    {"audio/x-wav", "audio/wav"},
    {"audio/AMR", "audio/amr"},
    {"application/ogg", "audio/ogg"},
    {"video/ogg", "audio/ogg"},
    {"video/webm", "video/x-matroska"},
    {"video/quicktime", "video/mp4"},
    {"video/3gpp", "video/mp4"},
    {"video/x-m4v", "video/mp4"},
    {"audio/x-hx-aac-adts", "audio/aac"},
    {"audio/x-aiff", "audio/aiff"},
    {"video/MP2T", "video/mp2t"},
    {"application/vnd.ms-asf", "video/x-ms-asf"},
    {"application/x-pgp-encrypted", "application/pgp-encrypted"},
};

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view mime;
};

using namespace std::string_view_literals;

// Exact and short: only formats whose readers we have or whose names libmagic 5.44 gets wrong.
constexpr Signature kSignatures[] = {
    {0, "\xFF\xD8\xFF"sv, "image/jpeg"},
    {0, "\x89PNG\r\n\x1A\n"sv, "image/png"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {0, "II+\0"sv, "image/tiff"},
    {0, "MM\0+"sv, "image/tiff"},
    {0, "!BDN"sv, "application/vnd.ms-outlook-pst"},
    {0, "7z\xBC\xAF\x27\x1C"sv, "application/x-7z-compressed"},
    {0, "Rar!\x1A\x07"sv, "application/x-rar"},
    {0, "\x1F\x8B\x08"sv, "application/gzip"},
    {0, "\x78\x9F\x3E\x22"sv, "application/ms-tnef"},
    {0, "{\\rtf"sv, "text/rtf"},
    {0, "\x09\x08\x10\0\0\x06"sv, "application/vnd.ms-excel"},
    {0, "\x09\x08\x08\0\0\x05"sv, "application/vnd.ms-excel"},
    {0, "\x09\x04\x06\0"sv, "application/vnd.ms-excel"},
    {0, "\x09\x02\x06\0"sv, "application/vnd.ms-excel"},
    {0, "\x09\0\x04\0"sv, "application/vnd.ms-excel"},
    {0, "%!PS"sv, "application/postscript"},
    {0, "\xFFWPC"sv, "application/vnd.wordperfect"},
    {0, "\x31\xBE\0\0\0\xAB"sv, "application/x-mswrite"},
    {0, "\0\0\2\0\6\4\6\0"sv, "application/vnd.lotus-1-2-3"},
    {0, "\0\0\x1A\0\0\x10\4\0"sv, "application/vnd.lotus-1-2-3"},
    {0, "\0\0\x1A\0\2\x10\4\0"sv, "application/vnd.lotus-1-2-3"},
    {0, "ID;P"sv, "application/x-sylk"},
    {0, "TABLE\r\n0,1\r\n"sv, "application/x-dif"},
    {0, "TABLE\n0,1\n"sv, "application/x-dif"},
    {0, "SQLite format 3\0"sv, "application/vnd.sqlite3"},
    {4, "Standard Jet DB\0"sv, "application/x-msaccess"},
    {4, "Standard ACE DB\0"sv, "application/x-msaccess"},
    {257, "ustar"sv, "application/x-tar"},
    {0, "\xD7\xCD\xC6\x9A"sv, "image/wmf"},
    {0, "\1\0\x09\0\0\3"sv, "image/wmf"},
    {0, "\2\0\x09\0\0\3"sv, "image/wmf"},
    {0, "\1\0\x09\0\0\1"sv, "image/wmf"},
    {0, "VCLMTF"sv, "image/x-svm"},
    {522, "\0\x11\2\xFF\x0C\0"sv, "image/x-pict"},
    {0, "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D"sv, "application/onenote"},
    {0, "\xA1\x2F\xFF\x43\xD9\xEF\x76\x4C"sv, "application/onenote"},
    {0, "\0\5\x16\7"sv, "application/x-applefile"},
    {0, "<stata_dta>"sv, "application/x-stata-dta"},
    {0, "WARC/"sv, "application/warc"},
    {0, "xar!\0\x1C"sv, "application/x-xar"},
    {4, "1AY&SY"sv, "application/x-bzip2"},
    {0,
     "\xFD"
     "7zXZ\0"sv,
     "application/x-xz"},
    {0, "\x28\xB5\x2F\xFD"sv, "application/zstd"},
    {0, "LZIP\1"sv, "application/x-lzip"},
    {0, "\x04\x22\x4D\x18"sv, "application/x-lz4"},
    {0, "\x1F\x9D"sv, "application/x-compress"},
    {0, "MSCF\0\0\0\0"sv, "application/vnd.ms-cab-compressed"},
    {0, "!<arch>\n"sv, "application/x-archive"},
    {0x8001, "CD001"sv, "application/x-iso9660-image"},
};

bool has_at(std::string_view bytes, std::size_t offset, std::string_view what) {
  return bytes.size() >= offset + what.size() && bytes.substr(offset, what.size()) == what;
}

const Type& row(std::string_view mime) {
  const Type* type = type_of_mime(mime);
  return type != nullptr ? *type : types().back();
}

std::string utf16le(std::string_view ascii) {
  std::string out;
  for (const char c : ascii) {
    out.push_back(c);
    out.push_back('\0');
  }
  return out;
}

// The names of an OLE file's streams stand in its directory as UTF-16LE.
std::string_view ole_mime(std::string_view head, std::string_view tail) {
  for (const auto& [name, mime] : ole_kinds()) {
    std::string wide = utf16le(name);
    wide += std::string_view("\0\0", 2);
    if (head.find(wide) != head.npos || tail.find(wide) != tail.npos) return mime;
  }
  return "application/x-ole-storage";
}

bool holds_ascii_ci(std::string_view text, std::string_view lower) {
  const auto equal = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), equal) != text.end();
}

bool starts_ascii_ci(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && holds_ascii_ci(text.substr(0, lower.size()), lower);
}

// A DER or BER sequence that begins with one of the content types of PKCS #7 (1.2.840.113549.1.7.*).
bool is_pkcs7(std::string_view head) {
  static constexpr std::string_view kPrefix = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07";
  return head.starts_with('\x30') && head.substr(0, 16).find(kPrefix) != std::string_view::npos;
}

struct MagicClose {
  void operator()(magic_set* cookie) const { magic_close(cookie); }
};

// One database for the process: libmagic reads 8 MB at load, and its file is out of reach after the lock.
magic_set* magic_cookie() {
  static const std::unique_ptr<magic_set, MagicClose> cookie = [] {
    std::unique_ptr<magic_set, MagicClose> opened(
        magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TOKENS));
    if (opened && magic_load(opened.get(), nullptr) != 0) opened.reset();
    return opened;
  }();
  return cookie.get();
}

const Type* by_magic(std::string_view head) {
  magic_set* cookie = magic_cookie();
  if (cookie == nullptr) return nullptr;
  const char* said = magic_buffer(cookie, head.data(), head.size());
  if (said == nullptr) return nullptr;
  for (const Alias& alias : kAliases) {
    if (alias.magic == said) return type_of_mime(alias.mime);
  }
  return type_of_mime(said);
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 76 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  });
}

// Header fields that only mails have, or that count together.
int mail_weight(std::string_view name) {
  static constexpr std::string_view kStrong[] = {
      "received",     "return-path",    "message-id", "mime-version",
      "delivered-to", "dkim-signature", "x-mailer",   "content-transfer-encoding"};
  static constexpr std::string_view kWeak[] = {"from",        "to",         "subject", "date",         "cc",
                                               "bcc",         "reply-to",   "sender",  "content-type", "x-priority",
                                               "in-reply-to", "references", "sent"};
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (std::find(std::begin(kStrong), std::end(kStrong), lower) != std::end(kStrong)) return 2;
  return std::find(std::begin(kWeak), std::end(kWeak), lower) != std::end(kWeak) ? 1 : 0;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// A mail starts with header fields: of the first unbroken run of "Name: value" lines, enough are a mail's.
bool is_mail(std::string_view text) {
  int weight = 0;
  bool first = true;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    const bool envelope = first && line.starts_with("From ");
    const bool folded = !first && !line.empty() && (line[0] == ' ' || line[0] == '\t');
    const bool quoted_envelope = first && line.starts_with(">From ");
    first = false;
    if (envelope || folded || quoted_envelope) continue;
    const std::size_t colon = line.find(':');
    if (line.empty() || colon == line.npos) break;
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (!is_header_name(name)) break;
    weight += mail_weight(name);
    // The head of a part of a mail, which a signature covers: it says how the part is written and nothing else.
    if (name.size() == 12 && holds_ascii_ci(line, "content-type: multipart/")) weight += 2;
    if (weight >= 3) return true;
  }
  return false;
}

// More than one line that begins a message; or one, and more behind what is seen here.
bool is_mailbox(std::string_view text, bool cut) {
  if (!begins_message(text, true)) return false;
  if (cut) return true;
  for (std::size_t at = text.find("\nFrom "); at != text.npos; at = text.find("\nFrom ", at + 1)) {
    const std::string_view before = text.substr(0, at);
    const bool blank = before.ends_with('\n') || before.ends_with("\n\r");
    if (begins_message(text.substr(at + 1), blank)) return true;
  }
  return false;
}

// A number alone on the first line, a mail behind it.
bool is_emlx(std::string_view text) {
  const std::optional<EmlxHead> head = emlx_head(text);
  return head && is_mail(text.substr(static_cast<std::size_t>(head->start)));
}

// Mails, whatever their parts hold: bytes of zero in a binary part make no other type of them. Null: none.
const Type* identify_mail(std::string_view head, bool cut) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && std::isspace(static_cast<unsigned char>(head.front())) != 0) head.remove_prefix(1);
  if (is_mailbox(head, cut)) return &row("application/mbox");
  if (is_mail(head)) return &row(is_saved_page(head) ? "application/x-mimearchive" : "message/rfc822");
  return is_emlx(head) ? &row("message/x-emlx") : nullptr;
}

// The row of what a document in one file, a part of one or an old StarOffice file calls itself.
const Type& opendocument_row(std::string_view said) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"spreadsheet", "spreadsheet"}, {".calc", "spreadsheet"}, {"presentation", "presentation"},
      {".impress", "presentation"},   {"graphics", "graphics"}, {".draw", "graphics"},
      {"formula", "formula"},         {".math", "formula"},     {"chart", "chart"},
  };
  for (const auto& [word, kind] : kKinds) {
    if (said.substr(0, 64).find(word) != said.npos)
      return row("application/vnd.oasis.opendocument." + std::string(kind));
  }
  return row("application/vnd.oasis.opendocument.text");
}

// A piece of a page, without its frame: begins with an element of HTML that no other markup begins with.
bool is_html_piece(std::string_view opening) {
  static constexpr std::string_view kFirst[] = {"h1",   "h2",   "h3",   "p",    "div",    "table", "body",
                                                "head", "meta", "font", "span", "center", "br"};
  const std::string_view name = opening.substr(1, opening.find_first_of(" \t\r\n/>", 1) - 1);
  return std::any_of(std::begin(kFirst), std::end(kFirst), [&](std::string_view first) {
    return first.size() == name.size() && holds_ascii_ci(name, first);
  });
}

const Type& identify_text(std::string_view head, bool cut) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  std::string_view start = head;
  while (!start.empty() && std::isspace(static_cast<unsigned char>(start.front())) != 0) start.remove_prefix(1);
  const std::string_view opening = start.substr(0, 1024);
  if (starts_ascii_ci(opening, "begin:vcard")) return row("text/vcard");
  if (starts_ascii_ci(opening, "begin:vcalendar")) return row("text/calendar");
  const bool markup = !opening.empty() && opening.front() == '<';
  if (markup &&
      (holds_ascii_ci(opening, "<!doctype html") || holds_ascii_ci(opening, "<html") || is_html_piece(opening)))
    return row("text/html");
  if (markup && holds_ascii_ci(opening, "<svg")) return row("image/svg+xml");
  const std::size_t office = markup ? start.substr(0, 8192).find("<office:document") : start.npos;
  if (office != start.npos) {
    const std::string_view root = start.substr(office, start.substr(office, 16384).find('>'));
    const std::size_t said = root.find("office:mimetype=\"");
    return opendocument_row(said == root.npos ? root.substr(0, 0) : root.substr(said + 17));
  }
  if (opening.starts_with("<?xml")) return row("text/xml");
  if (opening.starts_with("-----BEGIN PGP MESSAGE")) return row("application/pgp-encrypted");
  if (looks_like_csv(head, cut)) return row("text/csv");
  const Type* magic = by_magic(head);
  if (magic != nullptr && (magic->mime == "application/json" || magic->mime == "text/html")) return *magic;
  return row("text/plain");
}

// What documents of Pages, Numbers and Keynote hold, before 2013 and since.
bool is_iwork_part(std::string_view name) {
  return name == "index.apxl" || name == "index.apxl.gz" || name == "buildVersionHistory.plist" ||
         name == "Index/Document.iwa";
}

const Type& identify_zip(std::string_view head, std::string_view tail) {
  bool content_types = false;
  bool manifest = false;
  bool content = false;
  std::string_view found;
  if (has_at(head, 30, "mimetypeapplication/")) {
    std::string_view said = head.substr(38, 80);
    if (said.starts_with("application/vnd.sun.xml.")) return opendocument_row(said);
    for (const Type& type : types()) {
      if (type.kind != "zip" && said.starts_with(type.mime)) return type;
    }
  }
  for (const std::string_view name : zip_names(head, tail)) {
    if (is_iwork_part(name)) return row("application/vnd.apple.iwork");
    if (name == "META-INF/container.xml") return row("application/epub+zip");
    content_types = content_types || name == "[Content_Types].xml";
    if (name.ends_with(".fdseq")) return row("application/vnd.ms-xpsdocument");
    manifest = manifest || name == "META-INF/manifest.xml";
    content = content || name == "content.xml";
    // The first of them: a document may hold folders of the other kinds.
    if (!found.empty()) continue;
    if (name.starts_with("word/") || name.starts_with("word\\")) {
      found = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    } else if (name.starts_with("xl/") || name.starts_with("xl\\")) {
      found = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    } else if (name.starts_with("ppt/") || name.starts_with("ppt\\")) {
      found = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    }
  }
  // An OpenDocument file whose mimetype is not where it should be; its reader finds out which kind.
  if (manifest && content && !content_types) return row("application/vnd.oasis.opendocument.text");
  return content_types && !found.empty() ? row(found) : row("application/zip");
}

}  // namespace

const Type* type_of_mime(std::string_view mime) {
  for (const Type& type : types()) {
    if (type.mime == mime) return &type;
  }
  return nullptr;
}

const Type* type_of_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash != name.npos) name.remove_prefix(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || dot + 1 == name.size() || name.size() - dot > 12) return nullptr;
  std::string ending = " ";
  for (const char c : name.substr(dot + 1)) {
    ending.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  if (ending.find(' ', 1) != ending.npos) return nullptr;
  ending.push_back(' ');
  for (const Type& type : types()) {
    std::string padded = " ";
    padded += type.extensions;
    padded.push_back(' ');
    if (padded.find(ending) != padded.npos) return &type;
  }
  return nullptr;
}

const Type& identify(std::string_view head, std::string_view tail, std::uint64_t size) {
  for (const Signature& signature : kSignatures) {
    if (has_at(head, signature.offset, signature.bytes)) return row(signature.mime);
  }
  if (has_at(head, 0, std::string_view("\1\0\0\0", 4)) && has_at(head, 40, " EMF")) return row("image/emf");
  if (has_at(head, 0, "BM") && has_at(head, 6, std::string_view("\0\0\0\0", 4))) return row("image/bmp");
  if (has_at(head, 0, "RIFF") && has_at(head, 8, "WEBP")) return row("image/webp");
  if (const std::string_view mime = media_mime(head); !mime.empty()) return row(mime);
  if (head.substr(0, 1024).find("%PDF-") != head.npos) {
    // A mail that quotes a PDF within its first kilobyte is still a mail.
    if (head.starts_with("%PDF-") || !is_mail(head)) return row("application/pdf");
  }
  if (has_at(head, 0, "PK\x03\x04") || has_at(head, 0, "PK\x05\x06") || has_at(head, 0, "PK\x07\x08PK"))
    return identify_zip(head, tail);
  if (has_at(head, 0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return row(ole_mime(head, tail));
  if (is_pkcs7(head)) return row("application/pkcs7-mime");
  if (const Type* mail = identify_mail(head, head.size() < size); mail != nullptr) return *mail;
  if (looks_like_webarchive(head, tail)) return row("application/x-webarchive");
  if (looks_like_dbf(head)) return row("application/x-dbf");
  if (looks_like_text(head, head.size() < size)) return identify_text(head, head.size() < size);
  const Type* magic = by_magic(head);
  const bool believed =
      magic != nullptr && (magic->reader == ReaderKind::none || magic->reader == ReaderKind::archive ||
                           magic->reader == ReaderKind::compressed || magic->reader == ReaderKind::media);
  return believed ? *magic : row("application/octet-stream");
}

void warm_up_types() {
  const Type* type = by_magic("hello, world\n");
  static_cast<void>(type);
}

}  // namespace dragoman::read
