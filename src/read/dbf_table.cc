// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/dbf_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <iterator>

namespace dragoman::read {
namespace {

constexpr std::uint8_t kVersions[] = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63,
                                      0x7B, 0x83, 0x8B, 0x8C, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB};
constexpr std::string_view kTypes = "CNFDLMGPBIYT@+OVQW0";
constexpr std::size_t kMostColumns = 2'046;  // dBase IV and later: 255 to 2,046

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

std::uint64_t big(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(std::string_view(" \t\r\n\0", 5));
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(std::string_view(" \t\r\n\0", 5)) - from + 1);
}

bool is_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20; });
}

std::string date_of(unsigned year, unsigned month, unsigned day) {
  if (month < 1 || month > 12 || day < 1 || day > 31) return {};
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

// A day of the Julian calendar count and milliseconds, as Visual FoxPro and dBase 7 keep times.
std::string time_of(std::int64_t julian_day, std::uint64_t milliseconds) {
  constexpr std::int64_t kEpoch = 2'440'588;  // 1970-01-01
  if (julian_day < 1'721'060 || julian_day > 5'373'484 || milliseconds >= 86'400'000) return {};
  const std::chrono::sys_days days{std::chrono::days(julian_day - kEpoch)};
  const std::chrono::year_month_day date(days);
  const std::uint64_t seconds = milliseconds / 1000;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), seconds / 3600,
                     seconds / 60 % 60, seconds % 60);
}

std::string number_of(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : std::string();
}

std::string date_text(std::string_view text) {
  const bool digits = text.size() == 8 && text.find_first_not_of("0123456789") == text.npos;
  if (!digits) return std::string(text);
  return fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
}

// dBase 7 keeps numbers big endian, the sign turned round so that they sort as bytes.
std::string sorted_integer(std::string_view bytes) {
  const auto raw = static_cast<std::uint32_t>(big(bytes.substr(0, 4))) ^ 0x8000'0000U;
  return std::to_string(static_cast<std::int32_t>(raw));
}

std::string sorted_double(std::string_view bytes) {
  std::uint64_t raw = big(bytes.substr(0, 8));
  raw = (raw >> 63U) != 0 ? raw ^ (std::uint64_t{1} << 63U) : ~raw;
  return number_of(std::bit_cast<double>(raw));
}

// "@" of dBase 7: milliseconds since the day before 0001-01-01, as a sorted double.
std::string sorted_time(std::string_view bytes) {
  std::uint64_t raw = big(bytes.substr(0, 8));
  raw = (raw >> 63U) != 0 ? raw ^ (std::uint64_t{1} << 63U) : ~raw;
  const double milliseconds = std::bit_cast<double>(raw);
  if (!(milliseconds >= 0 && milliseconds < 3.2e14)) return {};
  const auto whole = static_cast<std::uint64_t>(milliseconds);
  return time_of(static_cast<std::int64_t>(whole / 86'400'000) + 1'721'425, whole % 86'400'000);
}

std::string fox_pro_value(const DbfColumn& column, std::string_view bytes) {
  const bool eight = bytes.size() == 8;
  if (column.type == 'I' && bytes.size() == 4) return std::to_string(static_cast<std::int32_t>(little(bytes, 0, 4)));
  if (column.type == 'B' && eight) return number_of(std::bit_cast<double>(little(bytes, 0, 8)));
  if (column.type == 'Y' && eight) {
    return number_of(static_cast<double>(static_cast<std::int64_t>(little(bytes, 0, 8))) / 10'000);
  }
  if (column.type == 'T' && eight) {
    return time_of(static_cast<std::int64_t>(little(bytes, 0, 4)), little(bytes, 4, 4));
  }
  return {};
}

// Name, type and length stand elsewhere in dBase 7.
std::optional<DbfColumn> column_at(std::string_view bytes, std::size_t at, bool seven) {
  const std::string_view name = bytes.substr(at, seven ? 32 : 11);
  DbfColumn column;
  column.name = name.substr(0, name.find('\0'));
  column.name = trimmed(column.name);
  column.type = bytes[at + (seven ? 32U : 11U)];
  column.length = static_cast<unsigned char>(bytes[at + (seven ? 33U : 16U)]);
  column.decimals = static_cast<unsigned char>(bytes[at + (seven ? 34U : 17U)]);
  if (column.type == 'C') column.length += column.decimals * 256;
  const bool sound = is_name(column.name) && kTypes.find(column.type) != kTypes.npos && column.length > 0;
  return sound ? std::optional<DbfColumn>(std::move(column)) : std::nullopt;
}

}  // namespace

std::optional<DbfHead> dbf_head(std::string_view bytes) {
  if (bytes.size() < 65) return std::nullopt;
  DbfHead head;
  head.version = static_cast<std::uint8_t>(bytes[0]);
  if (std::find(std::begin(kVersions), std::end(kVersions), head.version) == std::end(kVersions)) return std::nullopt;
  const auto month = static_cast<unsigned char>(bytes[2]);
  const auto day = static_cast<unsigned char>(bytes[3]);
  if (month > 12 || day > 31) return std::nullopt;
  const auto year = static_cast<unsigned char>(bytes[1]);
  // Years count from 1900; programs of this century write them without it.
  head.updated = date_of(year + (year < 80 ? 2000U : 1900U), month, day);
  head.records = static_cast<std::uint32_t>(little(bytes, 4, 4));
  head.start = static_cast<std::uint32_t>(little(bytes, 8, 2));
  head.record = static_cast<std::uint32_t>(little(bytes, 10, 2));
  head.language = static_cast<std::uint8_t>(bytes[29]);
  const bool seven = (head.version & 7U) == 4;
  const std::size_t step = seven ? 48 : 32;
  std::size_t at = seven ? 68 : 32;
  std::uint32_t offset = 1;
  for (; at + step <= bytes.size() && at < head.start && bytes[at] != '\r'; at += step) {
    auto column = column_at(bytes, at, seven);
    if (!column || head.columns.size() == kMostColumns) return std::nullopt;
    column->offset = offset;
    offset += column->length;
    head.columns.push_back(std::move(*column));
  }
  const bool fits = !head.columns.empty() && offset == head.record && head.start >= at;
  return fits ? std::optional<DbfHead>(std::move(head)) : std::nullopt;
}

bool looks_like_dbf(std::string_view head) {
  return dbf_head(head.substr(0, 64 * 1024)).has_value();
}

int code_page_of_driver(std::uint8_t language) {
  struct Driver {
    std::uint8_t language;
    int page;
  };
  static constexpr Driver kDrivers[] = {
      {0x01, 437},  {0x02, 850},   {0x03, 1252},  {0x04, 10000}, {0x08, 865},  {0x09, 437},  {0x0A, 850},  {0x0B, 437},
      {0x0D, 437},  {0x0E, 850},   {0x0F, 437},   {0x10, 850},   {0x11, 437},  {0x12, 850},  {0x13, 932},  {0x14, 850},
      {0x15, 437},  {0x16, 850},   {0x17, 865},   {0x18, 437},   {0x19, 437},  {0x1A, 850},  {0x1B, 437},  {0x1C, 863},
      {0x1D, 850},  {0x1F, 852},   {0x22, 852},   {0x23, 852},   {0x24, 860},  {0x25, 850},  {0x26, 866},  {0x37, 850},
      {0x40, 852},  {0x4D, 936},   {0x4E, 949},   {0x4F, 950},   {0x50, 874},  {0x57, 1252}, {0x58, 1252}, {0x59, 1252},
      {0x64, 852},  {0x65, 866},   {0x66, 865},   {0x67, 861},   {0x6A, 737},  {0x6B, 857},  {0x6C, 863},  {0x78, 950},
      {0x79, 949},  {0x7A, 936},   {0x7B, 932},   {0x7C, 874},   {0x7D, 1255}, {0x7E, 1256}, {0x86, 737},  {0x87, 852},
      {0x88, 857},  {0x96, 10007}, {0x97, 10029}, {0x98, 10006}, {0xC8, 1250}, {0xC9, 1251}, {0xCA, 1254}, {0xCB, 1253},
      {0xCC, 1257},
  };
  const auto* found = std::find_if(std::begin(kDrivers), std::end(kDrivers),
                                   [&](const Driver& driver) { return driver.language == language; });
  return found == std::end(kDrivers) ? 0 : found->page;
}

bool is_memo(const DbfColumn& column, bool fox_pro) {
  return std::string_view("MGPW").find(column.type) != std::string_view::npos || (column.type == 'B' && !fox_pro);
}

std::string dbf_value(const DbfColumn& column, std::string_view bytes, bool fox_pro) {
  if (is_memo(column, fox_pro) || column.type == '0' || column.type == 'Q') return {};
  if (fox_pro && std::string_view("IBYT").find(column.type) != std::string_view::npos) {
    return fox_pro_value(column, bytes);
  }
  if ((column.type == 'I' || column.type == '+') && bytes.size() >= 4) return sorted_integer(bytes);
  if (column.type == 'O' && bytes.size() >= 8) return sorted_double(bytes);
  if (column.type == '@' && bytes.size() >= 8) return sorted_time(bytes);
  const std::string_view text = trimmed(bytes);
  return column.type == 'D' ? date_text(text) : std::string(text);
}

}  // namespace dragoman::read
