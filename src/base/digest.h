// SPDX-License-Identifier: AGPL-3.0-or-later
// SHA-256: the name of a blob, of a page version, of a log entry.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman {

struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};

  auto operator<=>(const Sha256&) const = default;
  /// 64 lower-case hex digits.
  std::string hex() const;
  /// Exactly 64 hex digits, either case.
  static Result<Sha256> from_hex(std::string_view hex);
};

/// Lower-case hex of any bytes.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Hashes as it is fed. finish() may be called once.
class Sha256Hasher {
 public:
  Sha256Hasher();
  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view bytes);
  Sha256 finish();

 private:
  // crypto_hash_sha256_state, kept opaque so that headers do not pull in libsodium.
  alignas(16) std::array<std::uint8_t, 128> state_;
};

Sha256 sha256(std::string_view bytes);

}  // namespace dragoman

template <>
struct std::hash<dragoman::Sha256> {
  std::size_t operator()(const dragoman::Sha256& digest) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8) | digest.bytes[i];
    return value;
  }
};
