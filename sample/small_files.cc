// SPDX-License-Identifier: AGPL-3.0-or-later
#include "small_files.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "base/result.h"
#include "markup.h"
#include "zip.h"

namespace dragoman::sample {
namespace {

void put16le(std::string& out, std::uint32_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
}

void put32le(std::string& out, std::uint32_t value) {
  put16le(out, value & 0xFFFF);
  put16le(out, value >> 16);
}

void put16be(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
  out.push_back(static_cast<char>(value & 0xFF));
}

std::string tar_header(const TarMember& member) {
  std::string header(512, '\0');
  const auto put = [&header](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  CHECK(member.name.size() < 100);
  put(0, member.name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", member.bytes.size()));
  put(136, "12532752600");  // 2015-06-01
  put(148, "        ");
  header[156] = '0';
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  header[155] = ' ';
  return header;
}

struct SqliteClose {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};

std::string sql_list(const Row& values) {
  std::string out;
  for (const std::string& value : values) {
    char* quoted = sqlite3_mprintf("%Q", value.c_str());
    out += (out.empty() ? "" : ", ") + std::string(quoted);
    sqlite3_free(quoted);
  }
  return out;
}

// An entry of a TIFF directory; values beyond four bytes stand behind the directories.
struct Tag {
  std::uint32_t id = 0;
  std::uint32_t type = 0;  // 2 ASCII, 4 LONG, 5 RATIONAL
  std::uint32_t count = 0;
  std::string value{};
};

Tag ascii(std::uint32_t id, std::string text) {
  text.push_back('\0');
  const auto count = static_cast<std::uint32_t>(text.size());
  return {id, 2, count, std::move(text)};
}

Tag degrees(std::uint32_t id, double angle) {
  const double whole = std::floor(std::abs(angle));
  const double minutes = std::floor((std::abs(angle) - whole) * 60);
  const double seconds = (std::abs(angle) - whole - minutes / 60) * 3600;
  std::string value;
  for (const auto& [number, unit] : {std::pair<double, int>{whole, 1}, {minutes, 1}, {seconds, 100}}) {
    put32le(value, static_cast<std::uint32_t>(std::lround(number * unit)));
    put32le(value, static_cast<std::uint32_t>(unit));
  }
  return {id, 5, 3, std::move(value)};
}

// One directory that begins at `offset` of the TIFF, with what its entries point to behind it.
std::string directory(const std::vector<Tag>& tags, std::size_t offset) {
  std::string entries;
  std::string values;
  const std::size_t values_at = offset + 2 + 12 * tags.size() + 4;
  put16le(entries, static_cast<std::uint32_t>(tags.size()));
  for (const Tag& tag : tags) {
    put16le(entries, tag.id);
    put16le(entries, tag.type);
    put32le(entries, tag.count);
    if (tag.value.size() <= 4) {
      entries += tag.value + std::string(4 - tag.value.size(), '\0');
      continue;
    }
    put32le(entries, static_cast<std::uint32_t>(values_at + values.size()));
    values += tag.value;
    if (values.size() % 2 != 0) values.push_back('\0');
  }
  put32le(entries, 0);
  return entries + values;
}

}  // namespace

std::string write_vcard(const std::vector<Contact>& contacts) {
  std::string out;
  for (const Contact& contact : contacts) {
    out +=
        fmt::format("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\nN:{};;;;\r\nORG:{}\r\nEMAIL:{}\r\nNOTE:{}\r\nEND:VCARD\r\n",
                    contact.name, contact.name, contact.organisation, contact.mail, contact.note);
  }
  return out;
}

std::string write_icalendar(const std::vector<Meeting>& meetings) {
  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Varzenia//desk//EN\r\n";
  for (std::size_t i = 0; i < meetings.size(); ++i) {
    std::string day = meetings[i].iso_day;
    std::erase(day, '-');
    out += fmt::format(
        "BEGIN:VEVENT\r\nUID:{}@desk.varzenia.example\r\nDTSTART:{}T093000Z\r\nSUMMARY:{}\r\nLOCATION:{}\r\n"
        "DESCRIPTION:{}\r\nEND:VEVENT\r\n",
        i + 1, day, meetings[i].summary, meetings[i].place, meetings[i].note);
  }
  return out + "END:VCALENDAR\r\n";
}

Mailbox write_mbox(const std::vector<std::string>& messages) {
  Mailbox box;
  for (const std::string& message : messages) {
    std::string kept;
    for (std::size_t at = 0; at < message.size();) {
      const std::size_t end = std::min(message.find('\n', at), message.size());
      std::string_view line = std::string_view(message).substr(at, end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
      if (line.substr(quotes).starts_with("From ")) kept.push_back('>');
      kept += line;
      kept.push_back('\n');
      at = end + 1;
    }
    box.bytes += "From registry@post.kelmoria.example Mon Nov  3 09:30:00 2014\n" + kept + "\n";
    box.messages.push_back(std::move(kept));
  }
  return box;
}

std::string write_emlx(std::string_view message) {
  return fmt::format(
      "{}\n{}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\t<key>flags</key>\n\t"
      "<integer>8590195713</integer>\n</dict>\n</plist>\n",
      message.size(), message);
}

std::string write_tar_gz(const std::vector<TarMember>& members) {
  std::string tar;
  for (const TarMember& member : members) {
    tar += tar_header(member) + member.bytes;
    tar.append((512 - tar.size() % 512) % 512, '\0');
  }
  return deflated(tar + std::string(1024, '\0'), MAX_WBITS + 16);
}

std::string write_sqlite(std::string_view table, const Row& columns, const std::vector<Row>& rows) {
  sqlite3* opened = nullptr;
  CHECK(sqlite3_open(":memory:", &opened) == SQLITE_OK);
  const std::unique_ptr<sqlite3, SqliteClose> db(opened);
  const auto run = [&](const std::string& sql) {
    CHECK(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  };
  std::string defined;
  for (const std::string& column : columns) defined += (defined.empty() ? "" : ", ") + column + " TEXT";
  run(fmt::format("CREATE TABLE {}({})", table, defined));
  for (const Row& row : rows) run(fmt::format("INSERT INTO {} VALUES ({})", table, sql_list(row)));
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(opened, "main", &size, 0),
                                                              sqlite3_free);
  CHECK(bytes != nullptr);
  return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

std::string write_wav(std::string_view title) {
  constexpr std::uint32_t kRate = 8000;
  std::string samples;
  for (std::uint32_t i = 0; i < 2 * kRate; ++i) {
    const double wave = std::sin(2 * M_PI * 440 * i / kRate);
    samples.push_back(static_cast<char>(static_cast<std::uint8_t>(128 + std::lround(40 * wave))));
  }
  std::string name(title);
  name.push_back('\0');
  if (name.size() % 2 != 0) name.push_back('\0');
  std::string info = "INFOINAM";
  put32le(info, static_cast<std::uint32_t>(name.size()));
  info += name;
  std::string body = "WAVEfmt ";
  put32le(body, 16);
  put16le(body, 1);  // PCM
  put16le(body, 1);  // channels
  put32le(body, kRate);
  put32le(body, kRate);
  put16le(body, 1);
  put16le(body, 8);
  body += "LIST";
  put32le(body, static_cast<std::uint32_t>(info.size()));
  body += info + "data";
  put32le(body, static_cast<std::uint32_t>(samples.size()));
  body += samples;
  std::string out = "RIFF";
  put32le(out, static_cast<std::uint32_t>(body.size()));
  return out + body;
}

std::string write_svg(const std::vector<std::string>& lines) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"{}\">\n",
      40 * lines.size() + 40);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += fmt::format("<text x=\"20\" y=\"{}\">{}</text>\n", 40 * (i + 1), escape_markup(lines[i]));
  }
  return out + "</svg>\n";
}

std::string with_exif(std::string_view jpeg, const Taken& taken) {
  const std::vector<Tag> place{ascii(1, taken.latitude < 0 ? "S" : "N"), degrees(2, taken.latitude),
                               ascii(3, taken.longitude < 0 ? "W" : "E"), degrees(4, taken.longitude)};
  std::vector<Tag> picture{ascii(0x010E, taken.note),
                           ascii(0x0110, taken.device),
                           ascii(0x0132, "2014:11:03 09:30:00"),
                           {0x8825, 4, 1, std::string(4, '\0')}};
  // The first directory stands at 8; where the second one begins is known once the first is laid out.
  const std::size_t second = 8 + directory(picture, 8).size();
  picture.back().value.clear();
  put32le(picture.back().value, static_cast<std::uint32_t>(second));
  std::string tiff = "II*";
  tiff.push_back('\0');
  put32le(tiff, 8);
  tiff += directory(picture, 8) + directory(place, second);
  std::string segment("Exif\0\0", 6);
  segment += tiff;
  std::string out(jpeg.substr(0, 2));
  out += "\xFF\xE1";
  put16be(out, segment.size() + 2);
  return out + segment + std::string(jpeg.substr(2));
}

std::string with_form_field(const std::string& pdf, const std::string& name, const std::string& value) {
  QPDF document;
  document.processMemoryFile("form", pdf.data(), pdf.size());
  QPDFObjectHandle field = document.makeIndirectObject(QPDFObjectHandle::parse("<< /FT /Tx /Ff 0 >>"));
  field.replaceKey("/T", QPDFObjectHandle::newUnicodeString(name));
  field.replaceKey("/V", QPDFObjectHandle::newUnicodeString(value));
  QPDFObjectHandle form = QPDFObjectHandle::newDictionary();
  form.replaceKey("/Fields", QPDFObjectHandle::newArray({field}));
  document.getRoot().replaceKey("/AcroForm", document.makeIndirectObject(form));
  QPDFWriter writer(document);
  writer.setOutputMemory();
  writer.setDeterministicID(true);
  writer.write();
  const std::shared_ptr<Buffer> bytes = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(bytes->getBuffer()), bytes->getSize()};
}

}  // namespace dragoman::sample
