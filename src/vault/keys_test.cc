// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/keys.h"

#include <sys/stat.h>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "vault/case_under_test.h"

namespace dragoman::vault {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

// RFC 8032, 7.1, test 2.
TEST(Keys, KnownAnswer) {
  const auto seed = Sha256::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const SigningKey key = SigningKey::from_seed(seed->bytes);
  EXPECT_EQ(key.public_key().hex(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const Signature signature = key.sign("\x72");
  EXPECT_EQ(to_hex(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(signature_is_right(key.public_key(), "\x72", signature));
  EXPECT_FALSE(signature_is_right(key.public_key(), "\x73", signature));
}

TEST(Keys, MadeOnceAndPrivate) {
  const TemporaryFolder folder;
  const fs::path keys = folder.path() / "config" / "dragoman" / "keys";
  const auto made = SigningKey::own(keys);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(mode_of(keys), 0700U);
  EXPECT_EQ(mode_of(keys / "signing.key"), 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(keys), {}), 1);
  EXPECT_EQ(SigningKey::own(keys)->public_key(), made->public_key());
  EXPECT_EQ(SigningKey::of(made->public_key(), keys)->public_key(), made->public_key());
}

TEST(Keys, ReadableByOthersIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SigningKey::own(folder.path()));
  for (const unsigned mode : {0640U, 0604U, 0660U}) {
    fs::permissions(folder.path() / "signing.key", fs::perms(mode));
    const auto refused = SigningKey::own(folder.path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::denied);
    EXPECT_NE(refused.error().message.find("chmod 600"), std::string::npos);
  }
}

TEST(Keys, DamagedIsNotReplaced) {
  const TemporaryFolder folder;
  for (const char* content : {"", "dragoman-ed25519-1 \n", "dragoman-ed25519-1 00\n", "ssh-ed25519 AAAA\n"}) {
    std::ofstream(folder.path() / "signing.key") << content;
    fs::permissions(folder.path() / "signing.key", fs::perms(0600));
    EXPECT_EQ(SigningKey::own(folder.path()).error().kind, ErrorKind::malformed) << content;
  }
}

TEST(Keys, AnotherCasesKeyIsFoundByItsName) {
  const TemporaryFolder mine;
  const TemporaryFolder theirs;
  ASSERT_TRUE(SigningKey::own(mine.path()));
  const PublicKey key = SigningKey::own(theirs.path())->public_key();
  const auto missing = SigningKey::of(key, mine.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  const std::string name = key.hex().substr(0, 16) + ".key";
  EXPECT_NE(missing.error().message.find(name), std::string::npos);
  fs::copy_file(theirs.path() / "signing.key", mine.path() / name);
  EXPECT_EQ(SigningKey::of(key, mine.path())->public_key(), key);
}

TEST(Keys, FolderFollowsTheEnvironment) {
  ::setenv("HOME", "/home/a", 1);
  ::setenv("XDG_CONFIG_HOME", "/cfg", 1);
  EXPECT_EQ(*default_key_folder(), "/cfg/dragoman/keys");
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_EQ(*default_key_folder(), "/home/a/.config/dragoman/keys");
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("HOME");
  EXPECT_EQ(default_key_folder().error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace dragoman::vault
