// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

std::vector<Member> book() {
  return {
      {"mimetype", "application/epub+zip"},
      {"META-INF/container.xml",
       "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
       "<rootfile full-path='OEBPS/book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>"},
      {"OEBPS/book.opf",
       "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata>"
       "<dc:title>The Book</dc:title><dc:creator>Sara Karimi</dc:creator><meta property='dcterms:modified'>"
       "2021-05-06T07:08:09Z</meta><meta name='cover' content='c1'/></metadata><manifest>"
       "<item id='a' href='text/a.xhtml' media-type='application/xhtml+xml'/>"
       "<item id='b' href='text/b%20b.xhtml' media-type='application/xhtml+xml'/>"
       "<item id='toc' href='toc.ncx' media-type='application/x-dtbncx+xml'/>"
       "<item id='c1' href='img/c.png' media-type='image/png'/></manifest>"
       "<spine toc='toc'><itemref idref='b'/><itemref idref='a'/></spine></package>"},
      {"OEBPS/toc.ncx",
       "<ncx><navMap><navPoint><navLabel><text>Second thoughts</text></navLabel><content src='text/b%20b.xhtml#x'/>"
       "</navPoint></navMap></ncx>"},
      {"OEBPS/text/a.xhtml", "<html><body><p>alpha text</p></body></html>"},
      {"OEBPS/text/b b.xhtml", "<html><body><h1>Beta</h1><p style='display:none'>unseen</p></body></html>"},
      {"OEBPS/img/c.png", "\x89PNG\r\n\x1A\n rest"},
      {"OEBPS/style.css", "p {}"},
      {"OEBPS/text/unlisted.xhtml", "<html>left out</html>"},
  };
}

TEST(epub, chapters_in_reading_order) {
  const Reading reading = read_named(zip_of(book()), "a.epub");
  EXPECT_EQ(reading.mime, "application/epub+zip");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.gaps.empty());
  ASSERT_EQ(reading.pages.size(), 3U);
  EXPECT_EQ(reading.pages[0].label, "chapter Second thoughts");
  EXPECT_EQ(reading.text(0), "Beta");
  EXPECT_EQ(reading.labelled("hidden text"), "unseen\n");
  EXPECT_EQ(reading.labelled("chapter 2"), "alpha text\n");
  EXPECT_EQ(reading.documents.at(0).title, "The Book");
  EXPECT_EQ(reading.field("dc:creator"), "Sara Karimi");
  EXPECT_EQ(reading.field("cover"), "c1");
  EXPECT_EQ(reading.meaning("modified"), "2021-05-06T07:08:09Z");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "OEBPS/img/c.png");
  EXPECT_EQ(reading.children[1].header.name, "OEBPS/text/unlisted.xhtml");
}

TEST(epub, protected_books_are_encrypted) {
  std::vector<Member> members = book();
  std::string encryption = "<encryption>";
  for (const char* part : {"OEBPS/text/a.xhtml", "OEBPS/text/b%20b.xhtml"}) {
    encryption +=
        "<EncryptedData><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>"
        "<CipherData><CipherReference URI='" +
        std::string(part) + "'/></CipherData></EncryptedData>";
  }
  members.push_back({"META-INF/encryption.xml", encryption + "</encryption>"});
  const Reading reading = read_bytes(zip_of(members));
  EXPECT_EQ(reading.state, ItemState::encrypted);
  EXPECT_TRUE(reading.has_gap(GapKind::encrypted));
  EXPECT_EQ(reading.field("dc:creator"), "Sara Karimi") << "what is not encrypted is read";
}

TEST(epub, damage) {
  std::vector<Member> members = book();
  members.erase(members.begin() + 4);
  const Reading lacking = read_bytes(zip_of(members));
  EXPECT_EQ(lacking.state, ItemState::partial);
  EXPECT_EQ(lacking.pages.at(0).label, "chapter Second thoughts");
  const std::string bytes = zip_of(book());
  const Reading cut = read_bytes(std::string_view(bytes).substr(0, bytes.size() * 2 / 3));
  EXPECT_NE(cut.state, ItemState::read);
  members.erase(members.begin() + 2);
  EXPECT_EQ(read_bytes(zip_of(members)).state, ItemState::failed);
}

}  // namespace
}  // namespace dragoman::read
