// SPDX-License-Identifier: AGPL-3.0-or-later
// For tests: builds an OLE compound file (version 3, sectors of 512 bytes) from paths and bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

/// Appends `count` little-endian bytes of `value`.
inline void put(std::string& out, std::uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}
inline std::string le16(std::uint64_t value) {
  std::string out;
  put(out, value, 2);
  return out;
}
inline std::string le32(std::uint64_t value) {
  std::string out;
  put(out, value, 4);
  return out;
}
/// ASCII or U+0000…FFFF text as UTF-16LE.
inline std::string wide(std::u16string_view text) {
  std::string out;
  for (const char16_t c : text) put(out, c, 2);
  return out;
}

class OleBuilder {
 public:
  /// Folders on the way are made. Names are ASCII.
  OleBuilder& add(const std::string& path, std::string bytes) {
    std::size_t folder = 0;
    std::size_t at = 0;
    for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', at)) {
      folder = child(folder, path.substr(at, slash - at), true);
      at = slash + 1;
    }
    nodes_[child(folder, path.substr(at), false)].bytes = std::move(bytes);
    return *this;
  }

  std::string build() {
    data_.clear();
    fat_.clear();
    std::string small;
    std::vector<std::uint32_t> small_fat;
    for (Node& node : nodes_) {
      if (node.storage) continue;
      if (node.bytes.size() >= 4096) {
        node.start = store(node.bytes);
        continue;
      }
      node.start = node.bytes.empty() ? kEnd : static_cast<std::uint32_t>(small_fat.size());
      for (std::size_t i = 0; i < node.bytes.size(); i += 64) {
        small_fat.push_back(static_cast<std::uint32_t>(small_fat.size() + 1));
      }
      if (!node.bytes.empty()) small_fat.back() = kEnd;
      small += node.bytes;
      small.resize((small.size() + 63) / 64 * 64);
    }
    nodes_[0].start = store(small);
    nodes_[0].bytes = small;
    std::string table;
    for (const std::uint32_t next : small_fat) put(table, next, 4);
    const std::uint32_t small_fat_start = store(table, '\xFF');
    const std::uint32_t directory = store(directory_bytes());
    return header(directory, small_fat_start, (table.size() + 511) / 512) + data_;
  }

 private:
  static constexpr std::uint32_t kEnd = 0xFFFFFFFE;
  struct Node {
    std::string name;
    bool storage = false;
    std::string bytes;
    std::uint32_t start = kEnd;
    std::vector<std::size_t> children;
  };

  std::size_t child(std::size_t parent, const std::string& name, bool storage) {
    for (const std::size_t known : nodes_[parent].children) {
      if (nodes_[known].name == name) return known;
    }
    nodes_.push_back({name, storage, {}, kEnd, {}});
    nodes_[parent].children.push_back(nodes_.size() - 1);
    return nodes_.size() - 1;
  }

  std::uint32_t store(const std::string& bytes, char fill = '\0') {
    if (bytes.empty()) return kEnd;
    const auto first = static_cast<std::uint32_t>(fat_.size());
    data_ += bytes;
    data_.resize((data_.size() + 511) / 512 * 512, fill);
    while (fat_.size() * 512 < data_.size()) fat_.push_back(static_cast<std::uint32_t>(fat_.size() + 1));
    fat_.back() = kEnd;
    return first;
  }

  // Siblings as a list along their right hands: a tree, if no balanced one.
  std::string directory_bytes() const {
    std::vector<std::uint32_t> right(nodes_.size(), 0xFFFFFFFF);
    for (const Node& node : nodes_) {
      for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
        right[node.children[i]] = static_cast<std::uint32_t>(node.children[i + 1]);
      }
    }
    std::string out;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      const std::string name = i == 0 ? "Root Entry" : node.name;
      std::string record;
      for (const char c : name) put(record, static_cast<unsigned char>(c), 2);
      record.resize(64);
      put(record, 2 * name.size() + 2, 2);
      put(record, i == 0 ? 5 : (node.storage ? 1 : 2), 1);
      put(record, 1, 1);
      put(record, 0xFFFFFFFF, 4);
      put(record, right[i], 4);
      put(record, node.children.empty() ? 0xFFFFFFFF : node.children.front(), 4);
      record.resize(116);
      put(record, node.start, 4);
      put(record, node.bytes.size(), 8);
      out += record;
    }
    return out;
  }

  std::string header(std::uint32_t directory, std::uint32_t small_fat, std::size_t small_fat_count) {
    const std::size_t others = fat_.size();
    std::size_t tables = 1;
    while ((others + tables + 127) / 128 > tables) ++tables;
    for (std::size_t i = 0; i < tables; ++i) fat_.push_back(0xFFFFFFFD);
    std::string table;
    for (const std::uint32_t next : fat_) put(table, next, 4);
    table.resize(tables * 512, '\xFF');
    data_ += table;
    std::string out("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    out.resize(24);
    for (const unsigned value : {0x3EU, 3U, 0xFFFEU, 9U, 6U}) put(out, value, 2);
    out.resize(44);
    put(out, tables, 4);
    put(out, directory, 4);
    put(out, 0, 4);
    put(out, 4096, 4);
    put(out, small_fat, 4);
    put(out, small_fat_count, 4);
    put(out, kEnd, 4);
    put(out, 0, 4);
    for (std::size_t i = 0; i < 109; ++i) put(out, i < tables ? others + i : 0xFFFFFFFF, 4);
    return out;
  }

  std::vector<Node> nodes_{Node{"", true, {}, kEnd, {}}};
  std::string data_;
  std::vector<std::uint32_t> fat_;
};

}  // namespace dragoman::read
