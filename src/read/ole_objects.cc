// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ole_objects.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "read/code_page.h"
#include "read/encoding.h"
#include "read/input.h"
#include "read/little_endian.h"
#include "read/office_art.h"
#include "read/ole_writer.h"

namespace dragoman::read {
namespace {

constexpr std::size_t kMaxName = 1024;

struct Ending {
  std::string_view stream;
  std::string_view ending;
};
constexpr Ending kEndings[] = {
    {"Workbook", ".xls"},         {"Book", ".xls"},
    {"WordDocument", ".doc"},     {"PowerPoint Document", ".ppt"},
    {"VisioDocument", ".vsd"},    {"__properties_version1.0", ".msg"},
    {"EncryptedPackage", ".ole"},
};

// Streams that tell how an object is shown or linked, not what it is.
bool is_presentation(std::string_view name) {
  return name.starts_with("\1Ole") || name.starts_with("\1CompObj") || name.starts_with("\2OlePres") ||
         name.starts_with("\3") || name == "\5SummaryInformation" || name == "\5DocumentSummaryInformation";
}

std::string until_nul(std::string_view bytes, std::size_t& at) {
  const std::size_t end = bytes.find('\0', std::min(at, bytes.size()));
  const std::string_view text = slice(bytes, at, end == bytes.npos ? kMaxName : end - at);
  at = end == bytes.npos ? bytes.size() : end + 1;
  return std::string(text.substr(0, kMaxName));
}

std::string base_name(std::string name) {
  const std::size_t slash = name.find_last_of("/\\");
  return slash == name.npos ? name : name.substr(slash + 1);
}

// Behind the file stand its names as UTF-16: command, label, path.
std::string wide_label(std::string_view rest) {
  const std::uint64_t command = u32_at(rest, 0);
  rest = slice(rest, 4 + 2 * command);
  const std::uint64_t units = u32_at(rest, 0);
  if (units == 0 || units > kMaxName || rest.size() < 4 + 2 * units) return {};
  std::string label = utf8_of_utf16le(slice(rest, 4, 2 * units));
  label.resize(std::min(label.size(), label.find('\0')));
  return label;
}

}  // namespace

NativeObject unwrap_native(std::string_view stream) {
  const std::string_view whole = slice(stream, 4, u32_at(stream, 0));
  const NativeObject bare{{}, whole.empty() ? stream : whole};
  if (u16_at(stream, 4) != 2) return bare;
  std::size_t at = 6;
  const std::string label = until_nul(stream, at);
  const std::string path = until_nul(stream, at);
  at += 4;
  const std::uint64_t temporary = u32_at(stream, at);
  if (temporary > stream.size()) return bare;
  at += 4 + static_cast<std::size_t>(temporary);
  const std::uint32_t size = u32_at(stream, at);
  const std::string_view bytes = slice(stream, at + 4, size);
  if (bytes.empty()) return bare;
  std::string name = wide_label(slice(stream, at + 4 + std::uint64_t{size}));
  if (name.empty()) name = decode_text(label.empty() ? path : label).utf8;
  return {base_name(std::move(name)), bytes};
}

EmbeddedChildren::EmbeddedChildren(const Limits& limits, ReadSink& sink, std::uint64_t container_bytes)
    : limits_(limits),
      sink_(sink),
      budget_(std::min(limits.max_unpacked_bytes,
                       std::max(limits.ratio_floor_bytes, container_bytes * limits.max_unpacked_ratio))) {}

Result<void> EmbeddedChildren::keep_back(GapKind kind, const std::string& where, const char* detail) {
  whole_ = false;
  return send_gap(sink_, kind, where, detail);
}

Result<void> EmbeddedChildren::send(const std::string& name, std::string_view bytes, std::string_view head) {
  if (full_ || bytes.empty()) return {};
  if (ordinal_ >= limits_.max_members || head.size() + bytes.size() > budget_) {
    full_ = true;
    return keep_back(GapKind::limit, name, "the document holds more embedded files than are taken out");
  }
  budget_ -= head.size() + bytes.size();
  TRY_VOID(sink_.begin_child({ordinal_++, name}));
  if (!head.empty()) TRY_VOID(sink_.child_bytes(head));
  constexpr std::size_t kPiece = std::size_t{256} << 10;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
    TRY_VOID(sink_.child_bytes(bytes.substr(0, kPiece)));
  }
  return sink_.end_child(ChildEnd::complete);
}

Result<void> EmbeddedChildren::send_object(OleFile& file, const OleEntry& storage, const std::string& name) {
  if (full_) return {};
  if (const OleEntry* native = file.find("\1Ole10Native", storage); native != nullptr) {
    const OleBytes read = file.read(*native, budget_);
    const NativeObject object = unwrap_native(read.bytes);
    if (!read.whole) TRY_VOID(keep_back(GapKind::truncated, name, "an embedded file ends early"));
    return send(object.name.empty() ? name + ".bin" : name + "/" + object.name, object.bytes);
  }
  if (const OleEntry* package = file.find("Package", storage); package != nullptr) {
    const OleBytes read = file.read(*package, budget_);
    if (!read.whole) TRY_VOID(keep_back(GapKind::truncated, name, "an embedded file ends early"));
    return send(name, read.bytes);
  }
  if (const OleEntry* contents = file.find("CONTENTS", storage); contents != nullptr) {
    const OleBytes read = file.read(*contents, budget_);
    if (read.bytes.starts_with("%PDF-")) return send(name + ".pdf", read.bytes);
  }
  const auto children = file.children(storage);
  const bool bare = std::all_of(children.begin(), children.end(), [](const OleEntry& entry) {
    return !entry.storage && (entry.size == 0 || is_presentation(entry.name));
  });
  if (bare) return {};
  std::string_view ending = ".ole";
  for (const Ending& row : kEndings) {
    if (file.find(row.stream, storage) != nullptr) {
      ending = row.ending;
      break;
    }
  }
  const Result<std::string> alone = ole_file_of(file, storage, budget_);
  if (!alone) return keep_back(GapKind::limit, name, "the document holds more embedded files than are taken out");
  return send(name + std::string(ending), *alone);
}

Result<void> EmbeddedChildren::send_object_file(std::string_view ole_file, const std::string& name) {
  Result<OleFile> file = OleFile::open(ole_file);
  if (!file) return send(name + ".bin", ole_file);
  if (file->find("\1Ole10Native") != nullptr || file->find("Package") != nullptr || file->find("CONTENTS") != nullptr)
    return send_object(*file, file->root(), name);
  std::string_view ending = ".ole";
  for (const Ending& row : kEndings) {
    if (file->find(row.stream) != nullptr) {
      ending = row.ending;
      break;
    }
  }
  return send(name + std::string(ending), ole_file);
}

Result<void> EmbeddedChildren::send_pictures(std::string_view records) {
  return each_blip(records, std::min<std::uint64_t>(budget_, std::uint64_t{256} << 20), [this](const Blip& blip) {
    return send("picture-" + std::to_string(++pictures_) + "." + blip.extension, blip.bytes, blip.head);
  });
}

}  // namespace dragoman::read
