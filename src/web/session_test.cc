// SPDX-License-Identifier: AGPL-3.0-or-later
#include "web/session.h"

#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace dragoman::web {
namespace {

namespace fs = std::filesystem;
using Standing = Sessions::Standing;

constexpr char kCase[] = "0123456789abcdef0123456789abcdef";
constexpr char kOther[] = "0123456700000000000000000000ffff";  // the cookie of the same name
constexpr Sessions::Time kNow = 1'800'000'000;

SessionKey key_of(unsigned char fill) {
  std::array<unsigned char, SessionKey::kBytes> bytes{};
  bytes.fill(fill);
  return SessionKey(bytes);
}

/// As a browser sends it back.
std::string sent(const std::string& set_cookie) {
  return set_cookie.substr(0, set_cookie.find(';'));
}

TEST(Sessions, CookieLetsInUntilItEndsAndIsRenewedWhileUsed) {
  const Sessions sessions(key_of(1), kCase);
  const std::string cookie = sent(sessions.cookie(kNow));
  EXPECT_EQ(cookie.substr(0, 18), "dragoman_01234567=");
  struct Row {
    Sessions::Time after;
    Standing standing;
  };
  for (const Row& row :
       {Row{0, Standing::right}, Row{Sessions::kRenewAfter, Standing::right},
        Row{Sessions::kRenewAfter + 1, Standing::to_renew}, Row{Sessions::kLife - 1, Standing::to_renew},
        Row{Sessions::kLife, Standing::none}, Row{-1, Standing::none}}) {
    EXPECT_EQ(sessions.standing(cookie, kNow + row.after), row.standing) << row.after;
  }
}

TEST(Sessions, CookieSurvivesARestartAndOpensOneCase) {
  const std::string cookie = sent(Sessions(key_of(1), kCase).cookie(kNow));
  EXPECT_EQ(Sessions(key_of(1), kCase).standing(cookie, kNow), Standing::right);
  EXPECT_EQ(Sessions(key_of(1), kOther).standing(cookie, kNow), Standing::none);
  EXPECT_EQ(Sessions(key_of(2), kCase).standing(cookie, kNow), Standing::none);
}

TEST(Sessions, EveryChangedLetterOfTheCookieIsRefused) {
  const Sessions sessions(key_of(1), kCase);
  const std::string cookie = sent(sessions.cookie(kNow));
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string changed = cookie;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(sessions.standing(changed, kNow), Standing::none) << i;
    EXPECT_EQ(sessions.standing(cookie.substr(0, i), kNow), Standing::none) << i;
  }
}

TEST(Sessions, FindsItsCookieAmongOthers) {
  const Sessions sessions(key_of(1), kCase);
  const std::string cookie = sent(sessions.cookie(kNow));
  EXPECT_EQ(sessions.standing("a=b; " + cookie + "; c=d", kNow), Standing::right);
  EXPECT_EQ(sessions.standing("dragoman_01234567=planted.by.another; " + cookie, kNow), Standing::right);
  for (const char* header : {"", ";", "=", ";;;=;", "dragoman_01234567", "dragoman_01234567=", "dragoman_01234567=..",
                             "dragoman_01234567=9999999999999999999999.a.b"}) {
    EXPECT_EQ(sessions.standing(header, kNow), Standing::none) << header;
  }
}

TEST(Sessions, TokenIsLongAndNewAtEveryStart) {
  const Sessions first(key_of(1), kCase);
  const Sessions second(key_of(1), kCase);
  EXPECT_EQ(first.token().size(), 32U);
  EXPECT_NE(first.token(), second.token());
  EXPECT_TRUE(first.token_is_right(first.token()));
  EXPECT_FALSE(first.token_is_right(second.token()));
  EXPECT_FALSE(first.token_is_right(""));
  EXPECT_FALSE(first.token_is_right(first.token() + "x"));
}

TEST(SessionKey, IsMadeOnceForItsOwnerAlone) {
  std::string folder = (fs::temp_directory_path() / "dragoman-key-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const fs::path state = fs::path(folder) / "state" / "dragoman";
  const auto made = SessionKey::load(state);
  ASSERT_TRUE(made) << made.error().message;
  const auto again = SessionKey::load(state);
  ASSERT_TRUE(again);
  EXPECT_EQ(made->sign("message"), again->sign("message"));
  struct stat status {};
  ASSERT_EQ(::stat((state / "serve.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);

  ::chmod((state / "serve.key").c_str(), 0644);
  const auto loose = SessionKey::load(state);
  ASSERT_FALSE(loose);
  EXPECT_EQ(loose.error().kind, ErrorKind::denied);

  std::ofstream(state / "serve.key") << "short";
  ::chmod((state / "serve.key").c_str(), 0600);
  const auto damaged = SessionKey::load(state);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::malformed);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace dragoman::web
