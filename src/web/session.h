// SPDX-License-Identifier: AGPL-3.0-or-later
// Who is let in. The address printed at start holds a random token; whoever opens it gets a cookie, and the token
// leaves the address bar. The cookie is signed, not remembered: it survives a restart of the server, ends after twelve
// hours without use, and opens one case. The key lies outside the case: $XDG_STATE_HOME/dragoman/serve.key (else
// ~/.local/state/dragoman), 0600.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dragoman::web {

/// Where the key lies for this user; unsupported when the environment names no home.
Result<std::filesystem::path> default_state_folder();

/// Signs cookies. Constant after it was made: any thread. Cannot be printed or copied; wiped when destroyed.
class SessionKey {
 public:
  static constexpr std::size_t kBytes = 32;
  /// serve.key of that folder; folder and key are made when they are not there. `denied` when others may read it.
  static Result<SessionKey> load(const std::filesystem::path& folder);
  explicit SessionKey(const std::array<unsigned char, kBytes>& bytes) : bytes_(bytes) {}
  SessionKey(SessionKey&& other) noexcept;
  SessionKey& operator=(SessionKey&&) = delete;
  SessionKey(const SessionKey&) = delete;
  SessionKey& operator=(const SessionKey&) = delete;
  ~SessionKey();

  /// 32 bytes.
  std::string sign(std::string_view message) const;
  /// In constant time.
  bool is_right(std::string_view message, std::string_view signature) const;

 private:
  std::array<unsigned char, kBytes> bytes_;
};

class Sessions {
 public:
  /// Seconds since 1970.
  using Time = std::int64_t;
  static constexpr Time kLife = 12 * 3600;
  // A cookie is renewed when an hour of its life is over: not with every answer.
  static constexpr Time kRenewAfter = 3600;

  /// `case_id`: 32 hex digits. Makes this start's token.
  Sessions(SessionKey key, std::string case_id);

  const std::string& token() const { return token_; }
  /// In constant time.
  bool token_is_right(std::string_view token) const;

  /// The value of Set-Cookie.
  std::string cookie(Time now) const;
  enum class Standing : std::uint8_t { none, right, to_renew };
  /// Of a request's Cookie header.
  Standing standing(std::string_view header, Time now) const;

 private:
  std::string message(std::string_view expiry, std::string_view nonce) const;
  Standing standing_of_value(std::string_view value, Time now) const;
  SessionKey key_;
  std::string case_id_;
  std::string name_;  // "dragoman_1a2b3c4d": cookies do not tell ports apart, cases must
  std::string token_;
};

}  // namespace dragoman::web
