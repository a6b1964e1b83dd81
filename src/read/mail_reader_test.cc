// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/html_text.h"
#include "read/mail_body.h"
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

constexpr std::string_view kSmallHead =
    "From: a@example.org\nTo: b@example.org\nSubject: s\nDate: Mon, 2 Mar 2015 10:00:00 +0300\n";

std::string small_head(std::string_view type) {
  return std::string(kSmallHead) + "MIME-Version: 1.0\nContent-Type: " + std::string(type) + "\n\n";
}

std::string alternative(std::string_view plain, std::string_view html) {
  return std::string(kSmallHead) +
         "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; "
         "charset=utf-8\n\n" +
         std::string(plain) + "\n--b\nContent-Type: text/html; charset=utf-8\n\n" + std::string(html) + "\n--b--\n";
}

TEST(MailReader, a_forwarded_mail_is_kept_byte_for_byte_as_a_range) {
  // Line ends, folding, trailing blanks and a nested multipart, as no writer would put them out again.
  const std::string inner =
      "subject:odd   \r\nX-Folded: a\n\tb\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\nprologue\n--deep\r\n\r\nx  \n"
      "--other\n--deep--\r\nepilogue\r\n";
  const std::string head = small_head("multipart/mixed; boundary=\"b 1\"");
  for (const std::string end : {"\r\n", "\n"}) {
    const std::string mail = head + "--b 1\nContent-Type: message/rfc822" + end + end + inner + end + "--b 1--" + end;
    const Reading reading = read_bytes(mail);
    ASSERT_EQ(reading.children.size(), 1U);
    ASSERT_TRUE(reading.children[0].header.range.has_value());
    EXPECT_EQ(reading.children[0].bytes, inner);
  }
  const Reading alone = read_bytes(small_head("message/rfc822") + inner);
  ASSERT_EQ(alone.children.size(), 1U);
  EXPECT_EQ(alone.children[0].bytes, inner);
}

TEST(MailReader, html_is_shown_when_it_says_other_things_than_the_plain_text) {
  const Reading same = read_bytes(
      alternative("The report: see http://example.org/r now.", "<p>The <a href='x'>report</a>: see now.</p>"));
  EXPECT_EQ(same.pages.size(), 1U);
  const Reading other =
      read_bytes(alternative("Your program shows no HTML.", "<p>The minutes of the secret meeting</p>"));
  EXPECT_EQ(other.labelled("HTML body"), "The minutes of the secret meeting\n");
  EXPECT_EQ(other.text(), kHead + "Your program shows no HTML.");
}

TEST(MailReader, thread_and_way_are_fields) {
  const Reading reading = read_bytes(
      "Received: from last.example.org; Mon, 2 Mar 2015 10:00:03 +0300\n"
      "Received: from middle.example.org; Mon, 2 Mar 2015 10:00:02 +0300\n"
      "Received: from first.example.org; Mon, 2 Mar 2015 10:00:01 +0300\n"
      "Return-Path: <r@example.org>\nX-Originating-IP: [192.0.2.7]\nX-Mailer: Pigeon 2\n"
      "In-Reply-To: <2@example.org>\nReferences: <1@example.org>\n <2@example.org>\nThread-Index: AdBU\n"
      "Thread-Topic: s\nX-Spam: no\n" +
      std::string(kSmallHead) + "\nb\n");
  EXPECT_EQ(reading.field("received"), "from last.example.org; Mon, 2 Mar 2015 10:00:03 +0300");
  EXPECT_EQ(reading.documents[0].fields.at(1).value, "from first.example.org; Mon, 2 Mar 2015 10:00:01 +0300");
  EXPECT_EQ(reading.field("references"), "<1@example.org> <2@example.org>");
  EXPECT_EQ(reading.field("in-reply-to"), "<2@example.org>");
  EXPECT_EQ(reading.field("thread-index"), "AdBU");
  EXPECT_EQ(reading.field("x-originating-ip"), "[192.0.2.7]");
  EXPECT_EQ(reading.field("return-path"), "<r@example.org>");
  EXPECT_EQ(reading.field("x-spam"), "");
}

TEST(MailReader, files_written_into_the_text_are_children) {
  const Reading reading =
      read_bytes(std::string(kSmallHead) +
                 "\nbefore\nbegin 644 note.txt\n#0V%T\n`\nend\nbehind\n"
                 "begin here, he said\n=ybegin line=128 size=3 name=y.bin\n\x8b\x8c\x8d\n=yend size=3\n");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.text().ends_with("before\nbehind\nbegin here, he said")) << reading.text();
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "note.txt");
  EXPECT_EQ(reading.children[0].bytes, "Cat");
  EXPECT_EQ(reading.children[1].header.name, "y.bin");
  EXPECT_EQ(reading.children[1].bytes, "abc");
  const Reading cut = read_bytes(std::string(kSmallHead) + "\nbegin 644 note.txt\n#0V%T\n");
  EXPECT_EQ(cut.children.at(0).end, ChildEnd::truncated);
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
}

TEST(MailReader, a_declaration_that_the_bytes_deny_is_not_believed) {
  const std::string head = std::string(kSmallHead) + "Content-Type: text/plain; charset=iso-8859-1\n\n";
  EXPECT_TRUE(read_bytes(head + "گزارش محرمانه\n").text().ends_with("گزارش محرمانه"));
  // "السلام عليكم" and more in windows-1256.
  const Reading arabic = read_bytes(head +
                                    "\xC7\xE1\xD3\xE1\xC7\xE3 \xDA\xE1\xED\xDF\xE3 \xE6\xDE\xC7\xE1 \xC7\xE1"
                                    "\xD1\xC6\xED\xD3 \xDD\xED \xC7\xE1\xC8\xE1\xC7\xCF\n");
  EXPECT_NE(arabic.text().find("السلام عليكم"), std::string::npos) << arabic.text();
  EXPECT_EQ(arabic.state, ItemState::read);
  EXPECT_TRUE(read_bytes(head + "caf\xE9 cr\xE8me\n").text().ends_with("café crème"));
  const std::string none = std::string(kSmallHead) + "Content-Type: text/plain; charset=x-unknown\n\nwords\n";
  EXPECT_EQ(read_bytes(none).state, ItemState::read);
}

TEST(MailReader, charsets_of_mails) {
  const auto body = [](std::string_view charset, std::string_view bytes) {
    return read_bytes(std::string(kSmallHead) + "Content-Type: text/plain; charset=" + std::string(charset) + "\n\n" +
                      std::string(bytes) + "\n")
        .text();
  };
  EXPECT_TRUE(body("utf-7", "caf+AOk-").ends_with("café"));
  EXPECT_TRUE(body("iso-2022-jp", "\x1b$B$3$s\x1b(B").ends_with("こん"));
  EXPECT_TRUE(body("ks_c_5601-1987", "\xC7\xD1\xB1\xB9").ends_with("한국"));
  EXPECT_TRUE(body("iso-8859-8-i", "\xF9\xEC\xE5\xED").ends_with("שלום"));
}

TEST(MailBody, soft_line_ends_are_joined) {
  EXPECT_EQ(unflowed("one \ntwo\n> a \n> b\n-- \nme\n", false), "one two\n> a b\n-- \nme\n");
  EXPECT_EQ(unflowed("one \ntwo\n", true), "onetwo\n");
}

TEST(MailReader, an_openpgp_message_in_the_text_is_a_gap) {
  const Reading reading = read_bytes(std::string(kSmallHead) + "\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n");
  EXPECT_TRUE(reading.has_gap(GapKind::encrypted));
  EXPECT_EQ(reading.state, ItemState::partial);
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
