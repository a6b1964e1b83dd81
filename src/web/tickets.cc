// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/tickets.h"

#include <fmt/format.h>
#include <sodium.h>

#include "base/utf8.h"
#include "web/base64url.h"

namespace dragoman::web {
namespace {

// Nobody asks for more originals than this in a minute by hand.
constexpr std::size_t kMostTickets = 1000;
// A name's length on common file systems.
constexpr std::size_t kMostNameBytes = 255;

bool is_plain(char32_t letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '.' || letter == '-' || letter == '_';
}

bool misleads(char32_t letter) {
  return letter < 0x20 || (letter >= 0x7f && letter < 0xa0) || is_bidi_control(letter) || letter == '/' ||
         letter == '\\' || letter == 0xfffd || letter == 0x2028 || letter == 0x2029;
}

}  // namespace

std::string Tickets::issue(Original original, Clock::time_point now) {
  std::string random(24, '\0');
  randombytes_buf(random.data(), random.size());
  const std::string ticket = to_base64url(random);
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.until <= now; });
  if (entries_.size() >= kMostTickets) entries_.clear();
  entries_.emplace(ticket, Entry{std::move(original), now + kLife});
  return ticket;
}

Result<Original> Tickets::redeem(const std::string& ticket, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(ticket);
  if (found == entries_.end() || found->second.until <= now) {
    return fail(ErrorKind::not_found, "this link was used already or is too old; ask for the original again");
  }
  Original original = std::move(found->second.original);
  entries_.erase(found);
  return original;
}

std::string disposition_of(std::string_view name) {
  std::string plain;
  std::string encoded;
  std::size_t used = 0;
  for (std::size_t at = 0; at < name.size() && used < kMostNameBytes;) {
    const char32_t letter = next_codepoint(name, at);
    std::string bytes;
    append_utf8(bytes, misleads(letter) ? U'_' : letter);
    plain.push_back(is_plain(letter) ? static_cast<char>(letter) : '_');
    for (const char byte : bytes) {
      if (is_plain(static_cast<unsigned char>(byte))) {
        encoded.push_back(byte);
      } else {
        encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
      }
    }
    used += bytes.size();
  }
  if (plain.empty()) plain = encoded = "original";
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, encoded);
}

}  // namespace dragoman::web
