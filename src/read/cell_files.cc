// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/cell_files.h"

#include <algorithm>

#include "base/utf8.h"
#include "read/encoding.h"
#include "read/input.h"
#include "read/types.h"

namespace dragoman::read {
namespace {

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4U]);
    out.push_back(kDigits[byte & 15U]);
  }
  return out;
}

const Type& type_of_bytes(std::string_view bytes) {
  const std::size_t tail = std::min(bytes.size(), kTailBytes);
  return identify(bytes.substr(0, kHeadBytes), bytes.substr(bytes.size() - tail), bytes.size());
}

std::string ending_of(const Type& type) {
  if (type.extensions.empty()) return ".bin";
  return "." + std::string(type.extensions.substr(0, type.extensions.find(' ')));
}

bool is_text(std::string_view bytes) {
  return is_valid_utf8(bytes) && looks_like_text(bytes, false) && bytes.find('\0') == bytes.npos;
}

}  // namespace

Result<std::string> CellFiles::cell(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) return std::string();
  if (is_text(bytes)) return std::string(bytes);
  const Type* type = bytes.size() >= kFileBytes ? &type_of_bytes(bytes) : nullptr;
  if (type == nullptr || type->kind == "unknown" || type->kind == "text") {
    if (bytes.size() <= kKeyBytes) return hex_of(bytes);
    ++unknown_;
    return std::string();
  }
  TRY_VOID(send(bytes, name + ending_of(*type)));
  return std::string();
}

Result<std::string> CellFiles::file(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) return std::string();
  const bool has_ending = name.rfind('.') != name.npos && name.rfind('.') + 1 > name.rfind('/') + 1;
  TRY_VOID(send(bytes, has_ending ? name : name + ending_of(type_of_bytes(bytes))));
  return std::string();
}

Result<void> CellFiles::send(std::string_view bytes, const std::string& name) {
  if (children_ >= limits_.max_members) {
    ++left_out_;
    return {};
  }
  TRY_VOID(sink_.begin_child({children_++, name}));
  TRY_VOID(sink_.child_bytes(bytes));
  return sink_.end_child(ChildEnd::complete);
}

Result<bool> CellFiles::finish() {
  if (unknown_ > 0) {
    TRY_VOID(send_gap(sink_, GapKind::unsupported, "",
                      "cells that hold bytes of no known kind: " + std::to_string(unknown_)));
  }
  if (left_out_ > 0) {
    TRY_VOID(send_gap(sink_, GapKind::limit, "", "the database holds more files than its limit"));
  }
  return unknown_ > 0 || left_out_ > 0;
}

std::string path_part(std::string_view name) {
  std::string part = to_valid_utf8(name);
  for (char& c : part) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = '_';
  }
  return part.empty() || part == "." || part == ".." ? "_" : part;
}

}  // namespace dragoman::read
