// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

TEST(VcardReader, reads_all_versions) {
  const Reading reading = read_named(
      "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D9=BE=D9=88=\r\n=D8=B1;Ann;;Dr\r\n"
      "TEL;CELL;VOICE:+98 21 000\r\nPHOTO;JPEG;ENCODING=BASE64:\r\n AAEC\r\n Aw==\r\n\r\nEND:VCARD\r\n"
      "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Second\\, the\r\nitem1.EMAIL;TYPE=INTERNET,HOME:s@example.org\r\n"
      "NOTE:one line\\nand a long\r\n er one\r\nEND:VCARD\r\n"
      "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Third\r\nPHOTO:data:image/png;base64,AAEC\r\nADR;TYPE=home:;;5 Lane;Town;;123;IR\r\n"
      "END:VCARD\r\n",
      "people.vcf");
  EXPECT_EQ(reading.mime, "text/vcard");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "contact");
  EXPECT_EQ(reading.documents.at(0).title, "Second, the");
  EXPECT_EQ(reading.text(),
            "Name in parts: پور, Ann, Dr\nPhone (cell, voice): +98 21 000\n\nName: Second, the\n"
            "E-mail (internet,home): s@example.org\nNote: one line\nand a longer one\n\nName: Third\n"
            "Address (home): 5 Lane, Town, 123, IR");
  EXPECT_EQ(reading.field("EMAIL"), "s@example.org");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "photo-1.jpg");
  EXPECT_EQ(reading.children[0].bytes, std::string("\0\1\2\3", 4));
  EXPECT_EQ(reading.children[1].header.name, "photo-2.png");
}

TEST(VcardReader, an_entry_without_an_end_is_a_gap) {
  const Reading reading = read_bytes("BEGIN:VCARD\nFN:Ann\n");
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  EXPECT_EQ(reading.text(), "Name: Ann");
}

TEST(CalendarReader, reads_events_without_the_rules_of_zones) {
  const Reading reading = read_named(
      "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Asia/Tehran\nBEGIN:STANDARD\nTZNAME:zonename\nEND:STANDARD\n"
      "END:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nSUMMARY:Handover\nDTSTART;TZID=\"Asia/Tehran\":20150302T100000\n"
      "ATTENDEE;CN=\"Ann: B\";PARTSTAT=ACCEPTED:mailto:ann@example.org\nDESCRIPTION:bring the file\\;\n"
      "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:aGk=\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM\n"
      "END:VEVENT\nEND:VCALENDAR\n",
      "c.ics");
  EXPECT_EQ(reading.mime, "text/calendar");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).title, "Handover");
  EXPECT_EQ(reading.text(),
            "Subject: Handover\nStart: 20150302T100000 (Asia/Tehran)\n"
            "Attendee: Ann: B mailto:ann@example.org (ACCEPTED)\nDescription: bring the file;\n\nTRIGGER: -PT15M");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].bytes, "hi");
  EXPECT_EQ(reading.children[0].header.name, "attach-1.txt");
}

std::string der(char tag, const std::string& content) {
  std::string out(1, tag);
  if (content.size() < 128) return out + static_cast<char>(content.size()) + content;
  return out + "\x82" + static_cast<char>(content.size() >> 8) + static_cast<char>(content.size()) + content;
}

std::string pkcs7(char kind, const std::string& octets) {
  const std::string prefix = "\x2A\x86\x48\x86\xF7\x0D\x01\x07";
  const std::string inner = der('\x30', der('\x06', prefix + "\x01") + der('\xA0', octets));
  const std::string body = der('\x30', der('\x02', "\x01") + der('\x31', "") + inner + der('\x31', ""));
  return der('\x30', der('\x06', prefix + kind) + der('\xA0', body));
}

TEST(Pkcs7Reader, gives_what_was_signed) {
  const std::string mail = "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9\n";
  const Reading reading = read_named(pkcs7(2, der('\x04', mail)), "smime.p7m");
  EXPECT_EQ(reading.mime, "application/pkcs7-mime");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].bytes, mail);
  EXPECT_EQ(read_bytes(mail).text(), "café");
  // In pieces.
  const Reading pieces = read_bytes(pkcs7(2, der('\x24', der('\x04', "one ") + der('\x04', "two"))));
  EXPECT_EQ(pieces.children.at(0).bytes, "one two");
  EXPECT_EQ(read_bytes(pkcs7(3, der('\x04', "x"))).state, ItemState::encrypted);
}

}  // namespace
}  // namespace dragoman::read
