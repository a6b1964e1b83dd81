// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/merkle.h"

#include <gtest/gtest.h>

namespace dragoman::vault {
namespace {

CustodyItem item(int i) {
  return {sha256(std::to_string(i)), static_cast<std::uint64_t>(i) * 1000, ItemId(i)};
}

std::string concat(std::string_view prefix, const Sha256& a, const Sha256& b) {
  std::string out(prefix);
  out.append(reinterpret_cast<const char*>(a.bytes.data()), 32);
  out.append(reinterpret_cast<const char*>(b.bytes.data()), 32);
  return out;
}

Sha256 leaf(const CustodyItem& item) {
  std::string out(1, '\0');
  out.append(reinterpret_cast<const char*>(item.blob.bytes.data()), 32);
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>((item.size >> (8 * i)) & 0xFF));
  for (int i = 0; i < 8; ++i) {
    out.push_back(static_cast<char>((static_cast<std::uint64_t>(item.item.value()) >> (8 * i)) & 0xFF));
  }
  return sha256(out);
}

// RFC 6962, 2.1, word by word: "let k be the largest power of two smaller than n".
Sha256 slow_root(const std::vector<CustodyItem>& items) {
  if (items.empty()) return sha256("");
  if (items.size() == 1) return leaf(items[0]);
  std::size_t k = 1;
  while (k * 2 < items.size()) k *= 2;
  const auto middle = items.begin() + static_cast<std::ptrdiff_t>(k);
  return sha256(concat("\x01", slow_root({items.begin(), middle}), slow_root({middle, items.end()})));
}

TEST(MerkleTree, EqualsTheDefinition) {
  MerkleTree tree;
  std::vector<CustodyItem> items;
  EXPECT_EQ(tree.root(), slow_root(items));
  for (int i = 1; i <= 70; ++i) {
    tree.add(item(i));
    items.push_back(item(i));
    EXPECT_EQ(tree.root(), slow_root(items)) << i;
  }
}

TEST(MerkleTree, EveryPartCounts) {
  const auto root_of = [](const CustodyItem& one) {
    MerkleTree tree;
    tree.add(item(1));
    tree.add(one);
    return tree.root();
  };
  const Sha256 root = root_of(item(2));
  CustodyItem other = item(2);
  other.size += 1;
  EXPECT_NE(root_of(other), root);
  other = item(2);
  other.item = ItemId(3);
  EXPECT_NE(root_of(other), root);
  other = item(2);
  other.blob = sha256("x");
  EXPECT_NE(root_of(other), root);
}

}  // namespace
}  // namespace dragoman::vault
