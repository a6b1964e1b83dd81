// SPDX-License-Identifier: AGPL-3.0-or-later
#include "base/digest.h"

#include <new>

#include <sodium.h>

namespace dragoman {
namespace {

crypto_hash_sha256_state* state_of(std::array<std::uint8_t, 128>& storage) {
  static_assert(sizeof(crypto_hash_sha256_state) <= 128);
  return std::launder(reinterpret_cast<crypto_hash_sha256_state*>(storage.data()));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string Sha256::hex() const {
  return to_hex(bytes);
}

Result<Sha256> Sha256::from_hex(std::string_view hex) {
  if (hex.size() != 64) return fail(ErrorKind::malformed, "a SHA-256 is 64 hex digits");
  Sha256 out;
  for (std::size_t i = 0; i < 32; ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return fail(ErrorKind::malformed, "a SHA-256 is 64 hex digits");
    out.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

Sha256Hasher::Sha256Hasher() {
  ::new (state_.data()) crypto_hash_sha256_state;
  crypto_hash_sha256_init(state_of(state_));
}

void Sha256Hasher::update(std::span<const std::uint8_t> bytes) {
  crypto_hash_sha256_update(state_of(state_), bytes.data(), bytes.size());
}

void Sha256Hasher::update(std::string_view bytes) {
  crypto_hash_sha256_update(state_of(state_), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

Sha256 Sha256Hasher::finish() {
  Sha256 out;
  crypto_hash_sha256_final(state_of(state_), out.bytes.data());
  return out;
}

Sha256 sha256(std::string_view bytes) {
  Sha256Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace dragoman
