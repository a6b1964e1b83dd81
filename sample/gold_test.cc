// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gold.h"

#include <gtest/gtest.h>

#include "mail.h"
#include "queries.h"
#include "zip.h"

namespace dragoman::sample {
namespace {

LeakItem file(std::string name, std::string bytes, std::vector<LeakItem> children = {}) {
  LeakItem item;
  item.name = std::move(name);
  item.bytes = std::move(bytes);
  item.children = std::move(children);
  seal(item);
  return item;
}

std::vector<std::string> listing(const std::vector<LeakItem>& files) {
  std::vector<std::string> out;
  for (const PlacedItem& placed : place_items(files)) {
    out.push_back(placed.path);
    if (placed.duplicate) out.back() += " =";
  }
  return out;
}

TEST(PlaceItems, TheShallowPathIsTheOriginal) {
  // "z" comes after "a!/x" by its bytes, but a file that was received comes before any member.
  EXPECT_EQ(listing({file("a", "zip", {file("x", "same")}), file("z", "same")}),
            (std::vector<std::string>{"a", "z", "a!/x ="}));
}

TEST(PlaceItems, ADuplicateContainerIsNotOpenedAgain) {
  EXPECT_EQ(listing({file("b", "zip", {file("x", "1")}), file("a", "zip", {file("x", "1")})}),
            (std::vector<std::string>{"a", "b =", "a!/x"}));
}

TEST(PlaceItems, WhatHasNoBytesIsNoDuplicate) {
  const LeakItem lost{.name{"x"}, .has_bytes = false};
  EXPECT_EQ(listing({file("a", "1", {lost}), file("b", "2", {lost})}),
            (std::vector<std::string>{"a", "b", "a!/x", "b!/x"}));
}

TEST(GoldPath, KeepsTextAndEscapesOtherBytes) {
  EXPECT_EQ(gold_path("بایگانی/\x90\xD2.pdf"), "بایگانی/%90%D2.pdf");
  EXPECT_EQ(gold_path("two\nlines"), "two\nlines");
}

TEST(FoldedTokens, FoldsWhatPeopleTypeDifferently) {
  const auto one = [](std::string_view text) { return folded_tokens(text).at(0); };
  EXPECT_EQ(one("كتابي"), one("کتابی"));
  EXPECT_EQ(one("می‌شود"), one("میشود"));
  EXPECT_EQ(one("۱۳۹۳"), "1393");
  EXPECT_EQ(one("١٤٣٥"), "1435");
  EXPECT_EQ(one("عُلِمَ"), one("علم"));
  EXPECT_EQ(one("الإدارة"), one("الاداره"));
  EXPECT_EQ(one("Attaché"), "attache");
  EXPECT_EQ(one("هـ"), one("ه"));
  EXPECT_EQ(folded_tokens("«سرو»، ۱۲/۳۴"), (std::vector<std::string>{"سرو", "12", "34"}));
}

TEST(Zip, CanBeReadBackFromItsOwnExtents) {
  const Zip zip = write_zip({{.name = "a", .bytes = "stored", .store = true}, {.name = "b/"}});
  EXPECT_EQ(zip.bytes.substr(zip.data[0].begin, zip.data[0].end - zip.data[0].begin), "stored");
  EXPECT_TRUE(zip.bytes.starts_with("PK\x03\x04"));
}

TEST(Mail, EncodesHeadersAndKeepsLinesShort) {
  Prng prng(1);
  Mail mail{.from_name = "کیوان تلبارانی",
            .from_address = "a@b.example",
            .to_name = "Registry",
            .to_address = "c@d.example",
            .subject = "درباره تعیین خط مرزی و سهم آب رودخانه در سال آینده",
            .text = "یک خط = two\n",
            .with_html = true,
            .encoding = TransferEncoding::quoted_printable};
  const std::string bytes = write_mail(mail, prng).bytes;
  EXPECT_NE(bytes.find("Subject: =?UTF-8?B?"), std::string::npos);
  EXPECT_NE(bytes.find("=3D two"), std::string::npos);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t end = bytes.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 200u);
    at = end + 2;
  }
}

}  // namespace
}  // namespace dragoman::sample
