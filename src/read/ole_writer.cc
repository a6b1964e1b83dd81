// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/ole_writer.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace dragoman::read {
namespace {

constexpr std::uint32_t kEnd = 0xFFFFFFFE;
constexpr std::uint32_t kNone = 0xFFFFFFFF;
constexpr std::uint32_t kTableMark = 0xFFFFFFFD;
constexpr std::size_t kSmallSector = 64;
constexpr std::size_t kCutoff = 4096;
constexpr std::size_t kLargeFile = std::size_t{4} << 20;
// 109 tables of 1,024 sectors of 4,096 bytes, with room for the directory.
constexpr std::uint64_t kMostBytes = std::uint64_t{400} << 20;
constexpr std::size_t kNameUnits = 31;

void put(std::string& out, std::uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

std::size_t rounded(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

std::string wide_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size() && out.size() < 2 * kNameUnits;) {
    const char32_t c = next_codepoint(name, at);
    if (c < 0x10000) {
      put(out, c, 2);
    } else if (out.size() + 4 <= 2 * kNameUnits) {
      put(out, 0xD800 + ((c - 0x10000) >> 10U), 2);
      put(out, 0xDC00 + ((c - 0x10000) & 0x3FFU), 2);
    }
  }
  return out;
}

}  // namespace

std::size_t OleWriter::add_node(std::size_t parent, const std::string& name, bool storage) {
  if (nodes_.empty()) nodes_.push_back({"Root Entry", true, {}, kEnd, {}});
  nodes_.push_back({name, storage, {}, kEnd, {}});
  nodes_[parent].children.push_back(nodes_.size() - 1);
  return nodes_.size() - 1;
}

std::size_t OleWriter::child(std::size_t parent, const std::string& name, bool storage) {
  if (!nodes_.empty()) {
    for (const std::size_t known : nodes_[parent].children) {
      if (nodes_[known].name == name) return known;
    }
  }
  return add_node(parent, name, storage);
}

OleWriter& OleWriter::add(const std::string& path, std::string bytes) {
  std::size_t folder = 0;
  std::size_t at = 0;
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', at)) {
    folder = child(folder, path.substr(at, slash - at), true);
    at = slash + 1;
  }
  const std::size_t stream = child(folder, path.substr(at), false);
  nodes_[stream].bytes = std::move(bytes);
  return *this;
}

OleWriter& OleWriter::root_class(std::string class_id) {
  class_id_ = std::move(class_id);
  class_id_.resize(16);
  return *this;
}

// Puts bytes into sectors of their own and chains these.
std::uint32_t OleWriter::store(const std::string& bytes, char fill) {
  if (bytes.empty()) return kEnd;
  const auto first = static_cast<std::uint32_t>(fat_.size());
  data_ += bytes;
  data_.resize(rounded(data_.size(), sector_), fill);
  while (fat_.size() * sector_ < data_.size()) fat_.push_back(static_cast<std::uint32_t>(fat_.size() + 1));
  fat_.back() = kEnd;
  return first;
}

// All streams: the large ones into sectors of their own, the small ones into the root's. Gives where that begins.
std::uint32_t OleWriter::store_small(std::string& small_table) {
  std::string small;
  for (Node& node : nodes_) {
    if (node.storage || node.bytes.empty()) continue;
    if (node.bytes.size() >= kCutoff) {
      node.start = store(node.bytes, '\0');
      continue;
    }
    node.start = static_cast<std::uint32_t>(small_table.size() / 4);
    const std::size_t sectors = rounded(node.bytes.size(), kSmallSector) / kSmallSector;
    for (std::size_t i = 1; i <= sectors; ++i) put(small_table, i == sectors ? kEnd : small_table.size() / 4 + 1, 4);
    small += node.bytes;
    small.resize(rounded(small.size(), kSmallSector));
  }
  nodes_[0].bytes = std::move(small);
  return store(nodes_[0].bytes, '\0');
}

std::string OleWriter::build() {
  if (nodes_.empty()) nodes_.push_back({"Root Entry", true, {}, kEnd, {}});
  std::size_t bytes = 0;
  for (const Node& node : nodes_) bytes += node.bytes.size();
  sector_ = bytes > kLargeFile ? 4096 : 512;
  data_.clear();
  fat_.clear();
  std::string small_table;
  nodes_[0].start = store_small(small_table);
  const std::size_t small_tables = rounded(small_table.size(), sector_) / sector_;
  const std::uint32_t small_at = store(small_table, '\xFF');
  const std::uint32_t directory_at = store(directory(), '\0');
  std::string head = header(directory_at, small_at, small_tables);
  head.resize(sector_);
  return head + data_;
}

// Siblings hang on each other's right hand: a tree, if not a balanced one.
std::string OleWriter::directory() const {
  std::vector<std::uint32_t> right(nodes_.size(), kNone);
  for (const Node& node : nodes_) {
    for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
      right[node.children[i]] = static_cast<std::uint32_t>(node.children[i + 1]);
    }
  }
  std::string out;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    std::string record = wide_name(node.name);
    const std::size_t name_bytes = record.size() + 2;
    record.resize(64);
    put(record, name_bytes, 2);
    put(record, i == 0 ? 5 : (node.storage ? 1 : 2), 1);
    put(record, 1, 1);
    put(record, kNone, 4);
    put(record, right[i], 4);
    put(record, node.children.empty() ? kNone : static_cast<std::uint32_t>(node.children.front()), 4);
    record += i == 0 ? class_id_ : std::string(16, '\0');
    record.resize(116);
    put(record, node.start, 4);
    put(record, node.bytes.size(), 8);
    out += record;
  }
  while (out.size() % sector_ != 0) {
    std::string unused(68, '\0');
    for (int i = 0; i < 3; ++i) put(unused, kNone, 4);
    unused.resize(128);
    out += unused;
  }
  return out;
}

std::string OleWriter::header(std::uint32_t directory, std::uint32_t small_table, std::size_t small_tables) {
  const std::size_t others = fat_.size();
  const std::size_t per_table = sector_ / 4;
  std::size_t tables = 1;
  while ((others + tables + per_table - 1) / per_table > tables) ++tables;
  fat_.insert(fat_.end(), tables, kTableMark);
  std::string table;
  for (const std::uint32_t next : fat_) put(table, next, 4);
  table.resize(tables * sector_, '\xFF');
  data_ += table;
  const bool small_sectors = sector_ == 512;
  std::string out("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  out.resize(24);
  put(out, 0x3E, 2);
  put(out, small_sectors ? 3 : 4, 2);
  put(out, 0xFFFE, 2);
  put(out, small_sectors ? 9 : 12, 2);
  put(out, 6, 2);
  out.resize(44);
  put(out, tables, 4);
  put(out, directory, 4);
  put(out, 0, 4);
  put(out, kCutoff, 4);
  put(out, small_table, 4);
  put(out, small_tables, 4);
  put(out, kEnd, 4);
  put(out, 0, 4);
  for (std::size_t i = 0; i < 109; ++i) put(out, i < tables ? others + i : kNone, 4);
  return out;
}

Result<std::string> ole_file_of(OleFile& file, const OleEntry& storage, std::uint64_t most) {
  struct Step {
    const OleEntry* from;
    std::size_t to;
  };
  OleWriter writer;
  writer.root_class(storage.class_id);
  std::uint64_t left = std::min(most, kMostBytes);
  std::vector<Step> open{{&storage, 0}};
  while (!open.empty()) {
    const Step step = open.back();
    open.pop_back();
    for (const OleEntry& entry : file.children(*step.from)) {
      const std::size_t node = writer.add_node(step.to, entry.name, entry.storage);
      if (entry.storage) {
        open.push_back({&entry, node});
        continue;
      }
      OleBytes read = file.read(entry, left + 1);
      if (read.bytes.size() > left) return fail(ErrorKind::limit, "the object is larger than is taken out");
      left -= read.bytes.size();
      writer.nodes_[node].bytes = std::move(read.bytes);
    }
  }
  return writer.build();
}

}  // namespace dragoman::read
