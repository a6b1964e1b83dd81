// SPDX-License-Identifier: AGPL-3.0-or-later
// The Merkle tree over the items of one custody entry, built as RFC 6962, section 2.1, builds it:
//   empty  = SHA-256 of nothing
//   leaf   = SHA-256(0x00 ‖ blob's SHA-256 ‖ size, 8 bytes LE ‖ item id, 8 bytes LE)
//   node   = SHA-256(0x01 ‖ left ‖ right), left being the largest power of two that is smaller than the whole
#pragma once

#include <cstdint>
#include <vector>

#include "base/digest.h"
#include "base/strong.h"

namespace dragoman::vault {

/// One item of an entry: which bytes, how many, under which id in case.db.
struct CustodyItem {
  Sha256 blob;
  std::uint64_t size = 0;
  ItemId item;
};

/// Fed leaf by leaf; memory grows with the logarithm of their number.
class MerkleTree {
 public:
  void add(const CustodyItem& item);
  Sha256 root() const;
  std::uint64_t leaves() const { return leaves_; }

 private:
  // Roots of complete subtrees, largest first: one for each 1 in the binary form of leaves_.
  std::vector<Sha256> peaks_;
  std::uint64_t leaves_ = 0;
};

}  // namespace dragoman::vault
