// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/mapi_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/utf8.h"
#include "read/code_page.h"
#include "read/encoding.h"
#include "read/little_endian.h"
#include "read/ole.h"

namespace dragoman::read {
namespace {

constexpr std::uint16_t kMessageCodepage = 0x3FFD;
constexpr std::uint16_t kInternetCodepage = 0x3FDE;

// Strings end at their first zero; other controls are of no use to a reader.
std::string cleaned(std::string_view utf8) {
  utf8 = utf8.substr(0, utf8.find('\0'));
  std::string out;
  out.reserve(utf8.size());
  for (const char c : utf8) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (!control) out.push_back(c);
  }
  return out;
}

std::uint64_t little(std::string_view value, std::size_t most) {
  std::uint64_t out = 0;
  for (std::size_t i = std::min(most, value.size()); i > 0; --i) out = out << 8 | u8_at(value, i - 1);
  return out;
}

}  // namespace

const MapiProperty* MapiProperties::find(std::uint16_t id) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [id](const MapiProperty& one) { return one.id == id; });
  return found == all_.end() ? nullptr : &*found;
}

const MapiProperty* MapiProperties::find(std::uint32_t set, std::uint32_t number) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [=](const MapiProperty& one) {
    return one.set == set && one.name.empty() && one.number == number;
  });
  return found == all_.end() ? nullptr : &*found;
}

const MapiProperty* MapiProperties::find(std::uint32_t set, std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [=](const MapiProperty& one) { return one.set == set && one.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

void MapiProperties::take_code_page() {
  for (const std::uint16_t id : {kMessageCodepage, kInternetCodepage}) {
    const std::uint64_t said = number(id).value_or(0);
    // 1200 and 65001 are how the message went over the net, not how its strings stand here.
    if (code_page_ == 0 && said > 0 && said < 65000 && said != 1200 && said != 20127)
      code_page_ = static_cast<int>(said);
  }
  if (code_page_ != 0) return;
  std::string_view longest;
  for (const MapiProperty& property : all_) {
    if (property.type != mapi_type::kString8) continue;
    for (const std::string& value : property.values) {
      if (value.size() > longest.size()) longest = value;
    }
  }
  if (longest.empty()) return;
  const std::string seen = decode_text(longest.substr(0, longest.find('\0'))).encoding;
  constexpr std::string_view kWindows = "windows-";
  if (seen.compare(0, kWindows.size(), kWindows) == 0) {
    std::from_chars(seen.data() + kWindows.size(), seen.data() + seen.size(), code_page_);
  }
}

void MapiProperties::append(MapiProperties others) {
  std::move(others.all_.begin(), others.all_.end(), std::back_inserter(all_));
}

std::string MapiProperties::text_of_value(std::uint16_t type, std::string_view value) const {
  switch (type) {
    case mapi_type::kUnicode: return cleaned(utf8_of_utf16le(value));
    case mapi_type::kString8: {
      const std::string_view whole = value.substr(0, value.find('\0'));
      if (code_page_ == 0 || is_valid_utf8(whole)) return cleaned(decode_text(whole).utf8);
      return cleaned(CodePage::of(code_page_).text(whole));
    }
    case mapi_type::kInt16: return std::to_string(static_cast<std::int16_t>(little(value, 2)));
    case mapi_type::kInt32: return std::to_string(static_cast<std::int32_t>(little(value, 4)));
    case mapi_type::kInt64: return std::to_string(static_cast<std::int64_t>(little(value, 8)));
    case mapi_type::kBool: return little(value, 1) != 0 ? "yes" : "no";
    case mapi_type::kDouble: {
      const double number = std::bit_cast<double>(little(value, 8));
      return std::isfinite(number) ? fmt::format("{}", number) : std::string();
    }
    case mapi_type::kTime: return iso_of_filetime(little(value, 8));
    default: return {};
  }
}

std::string MapiProperties::text(const MapiProperty* property) const {
  std::string out;
  if (property == nullptr) return out;
  const auto type = static_cast<std::uint16_t>(property->type & ~mapi_type::kMany);
  for (const std::string& value : property->values) {
    const std::string one = text_of_value(type, value);
    if (one.empty()) continue;
    if (!out.empty()) out += "; ";
    out += one;
  }
  return out;
}

std::string_view MapiProperties::bytes(std::uint16_t id) const {
  const MapiProperty* found = find(id);
  return found == nullptr || found->values.empty() ? std::string_view() : std::string_view(found->values.front());
}

std::optional<std::uint64_t> MapiProperties::number(std::uint16_t id) const {
  const MapiProperty* found = find(id);
  if (found == nullptr || found->values.empty()) return std::nullopt;
  const std::string_view value = found->values.front();
  switch (found->type) {
    case mapi_type::kInt16: return little(value, 2);
    case mapi_type::kInt32: return little(value, 4);
    case mapi_type::kInt64: return little(value, 8);
    case mapi_type::kBool: return little(value, 1);
    default: return std::nullopt;
  }
}

std::uint64_t MapiProperties::time(std::uint16_t id) const {
  const MapiProperty* found = find(id);
  const bool is_time = found != nullptr && found->type == mapi_type::kTime && !found->values.empty();
  return is_time ? little(found->values.front(), 8) : 0;
}

}  // namespace dragoman::read
