// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ooxml_fields.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "read/ooxml.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMostFields = 400;
constexpr std::size_t kMostValue = 64 * 1024;

std::string core_key(std::string_view name) {
  if (is_among(name, " title creator subject description identifier language ")) return "dc:" + std::string(name);
  if (is_among(name, " created modified ")) return "dcterms:" + std::string(name);
  return "cp:" + std::string(name);
}

}  // namespace

void PropertyEvents::start(std::string_view name, const XmlAttributes& attributes) {
  if (++depth_ != 2) return;
  value_.clear();
  switch (kind_) {
    case Kind::core: key_ = core_key(name); break;
    // Lists of fonts, slides and sheets: those are told by the document itself.
    case Kind::app: key_ = is_among(name, " TitlesOfParts HeadingPairs ") ? "" : std::string(name); break;
    case Kind::custom: key_ = "custom:" + std::string(attributes.get("name")); break;
  }
}

void PropertyEvents::end(std::string_view) {
  if (depth_-- != 2 || key_.empty() || value_.find_first_not_of(" \t\r\n") == value_.npos) return;
  if (out_.size() < kMostFields) out_.push_back({key_, std::move(value_)});
  value_.clear();
}

void PropertyEvents::text(std::string_view bytes) {
  if (depth_ >= 2 && value_.size() < kMostValue) value_ += bytes;
}

std::string printer_of(std::string_view settings) {
  std::string name;
  for (std::size_t at = 0; at + 1 < std::min<std::size_t>(settings.size(), 64); at += 2) {
    const auto low = static_cast<unsigned char>(settings[at]);
    const auto unit = static_cast<char32_t>(low | static_cast<unsigned char>(settings[at + 1]) << 8);
    if (unit == 0) return name;
    if (unit < 0x20 || (unit >= 0xD800 && unit <= 0xDFFF)) return {};
    append_utf8(name, unit);
  }
  return name;
}

}  // namespace dragoman::read
