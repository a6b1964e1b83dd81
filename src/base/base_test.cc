// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace dragoman {
namespace {

// FIPS 180-2, appendix B.1.
TEST(Digest, KnownAnswer) {
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*Sha256::from_hex(sha256("abc").hex()), sha256("abc"));
  EXPECT_FALSE(Sha256::from_hex("ba78"));
}

TEST(Utf8, IllFormedBytesAreSeen) {
  for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\xC3"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bad)));
  }
  EXPECT_TRUE(is_valid_utf8("سلام \U0001F600"));
  EXPECT_EQ(path_from_bytes("a\xFF/b"), "a%FF/b");
}

TEST(Utf8, TerminalCannotBeDriven) {
  EXPECT_EQ(escape_for_terminal("a\x1b[31m\n\u202Egpj"), "a\\u{1B}[31m\\u{A}\\u{202E}gpj");
}

TEST(Bytes, RoundTripAndShortInput) {
  ByteWriter out;
  out.u32(7);
  out.text("سلام");
  out.f64(-0.5);
  const std::string bytes = out.take();
  ByteReader in(bytes);
  EXPECT_EQ(*in.u32(), 7U);
  EXPECT_EQ(*in.text(100), "سلام");
  EXPECT_EQ(*in.f64(), -0.5);
  EXPECT_EQ(in.remaining(), 0U);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ByteReader cut_in(std::string_view(bytes).substr(0, cut));
    const bool whole = cut_in.u32() && cut_in.text(100) && cut_in.f64();
    EXPECT_FALSE(whole) << cut;
  }
}

TEST(Limits, AreSetAsAPersonWritesThem) {
  Limits limits;
  EXPECT_TRUE(changed_limits(limits).empty());
  for (const char* good : {"max_depth=64", "max_unpacked_bytes=2GiB", "read_timeout=90s", "max_pixels=20M"}) {
    EXPECT_TRUE(set_limit(limits, good)) << good;
  }
  EXPECT_EQ(limits.max_depth, 64U);
  EXPECT_EQ(limits.max_unpacked_bytes, std::uint64_t{2} << 30);
  EXPECT_EQ(limits.read_timeout, std::chrono::seconds(90));
  EXPECT_EQ(limits.max_pixels, 20'000'000U);
  const std::vector<std::string> changed{"max_depth=64", "max_unpacked_bytes=2GiB", "max_pixels=20000000",
                                         "read_timeout=90s"};
  EXPECT_EQ(changed_limits(limits), changed);
  EXPECT_EQ(*limits_from(limit_values(limits)), limits);
  for (const char* bad : {"max_depth", "depth=3", "max_depth=0", "max_depth=-1", "max_depth=", "read_timeout=90",
                          "max_unpacked_bytes=99999999TiB", "max_frame_bytes=8MiB", "max_pages=18446744073709551616"}) {
    const auto set = set_limit(limits, bad);
    ASSERT_FALSE(set) << bad;
    EXPECT_EQ(set.error().kind, ErrorKind::malformed);
  }
  for (const LimitRow& row : limit_rows()) {
    EXPECT_GE(row.get(Limits{}), row.least) << row.name;
    EXPECT_LE(row.get(Limits{}), row.most) << row.name;
    EXPECT_FALSE(row.reason.empty());
  }
}

TEST(Limits, OfAnotherTableAreRefused) {
  std::vector<std::uint64_t> values = limit_values(Limits{});
  values[0] = std::uint64_t{1} << 40;
  EXPECT_FALSE(limits_from(values));
  values.pop_back();
  EXPECT_FALSE(limits_from(values));
}

}  // namespace
}  // namespace dragoman
