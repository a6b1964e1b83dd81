// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>
#include <sodium.h>

#include "base/digest.h"
#include "base/file.h"
#include "web/base64url.h"

namespace dragoman::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTokenBytes = 24;
constexpr std::size_t kNonceBytes = 9;

std::string random_text(std::size_t bytes) {
  std::string random(bytes, '\0');
  randombytes_buf(random.data(), random.size());
  return to_base64url(random);
}

Result<void> make_key(const fs::path& path) {
  std::array<unsigned char, SessionKey::kBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  // Under a name of its own first, and linked: two servers that start at once agree on the first one's key.
  const fs::path unfinished = path.string() + "." + random_text(kNonceBytes);
  UniqueFd fd(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Failure(io_error("cannot make the key of the server's cookies", path, errno));
  const auto written = write_all(fd.get(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  sodium_memzero(bytes.data(), bytes.size());
  const bool linked = written && ::link(unfinished.c_str(), path.c_str()) == 0;
  const int reason = errno;
  ::unlink(unfinished.c_str());
  if (!written) return Failure(written.error());
  if (!linked && reason != EEXIST) {
    return Failure(io_error("cannot make the key of the server's cookies", path, reason));
  }
  return {};
}

}  // namespace

Result<fs::path> default_state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return fs::path(state) / "dragoman";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".local/state/dragoman";
  return fail(ErrorKind::unsupported,
              "neither XDG_STATE_HOME nor HOME is set, so there is no place for the server's key");
}

Result<SessionKey> SessionKey::load(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Failure(io_error("cannot make the folder of the server's key", folder, error.value()));
  const fs::path path = folder / "serve.key";
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd && errno == ENOENT) {
    TRY_VOID(make_key(path));
    fd = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  }
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return Failure(io_error("cannot open the key of the server's cookies", path, errno));
  }
  if ((status.st_mode & 077) != 0) {
    return fail(ErrorKind::denied, "others may read this key; chmod 600 it, or delete it and a new one is made",
                path.string());
  }
  std::string bytes = TRY(read_all(fd.get(), kBytes));
  if (bytes.size() != kBytes) {
    return fail(ErrorKind::malformed, "this is no key of 32 bytes; delete it and a new one is made", path.string());
  }
  std::array<unsigned char, kBytes> key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  sodium_memzero(bytes.data(), bytes.size());
  return SessionKey(key);
}

SessionKey::SessionKey(SessionKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

SessionKey::~SessionKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

std::string SessionKey::sign(std::string_view message) const {
  std::string signature(crypto_auth_BYTES, '\0');
  static_assert(crypto_auth_KEYBYTES == kBytes);
  crypto_auth(reinterpret_cast<unsigned char*>(signature.data()),
              reinterpret_cast<const unsigned char*>(message.data()), message.size(), bytes_.data());
  return signature;
}

bool SessionKey::is_right(std::string_view message, std::string_view signature) const {
  return signature.size() == crypto_auth_BYTES &&
         crypto_auth_verify(reinterpret_cast<const unsigned char*>(signature.data()),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size(), bytes_.data()) == 0;
}

Sessions::Sessions(SessionKey key, std::string case_id)
    : key_(std::move(key)),
      case_id_(std::move(case_id)),
      name_("dragoman_" + case_id_.substr(0, 8)),
      token_(random_text(kTokenBytes)) {}

bool Sessions::token_is_right(std::string_view token) const {
  return token.size() == token_.size() && sodium_memcmp(token.data(), token_.data(), token_.size()) == 0;
}

std::string Sessions::message(std::string_view expiry, std::string_view nonce) const {
  return fmt::format("dragoman session 1\n{}\n{}\n{}", case_id_, expiry, nonce);
}

std::string Sessions::cookie(Time now) const {
  const std::string expiry = std::to_string(now + kLife);
  const std::string nonce = random_text(kNonceBytes);
  return fmt::format("{}={}.{}.{}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}", name_, expiry, nonce,
                     to_base64url(key_.sign(message(expiry, nonce))), kLife);
}

Sessions::Standing Sessions::standing_of_value(std::string_view value, Time now) const {
  const std::size_t first = value.find('.');
  const std::size_t second = first == std::string_view::npos ? first : value.find('.', first + 1);
  if (second == std::string_view::npos) return Standing::none;
  const std::string_view expiry = value.substr(0, first);
  const std::string_view nonce = value.substr(first + 1, second - first - 1);
  const auto signature = from_base64url(value.substr(second + 1));
  if (!signature || !key_.is_right(message(expiry, nonce), *signature)) return Standing::none;
  Time until = 0;
  std::from_chars(expiry.data(), expiry.data() + expiry.size(), until);
  // One that ends later than any we give now was signed under another clock.
  if (until <= now || until > now + kLife) return Standing::none;
  return until - now < kLife - kRenewAfter ? Standing::to_renew : Standing::right;
}

Sessions::Standing Sessions::standing(std::string_view header, Time now) const {
  // A browser may hold several of one name (another path or a wrong one put before ours): any right one lets in.
  while (!header.empty()) {
    std::string_view pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name_) continue;
    const Standing standing = standing_of_value(pair.substr(equals + 1), now);
    if (standing != Standing::none) return standing;
  }
  return Standing::none;
}

}  // namespace dragoman::web
