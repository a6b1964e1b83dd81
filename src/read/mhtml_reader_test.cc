// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/html_reader.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

// As Chromium saves a page.
constexpr std::string_view kSaved =
    "From: <Saved by Blink>\r\n"
    "Snapshot-Content-Location: https://site.example/news/1\r\n"
    "Subject: =?utf-8?Q?The=20News?=\r\n"
    "Date: Mon, 6 May 2024 10:00:00 +0330\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----Boundary----\"\r\n\r\n"
    "------Boundary----\r\n"
    "Content-Type: text/html\r\nContent-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    "Content-Location: https://site.example/news/1\r\n\r\n"
    "<!DOCTYPE html><html><head><meta charset=3Dutf-8><title>The News</title></head><body>caf=C3=A9 =\r\nnews"
    "<div style=3D\"display:none\">unseen</div></body></html>\r\n"
    "------Boundary----\r\n"
    "Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Location: https://site.example/img/dot.gif?v=1\r\n\r\nR0lGODlh\r\n"
    "------Boundary----\r\n"
    "Content-Type: text/html\r\nContent-ID: <frame-2@mhtml.blink>\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    "<html>framed</html>\r\n"
    "------Boundary------\r\n";

TEST(mhtml, a_saved_page_and_what_it_shows) {
  const Reading reading = read_named(kSaved, "news.mhtml");
  EXPECT_EQ(reading.mime, "application/x-mimearchive");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  EXPECT_EQ(reading.text(0), "café news");
  EXPECT_EQ(reading.labelled("hidden text"), "unseen\n");
  EXPECT_EQ(reading.documents.at(0).title, "The News");
  EXPECT_EQ(reading.field("snapshot-content-location"), "https://site.example/news/1");
  EXPECT_EQ(reading.field("subject"), "The News");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "site.example/img/dot.gif");
  EXPECT_EQ(reading.children[0].bytes, "GIF89a");
  EXPECT_EQ(reading.children[1].bytes, "<html>framed</html>");
}

TEST(mhtml, a_mail_is_no_saved_page) {
  EXPECT_TRUE(is_saved_page(kSaved));
  EXPECT_TRUE(is_saved_page("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\nTo: nobody\n"));
  EXPECT_FALSE(is_saved_page("From: a@b.example\nTo: c@d.example\nContent-Type: multipart/related; boundary=x\n\n"));
  EXPECT_FALSE(is_saved_page("From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html\n\n"));
}

TEST(mhtml, damage) {
  const Reading cut = read_bytes(kSaved.substr(0, kSaved.size() - 60));
  EXPECT_EQ(cut.state, ItemState::partial);
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
  EXPECT_EQ(cut.text(0), "café news");
  const Reading empty = read_bytes("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\nnothing\n");
  EXPECT_EQ(empty.state, ItemState::partial);
}

}  // namespace
}  // namespace dragoman::read
