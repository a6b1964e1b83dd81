// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <span>

#include <fmt/format.h>
#include <sodium.h>

#include "base/digest.h"
#include "base/file.h"

namespace dragoman::vault {
namespace {

constexpr std::string_view kPrefix = "dragoman-ed25519-1 ";
constexpr const char* kOwnName = "signing.key";
constexpr std::size_t kFingerprintDigits = 16;

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32);
static_assert(crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_BYTES == 64);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Result<void> make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (error) return Failure(io_error("cannot make the folder for keys", folder.parent_path(), error.value()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failure(io_error("cannot make the folder for keys", folder, errno));
  }
  return {};
}

// Made under a name of its own and linked: of two processes that start at the same time one key wins, and
// nobody ever reads half of one.
Result<void> make_key_file(const std::filesystem::path& path) {
  TRY_VOID(make_private_folder(path.parent_path()));
  std::array<std::uint8_t, 32> seed{};
  ::randombytes_buf(seed.data(), seed.size());
  std::string line = fmt::format("{}{}\n", kPrefix, to_hex(seed));
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  auto written = fd ? write_all(fd.get(), line) : Result<void>(Failure(io_error("cannot make the key", path, errno)));
  if (written && ::fsync(fd.get()) != 0) written = Failure(io_error("cannot make the key", path, errno));
  if (written && ::link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    written = Failure(io_error("cannot make the key", path, errno));
  }
  if (fd) ::unlink(temporary.c_str());
  ::sodium_memzero(line.data(), line.size());
  ::sodium_memzero(seed.data(), seed.size());
  TRY_VOID(written);
  return sync_folder(path.parent_path());
}

Result<void> check_private(int fd, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Failure(io_error("cannot look at the key", path, errno));
  if ((status.st_mode & 077) != 0) {
    return fail(ErrorKind::denied,
                "others on this machine can read the signing key; run 'chmod 600' on it, and make a new one if "
                "somebody may have taken it",
                path.string());
  }
  return {};
}

}  // namespace

// ----- public keys

std::string PublicKey::hex() const {
  return to_hex(bytes);
}

Result<PublicKey> PublicKey::from_hex(std::string_view hex) {
  const auto digest = Sha256::from_hex(hex);  // 32 bytes as well
  if (!digest) return fail(ErrorKind::malformed, "a public key is 64 hex digits");
  return PublicKey{digest->bytes};
}

bool signature_is_right(const PublicKey& key, std::string_view message, const Signature& signature) {
  return ::crypto_sign_verify_detached(signature.data(), bytes_of(message), message.size(), key.bytes.data()) == 0;
}

// ----- private keys

Result<std::filesystem::path> default_key_folder() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  // The XDG specification: a relative path there is to be ignored.
  if (config != nullptr && config[0] == '/') return std::filesystem::path(config) / "dragoman" / "keys";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::filesystem::path(home) / ".config" / "dragoman" / "keys";
  return fail(ErrorKind::unsupported, "no place for the signing key: set HOME or XDG_CONFIG_HOME");
}

SigningKey SigningKey::from_seed(const std::array<std::uint8_t, 32>& seed) {
  SigningKey out;
  ::crypto_sign_seed_keypair(out.public_.bytes.data(), out.secret_.data(), seed.data());
  return out;
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& path) {
  const UniqueFd fd = TRY(open_for_reading(path));
  TRY_VOID(check_private(fd.get(), path));
  std::string text = TRY(read_all(fd.get(), 256));
  std::string_view rest = text;
  const bool named = rest.starts_with(kPrefix);
  if (named) rest.remove_prefix(kPrefix.size());
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  auto seed = Sha256::from_hex(rest);  // 32 bytes in hex
  ::sodium_memzero(text.data(), text.size());
  if (!named || !seed) return fail(ErrorKind::malformed, "this is no signing key of dragoman", path.string());
  SigningKey key = from_seed(seed->bytes);
  ::sodium_memzero(seed->bytes.data(), seed->bytes.size());
  return key;
}

Result<SigningKey> SigningKey::own(const std::filesystem::path& folder) {
  CHECK(::sodium_init() >= 0);
  const std::filesystem::path path = folder / kOwnName;
  auto key = load(path);
  if (key || key.error().kind != ErrorKind::not_found) return key;
  TRY_VOID(make_key_file(path));
  return load(path);
}

Result<SigningKey> SigningKey::of(const PublicKey& key, const std::filesystem::path& folder) {
  const std::string name = key.hex().substr(0, kFingerprintDigits) + ".key";
  for (const std::filesystem::path& path : {folder / kOwnName, folder / name}) {
    auto found = load(path);
    if (found && found->public_key() == key) return found;
    if (!found && found.error().kind != ErrorKind::not_found) return found;
  }
  return fail(ErrorKind::not_found,
              fmt::format("the key that signs this case is not on this machine; copy it from where the case was made "
                          "to {}",
                          (folder / name).string()),
              folder.string());
}

SigningKey::SigningKey(SigningKey&& other) noexcept : secret_(other.secret_), public_(other.public_) {
  ::sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    public_ = other.public_;
    ::sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() {
  ::sodium_memzero(secret_.data(), secret_.size());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature out{};
  ::crypto_sign_detached(out.data(), nullptr, bytes_of(message), message.size(), secret_.data());
  return out;
}

}  // namespace dragoman::vault
