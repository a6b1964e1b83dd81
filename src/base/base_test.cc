// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"
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

}  // namespace
}  // namespace dragoman
