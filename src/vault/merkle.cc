// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/merkle.h"

#include <string_view>

namespace dragoman::vault {
namespace {

constexpr std::string_view kLeaf("\x00", 1);
constexpr std::string_view kNode("\x01", 1);

void update_le64(Sha256Hasher& hasher, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(value & 0xFF);
    value >>= 8;
  }
  hasher.update(bytes);
}

Sha256 node(const Sha256& left, const Sha256& right) {
  Sha256Hasher hasher;
  hasher.update(kNode);
  hasher.update(left.bytes);
  hasher.update(right.bytes);
  return hasher.finish();
}

}  // namespace

void MerkleTree::add(const CustodyItem& item) {
  Sha256Hasher hasher;
  hasher.update(kLeaf);
  hasher.update(item.blob.bytes);
  update_le64(hasher, item.size);
  update_le64(hasher, static_cast<std::uint64_t>(item.item.value()));
  Sha256 tree = hasher.finish();
  // Like carrying in binary addition: two complete subtrees of one size become one of the next.
  for (std::uint64_t carry = leaves_; (carry & 1) != 0; carry >>= 1) {
    tree = node(peaks_.back(), tree);
    peaks_.pop_back();
  }
  peaks_.push_back(tree);
  ++leaves_;
}

Sha256 MerkleTree::root() const {
  if (peaks_.empty()) return sha256({});
  Sha256 tree = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) tree = node(peaks_[i], tree);
  return tree;
}

}  // namespace dragoman::vault
