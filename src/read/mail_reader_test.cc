// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/html_text.h"
#include "read/mail_header.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kMixed =
    "From: =?utf-8?B?2YXZhtmK2LE=?= <munir@example.org>\r\n"
    "To: desk@example.org\r\n"
    "Subject: =?windows-1256?Q?=CA=DE=D1=ED=D1?= =?windows-1256?Q?_=CC=CF=ED=CF?=\r\n"
    "Date: Mon, 2 Mar 2015 10:00:00 +0300\r\n"
    "Message-ID: <1@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b1\r\n"
    "\r\n"
    "--b1\r\n"
    "Content-Type: multipart/alternative; boundary=b2\r\n"
    "\r\n"
    "--b2\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "Caf=E9 at noon.\r\n"
    "--b2\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "<p>Not this one</p>\r\n"
    "--b2--\r\n"
    "--b1\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Disposition: attachment; filename*=utf-8''%DA%AF%D8%B2%D8%A7%D8%B1%D8%B4.bin\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AAECAw==\r\n"
    "--b1\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "From: a@example.org\r\n"
    "Subject: inner\r\n"
    "Date: Mon, 2 Mar 2015 09:00:00 +0300\r\n"
    "\r\n"
    "inner body\r\n"
    "--b1--\r\n";

// What the head of the small mails below looks like on the page.
const std::string kHead =
    "From: a@example.org\nTo: b@example.org\nDate: Mon, 2 Mar 2015 10:00:00 +0300\nSubject: s\n\n";

TEST(MailReader, reads_head_body_and_parts) {
  const Reading reading = read_named(kMixed, "0001.eml");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "message/rfc822");
  EXPECT_EQ(reading.documents.at(0).kind, "mail");
  EXPECT_EQ(reading.documents.at(0).title, "تقرير جديد");
  EXPECT_EQ(reading.documents.at(0).fields.front(),
            (Field{"from", "منير <munir@example.org>", "from", "منير <munir@example.org>"}));
  EXPECT_EQ(reading.field("message-id"), "<1@example.org>");
  EXPECT_EQ(reading.text(),
            "From: منير <munir@example.org>\nTo: desk@example.org\nDate: Mon, 2 Mar 2015 10:00:00 +0300\n"
            "Subject: تقرير جديد\n\nCafé at noon.");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "گزارش.bin");
  EXPECT_EQ(reading.children[0].bytes, std::string("\0\1\2\3", 4));
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].header.ordinal, 1U);
  EXPECT_EQ(reading.children[1].header.name, "part-2.eml");
  EXPECT_EQ(read_bytes(reading.children[1].bytes).text(),
            "From: a@example.org\nDate: Mon, 2 Mar 2015 09:00:00 +0300\nSubject: inner\n\ninner body");
}

TEST(MailReader, html_alone_becomes_text) {
  const Reading reading = read_bytes(
      "From: a@example.org\nTo: b@example.org\nSubject: s\nDate: Mon, 2 Mar 2015 10:00:00 +0300\n"
      "Content-Type: text/html; charset=utf-8\n\n"
      "<html><head><title>t</title><style>p{}</style></head><body><p>One&nbsp;two</p><script>no()</script>"
      "<table><tr><td>a</td><td>b</td></tr></table></body></html>\n");
  EXPECT_EQ(reading.text(), kHead + "One two\n\na b");
}

TEST(MailReader, wrong_charset_is_read_as_well_as_can_be_with_a_gap) {
  const Reading reading = read_bytes(
      "From: a@example.org\nTo: b@example.org\nSubject: s\nDate: Mon, 2 Mar 2015 10:00:00 +0300\n"
      "Content-Type: text/plain; charset=no-such-charset\n\nplain words\n");
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  EXPECT_EQ(reading.text(), kHead + "plain words");
}

TEST(MailReader, cut_mail_keeps_what_there_is) {
  const Reading reading = read_bytes(kMixed.substr(0, kMixed.find("AAECAw==") + 4));
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  EXPECT_TRUE(reading.text().ends_with("\n\nCafé at noon."));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::truncated);
}

TEST(MailReader, mail_without_a_body_is_its_head) {
  const Reading reading =
      read_bytes("From: a@example.org\nTo: b@example.org\nSubject: s\nDate: Mon, 2 Mar 2015 10:00:00 +0300\n\n");
  EXPECT_EQ(reading.documents.size(), 1U);
  EXPECT_EQ(reading.text() + "\n\n", kHead);
}

TEST(MailHeader, decodes_encoded_words) {
  EXPECT_EQ(decode_header("=?utf-8?Q?a?= =?utf-8?Q?b?= c"), "ab c");
  EXPECT_EQ(decode_header("=?utf-8?B?2Yc=?=\r\n =?utf-8?B?2YU=?="), "هم");
  // A character split between two encoded words.
  EXPECT_EQ(decode_header("=?utf-8?Q?=D9?= =?utf-8?Q?=87?="), "ه");
  EXPECT_EQ(decode_header("no =?broken words"), "no =?broken words");
}

TEST(HtmlText, survives_deep_nesting) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<div>";
  const std::string text = text_of_html(deep + "x");
  EXPECT_LE(text.size(), 1'000'000U);
}

}  // namespace
}  // namespace dragoman::read
