// SPDX-License-Identifier: AGPL-3.0-or-later
// A ZIP writer of our own, because the leak needs what libraries refuse to give: the same bytes at
// every run, traditional encryption without fresh salts, and the place of each member's data, so
// that an archive can be cut inside a chosen member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prng.h"

namespace dragoman::sample {

struct ZipMember {
  std::string name{};  // ends in '/': a folder
  std::string bytes{};
  bool store = false;  // else deflate
};

struct Zip {
  std::string bytes{};
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::vector<Extent> data{};  // of each member, headers left out
};

// `window_bits` as of zlib's deflateInit2: negative for bare DEFLATE, 16 more than the window's for gzip.
std::string deflated(std::string_view bytes, int window_bits);

Zip write_zip(const std::vector<ZipMember>& members);

// Traditional PKWARE encryption (APPNOTE.TXT 6.1).
Zip write_encrypted_zip(const std::vector<ZipMember>& members, std::string_view password, Prng& prng);

}  // namespace dragoman::sample
