// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/code_page.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "base/utf8.h"
#include "read/encoding.h"

namespace dragoman::read {
namespace {

struct Row {
  int number;
  const char* charset;  // ICU's name
  bool single;
};

constexpr Row kRows[] = {
    {437, "ibm-437", true},         {708, "ISO-8859-6", true},       {720, "ibm-720", true},
    {737, "ibm-737", true},         {775, "ibm-775", true},          {850, "ibm-850", true},
    {852, "ibm-852", true},         {855, "ibm-855", true},          {857, "ibm-857", true},
    {860, "ibm-860", true},         {861, "ibm-861", true},          {862, "ibm-862", true},
    {863, "ibm-863", true},         {864, "ibm-864", true},          {865, "ibm-865", true},
    {866, "ibm-866", true},         {869, "ibm-869", true},          {874, "windows-874", true},
    {932, "windows-932", false},    {936, "windows-936", false},     {949, "windows-949", false},
    {950, "windows-950", false},    {1200, "UTF-16LE", false},       {1201, "UTF-16BE", false},
    {1250, "windows-1250", true},   {1251, "windows-1251", true},    {1252, "windows-1252", true},
    {1253, "windows-1253", true},   {1254, "windows-1254", true},    {1255, "windows-1255", true},
    {1256, "windows-1256", true},   {1257, "windows-1257", true},    {1258, "windows-1258", true},
    {1361, "Johab", false},         {10000, "macintosh", true},      {10001, "Shift_JIS", false},
    {10006, "x-mac-greek", true},   {10007, "x-mac-cyrillic", true}, {10029, "x-mac-centraleurroman", true},
    {10081, "x-mac-turkish", true}, {20127, "US-ASCII", true},       {20866, "KOI8-R", true},
    {21866, "KOI8-U", true},        {28591, "ISO-8859-1", true},     {28592, "ISO-8859-2", true},
    {28596, "ISO-8859-6", true},    {28605, "ISO-8859-15", true},    {32768, "macintosh", true},
    {32769, "windows-1252", true},  {54936, "GB18030", false},       {65001, "UTF-8", false},
};

struct ConverterClose {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

// ASCII and U+FFFD stand where the converter has nothing.
std::array<char16_t, 256> table_of(const char* charset) {
  std::array<char16_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = i < 0x80 ? static_cast<char16_t>(i) : u'\uFFFD';
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, ConverterClose> converter(ucnv_open(charset, &status));
  if (U_FAILURE(status) || !converter) return table;
  for (std::size_t i = 0x80; i < table.size(); ++i) {
    const char byte = static_cast<char>(i);
    UChar unit[4] = {0xFFFD, 0, 0, 0};
    status = U_ZERO_ERROR;
    const std::int32_t got = ucnv_toUChars(converter.get(), unit, 4, &byte, 1, &status);
    if (U_SUCCESS(status) && got == 1) table[i] = unit[0];
  }
  return table;
}

}  // namespace

CodePage CodePage::of(int number) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.number == number; });
  CodePage page;
  page.number_ = row == std::end(kRows) ? 1252 : number;
  page.single_ = row == std::end(kRows) || row->single;
  page.charset_ = row == std::end(kRows) ? "windows-1252" : row->charset;
  if (page.single_) page.table_ = table_of(page.charset_);
  return page;
}

void CodePage::append(std::string& utf8, std::string_view bytes) const {
  if (!single_) {
    utf8 += decode_as(bytes, charset_).utf8;
    return;
  }
  for (const char c : bytes) append_utf8(utf8, table_[static_cast<unsigned char>(c)]);
}

std::string CodePage::text(std::string_view bytes) const {
  std::string out;
  out.reserve(bytes.size());
  append(out, bytes);
  return out;
}

int code_page_of_language(std::uint32_t language) {
  if (language == 0x0804 || language == 0x1004) return 936;
  if (language == 0x0404 || language == 0x0C04 || language == 0x1404) return 950;
  if (language == 0x0C1A || language == 0x1C1A) return 1251;  // Serbian in Cyrillic
  switch (language & 0x3FFU) {
    case 0x01:               // Arabic
    case 0x20:               // Urdu
    case 0x29:               // Persian
    case 0x80: return 1256;  // Uyghur
    case 0x92: return 1256;  // Central Kurdish
    case 0x02:               // Bulgarian
    case 0x19:               // Russian
    case 0x22:               // Ukrainian
    case 0x23:               // Belarusian
    case 0x28:               // Tajik
    case 0x2F: return 1251;  // Macedonian
    case 0x05:               // Czech
    case 0x0E:               // Hungarian
    case 0x15:               // Polish
    case 0x18:               // Romanian
    case 0x1A:               // Croatian
    case 0x1B:               // Slovak
    case 0x1C:               // Albanian
    case 0x24: return 1250;  // Slovenian
    case 0x08: return 1253;  // Greek
    case 0x1F:               // Turkish
    case 0x2C: return 1254;  // Azerbaijani
    case 0x0D: return 1255;  // Hebrew
    case 0x25:               // Estonian
    case 0x26:               // Latvian
    case 0x27: return 1257;  // Lithuanian
    case 0x2A: return 1258;  // Vietnamese
    case 0x1E: return 874;   // Thai
    case 0x11: return 932;   // Japanese
    case 0x12: return 949;   // Korean
    default: return 1252;
  }
}

int code_page_of_charset(int charset) {
  switch (charset) {
    case 0: return 1252;
    case 77: return 10000;
    case 128: return 932;
    case 129: return 949;
    case 130: return 1361;
    case 134: return 936;
    case 136: return 950;
    case 161: return 1253;
    case 162: return 1254;
    case 163: return 1258;
    case 177: return 1255;
    case 178:
    case 179:
    case 180: return 1256;
    case 186: return 1257;
    case 204: return 1251;
    case 222: return 874;
    case 238: return 1250;
    case 254: return 437;
    case 255: return 850;
    default: return 0;
  }
}

std::string utf8_of_utf16le(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  const auto unit_at = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(bytes[at]) |
                                 (static_cast<unsigned>(static_cast<unsigned char>(bytes[at + 1])) << 8U));
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t c = unit_at(at);
    if (c >= 0xD800 && c < 0xDC00 && at + 3 < bytes.size()) {
      const char32_t low = unit_at(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
        at += 2;
      }
    }
    append_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
  }
  return out;
}

}  // namespace dragoman::read
