// SPDX-License-Identifier: AGPL-3.0-or-later
// Ed25519 keys that sign the custody log. The private key lies outside the case, so that whoever gets the case
// cannot sign for it: $XDG_CONFIG_HOME/dragoman/keys (else ~/.config/dragoman/keys), folder 0700, files 0600.
//   signing.key         this user's own, made at first use
//   <16 hex>.key        another one, brought from elsewhere: the first 16 hex digits of its public key
// A file is one line: "dragoman-ed25519-1 " and the 32-byte seed in hex.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::vault {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const PublicKey&) const = default;
  std::string hex() const;
  static Result<PublicKey> from_hex(std::string_view hex);
};

using Signature = std::array<std::uint8_t, 64>;

bool signature_is_right(const PublicKey& key, std::string_view message, const Signature& signature);

/// Where keys lie for this user; `unsupported` when the environment names no home.
Result<std::filesystem::path> default_key_folder();

/// A private key: cannot be printed or copied, wiped when destroyed.
class SigningKey {
 public:
  /// signing.key of the folder, made when it is not there. `denied` when others may read it; malformed.
  static Result<SigningKey> own(const std::filesystem::path& folder);
  /// The key of a case that exists: signing.key or <16 hex>.key; not_found, with the remedy, when the folder
  /// holds no such key.
  static Result<SigningKey> of(const PublicKey& key, const std::filesystem::path& folder);
  /// From 32 bytes of seed.
  static SigningKey from_seed(const std::array<std::uint8_t, 32>& seed);

  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  const PublicKey& public_key() const { return public_; }
  Signature sign(std::string_view message) const;

 private:
  SigningKey() = default;
  static Result<SigningKey> load(const std::filesystem::path& path);
  std::array<std::uint8_t, 64> secret_{};
  PublicKey public_;
};

}  // namespace dragoman::vault
