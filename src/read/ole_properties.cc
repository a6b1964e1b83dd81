// SPDX-License-Identifier: AGPL-3.0-or-later
// Property sets of OLE files ([MS-OLEPS]): author, times and what else a document declares about itself.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "read/code_page.h"
#include "read/little_endian.h"
#include "read/ole.h"

namespace dragoman::read {
namespace {

constexpr std::uint64_t kMaxSetBytes = std::uint64_t{4} << 20;
constexpr std::uint32_t kMaxProperties = 400;
constexpr std::uint32_t kMaxItems = 200;  // of a vector

struct Named {
  std::uint32_t id;
  std::string_view name;
};
constexpr Named kSummary[] = {
    {2, "Title"},      {3, "Subject"},      {4, "Author"},     {5, "Keywords"},   {6, "Comments"},
    {7, "Template"},   {8, "LastAuthor"},   {9, "RevNumber"},  {10, "EditTime"},  {11, "LastPrinted"},
    {12, "CreateDTM"}, {13, "LastSaveDTM"}, {14, "PageCount"}, {15, "WordCount"}, {16, "CharCount"},
    {18, "AppName"},   {19, "DocSecurity"},
};
constexpr Named kDocument[] = {
    {2, "Category"},     {3, "PresFormat"},     {4, "ByteCount"}, {5, "LineCount"},
    {6, "ParCount"},     {7, "SlideCount"},     {8, "NoteCount"}, {9, "HiddenCount"},
    {13, "DocParts"},    {14, "Manager"},       {15, "Company"},  {21, "HyperlinkBase"},
    {26, "ContentType"}, {27, "ContentStatus"}, {28, "Language"}, {29, "DocVersion"},
};

// "SummaryInformation" and the like are told by the set's format identifier, as it stands in the file.
constexpr std::string_view kSummarySet("\xE0\x85\x9F\xF2\xF9\x4F\x68\x10\xAB\x91\x08\x00\x2B\x27\xB3\xD9", 16);
constexpr std::string_view kDocumentSet("\x02\xD5\xCD\xD5\x9C\x2E\x1B\x10\x93\x97\x08\x00\x2B\x2C\xF9\xAE", 16);
constexpr std::string_view kUserSet("\x05\xD5\xCD\xD5\x9C\x2E\x1B\x10\x93\x97\x08\x00\x2B\x2C\xF9\xAE", 16);

std::string without_nul(std::string text) {
  const std::size_t nul = text.find('\0');
  if (nul != text.npos) text.resize(nul);
  return text;
}

struct Value {
  std::string text;
  std::size_t bytes = 0;  // taken by it, padding included
};

std::size_t padded(std::size_t bytes) {
  return (bytes + 3) / 4 * 4;
}

Value string_value(std::string_view at, const CodePage& page, bool wide) {
  const std::uint64_t count = u32_at(at, 0);
  const bool units = wide || page.number() == 1200;
  const std::string_view bytes = slice(at, 4, wide ? count * 2 : count);
  return {without_nul(units ? utf8_of_utf16le(bytes) : page.text(bytes)), padded(4 + bytes.size())};
}

std::string duration(std::uint64_t filetime) {
  const std::uint64_t seconds = filetime / 10'000'000;
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// OLE automation date: days since 30 December 1899.
std::string automation_date(std::uint64_t bits) {
  double days = 0;
  static_assert(sizeof days == sizeof bits);
  std::copy_n(reinterpret_cast<const char*>(&bits), sizeof days, reinterpret_cast<char*>(&days));
  if (!(days > -109205 && days < 2958466)) return {};
  constexpr double kFrom1601 = 109205;
  std::string text = iso_of_filetime(static_cast<std::uint64_t>((days + kFrom1601) * 864'000'000'000.0));
  if (text.ends_with('Z')) text.pop_back();  // local time of a place that nobody wrote down
  return text;
}

// One value of a simple type ([MS-OLEPS] 2.15); the types that hold no text give none.
Value scalar(std::string_view at, std::uint32_t type, const CodePage& page) {
  const auto number = [](auto value, std::size_t bytes) { return Value{fmt::format("{}", value), bytes}; };
  switch (type) {
    case 0x02: return number(static_cast<std::int16_t>(u16_at(at, 0)), 4);
    case 0x03:
    case 0x16: return number(static_cast<std::int32_t>(u32_at(at, 0)), 4);
    case 0x07: return {automation_date(u64_at(at, 0)), 8};
    case 0x08:
    case 0x1E: return string_value(at, page, false);
    case 0x0B: return {u16_at(at, 0) != 0 ? "true" : "false", 4};
    case 0x12: return number(u16_at(at, 0), 4);
    case 0x13:
    case 0x17: return number(u32_at(at, 0), 4);
    case 0x14: return number(static_cast<std::int64_t>(u64_at(at, 0)), 8);
    case 0x15: return number(u64_at(at, 0), 8);
    case 0x1F: return string_value(at, page, true);
    case 0x40: return {iso_of_filetime(u64_at(at, 0)), 8};
    default: return {};
  }
}

std::string value_of(std::string_view at, const CodePage& page, bool is_duration) {
  const std::uint32_t type = u32_at(at, 0) & 0xFFFFU;
  std::string_view rest = slice(at, 4);
  if (is_duration && type == 0x40) return duration(u64_at(rest, 0));
  if ((type & 0x1000U) == 0) return scalar(rest, type, page).text;
  const std::uint32_t count = std::min(u32_at(rest, 0), kMaxItems);
  rest = slice(rest, 4);
  std::string all;
  for (std::uint32_t i = 0; i < count && !rest.empty(); ++i) {
    std::uint32_t inner = type & 0xFFFU;
    if (inner == 0x0C) {
      inner = u32_at(rest, 0) & 0xFFFFU;
      rest = slice(rest, 4);
    }
    Value value = scalar(rest, inner, page);
    if (value.bytes == 0) break;
    // Strings of a vector follow each other without padding ([MS-OSHARED] 2.3.3.1.9), those of UTF-16 excepted.
    if (inner == 0x1E && page.number() != 1200) value.bytes = 4 + std::size_t{u32_at(rest, 0)};
    if (!all.empty() && !value.text.empty()) all += "; ";
    all += value.text;
    rest = slice(rest, value.bytes);
  }
  return all;
}

// Names of custom properties (property 0).
std::map<std::uint32_t, std::string> dictionary_of(std::string_view at, const CodePage& page) {
  std::map<std::uint32_t, std::string> names;
  const std::uint32_t count = std::min(u32_at(at, 0), kMaxProperties);
  at = slice(at, 4);
  for (std::uint32_t i = 0; i < count && at.size() >= 8; ++i) {
    const std::uint64_t length = u32_at(at, 4);
    const bool wide = page.number() == 1200;
    const std::string_view bytes = slice(at, 8, wide ? length * 2 : length);
    names[u32_at(at, 0)] = without_nul(wide ? utf8_of_utf16le(bytes) : page.text(bytes));
    at = slice(at, wide ? padded(8 + bytes.size()) : 8 + bytes.size());
  }
  return names;
}

std::string_view name_in(std::span<const Named> table, std::uint32_t id) {
  const auto found = std::find_if(table.begin(), table.end(), [id](const Named& row) { return row.id == id; });
  return found == table.end() ? std::string_view() : found->name;
}

std::string key_of(std::string_view set, std::uint32_t id, const std::map<std::uint32_t, std::string>& names) {
  if (set == kSummarySet) return std::string(name_in(kSummary, id));
  if (set == kDocumentSet) return std::string(name_in(kDocument, id));
  const auto found = names.find(id);
  return found == names.end() || found->second.empty() ? std::string() : "custom:" + found->second;
}

void read_set(std::string_view set, std::string_view section, std::vector<Field>& fields) {
  const std::uint32_t count = std::min(u32_at(section, 4), kMaxProperties);
  int page_number = 1252;
  std::string_view dictionary;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = u32_at(section, 8 + std::size_t{8} * i);
    const std::uint32_t at = u32_at(section, 12 + std::size_t{8} * i);
    if (id == 1) page_number = u16_at(section, std::size_t{at} + 4);
    if (id == 0) dictionary = slice(section, at);
  }
  const CodePage page = CodePage::of(page_number);
  const auto names = set == kUserSet ? dictionary_of(dictionary, page) : std::map<std::uint32_t, std::string>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = u32_at(section, 8 + std::size_t{8} * i);
    std::string key = key_of(set, id, names);
    if (id < 2 || key.empty()) continue;
    std::string value = value_of(slice(section, u32_at(section, 12 + std::size_t{8} * i)), page, key == "EditTime");
    if (!value.empty()) fields.push_back({std::move(key), std::move(value)});
  }
}

void read_stream(OleFile& file, const OleEntry& storage, std::string_view name, std::vector<Field>& fields) {
  const OleEntry* stream = file.find(name, storage);
  if (stream == nullptr) return;
  const OleBytes read = file.read(*stream, kMaxSetBytes);
  const std::string_view bytes = read.bytes;
  if (u16_at(bytes, 0) != 0xFFFE) return;
  const std::uint32_t sets = std::min<std::uint32_t>(u32_at(bytes, 24), 2);
  for (std::uint32_t i = 0; i < sets; ++i) {
    const std::size_t head = 28 + std::size_t{20} * i;
    read_set(slice(bytes, head, 16), slice(bytes, u32_at(bytes, head + 16)), fields);
  }
}

}  // namespace

std::vector<Field> ole_properties(OleFile& file, const OleEntry& storage) {
  std::vector<Field> fields;
  read_stream(file, storage, "\5SummaryInformation", fields);
  read_stream(file, storage, "\5DocumentSummaryInformation", fields);
  return fields;
}

}  // namespace dragoman::read
