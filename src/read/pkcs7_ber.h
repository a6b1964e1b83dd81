// SPDX-License-Identifier: AGPL-3.0-or-later
// As much of BER (X.690) as it takes to find what a PKCS #7 message holds. A pure function over bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::read {

struct BerMessage {
  std::string_view type;                  // bytes of the object identifier; empty: no such message
  std::vector<std::string_view> content;  // pieces of the octets, in order
  bool whole = true;                      // every length fits into the file
};

/// `bytes` outlives the result.
BerMessage parse_ber_message(std::string_view bytes);

}  // namespace dragoman::read
