// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/mbox_walk.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

constexpr std::string_view kEnvelope = "From a@example.org Mon Mar  2 10:00:00 2015";

std::string mail(std::string_view subject, std::string_view body) {
  return "From: a@example.org\nTo: b@example.org\nDate: Mon, 2 Mar 2015 10:00:00 +0300\nSubject: " +
         std::string(subject) + "\n\n" + std::string(body);
}

// The bytes that each announced range covers.
std::vector<std::string> messages_of(const std::string& mailbox, const Reading& reading) {
  std::vector<std::string> out;
  for (const RecordedChild& child : reading.children) {
    EXPECT_TRUE(child.header.range.has_value());
    EXPECT_EQ(child.end, ChildEnd::complete);
    out.push_back(mailbox.substr(child.header.range->offset, child.header.range->length));
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

TEST(MboxReader, each_message_is_a_range_of_the_file) {
  const std::string one = mail("one", "first\n>From here on quoted\n");
  const std::string two = mail("two", "From the start of a paragraph, no separator\n\nFrom now on: no separator\n");
  const std::string three = mail("three", "last\n");
  const std::string envelope(kEnvelope);
  const std::string mailbox = envelope + "\n" + one + "\n" + envelope + "\n" + two + "\n" + envelope + "\n" + three;
  for (const bool crlf : {false, true}) {
    const std::string bytes = crlf ? with_crlf(mailbox) : mailbox;
    const Reading reading = read_named(bytes, "Inbox");
    EXPECT_EQ(reading.mime, "application/mbox");
    EXPECT_EQ(reading.state, ItemState::read);
    const std::vector<std::string> found = messages_of(bytes, reading);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0], crlf ? with_crlf(one) : one);
    EXPECT_EQ(found[1], crlf ? with_crlf(two) : two);
    EXPECT_EQ(found[2], crlf ? with_crlf(three) : three);
    EXPECT_EQ(reading.children[2].header.name, "message-000003.eml");
    ASSERT_EQ(reading.counts.size(), 1U);
    EXPECT_EQ(reading.counts[0], (MemberCount{"messages", 3, 3, 0}));
  }
}

TEST(MboxReader, believes_a_content_length_that_fits) {
  // mboxcl2 quotes nothing: the line in the middle would be a separator by its looks.
  const std::string body = "see below\n\n" + std::string(kEnvelope) + "\nSubject: an example\n\nquoted mail\n";
  const std::string head = "From: a@example.org\nTo: b@example.org\nSubject: s\nContent-Length: ";
  const std::string one = head + std::to_string(body.size()) + "\n\n" + body;
  const std::string two = mail("two", "x\n");
  const std::string envelope = std::string(kEnvelope) + "\n";
  const std::string mailbox = envelope + one + "\n" + envelope + two;
  EXPECT_EQ(messages_of(mailbox, read_bytes(mailbox)), (std::vector<std::string>{one, two}));
  // One that does not is not.
  const std::string lying = head + "7\n\nshort body\n";
  const std::string other = envelope + lying + "\n" + envelope + two;
  EXPECT_EQ(messages_of(other, read_bytes(other)), (std::vector<std::string>{lying, two}));
}

TEST(MboxReader, knows_the_separators_that_programs_write) {
  EXPECT_TRUE(begins_message("From - Mon Jan 01 00:00:00 2020\nX-Mozilla-Status: 0001\n", true));
  EXPECT_TRUE(begins_message("From \nFrom: a@example.org\n", true));
  EXPECT_TRUE(begins_message("From a@b Mon Jan  1 10:00 +0300 2001\n>From c\nTo: d\n", true));
  EXPECT_TRUE(begins_message("From MAILER-DAEMON Fri Jul  8 12:08:34 2011\nFrom: x\n", false));
  EXPECT_FALSE(begins_message("From here to there\n", true));
  EXPECT_FALSE(begins_message("From now on\nNote: as above\n", true));
  EXPECT_FALSE(begins_message("From 10:00 to 11:00 in 2015 we met\nand talked\n", true));
  EXPECT_FALSE(begins_message("From \nSubject: s\n", false));
}

TEST(MboxReader, finds_separators_anywhere_in_the_window) {
  // Messages of all lengths around the size of the window, so that separators lie across its border.
  std::string mailbox;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 12; ++i) {
    expected.push_back(mail("n", std::string((std::size_t{1} << 20) - 150 + i * 5, 'x') + "\n"));
    mailbox += std::string(kEnvelope) + "\n" + expected.back() + "\n";
  }
  EXPECT_EQ(messages_of(mailbox, read_bytes(mailbox)), expected);
}

TEST(MboxReader, bytes_of_zero_in_a_message_make_no_other_type_of_it) {
  const std::string one = mail("one", std::string("a\0b\0\n", 5));
  const std::string mailbox = std::string(kEnvelope) + "\n" + one + "\n" + std::string(kEnvelope) + "\n" + one;
  const Reading reading = read_bytes(mailbox);
  EXPECT_EQ(reading.mime, "application/mbox");
  EXPECT_EQ(messages_of(mailbox, reading), (std::vector<std::string>{one, one}));
}

TEST(MboxReader, more_messages_than_allowed_are_counted) {
  ReadRequest request;
  request.limits.max_members = 2;
  std::string mailbox;
  for (int i = 0; i < 5; ++i) mailbox += std::string(kEnvelope) + "\n" + mail("s", "b\n") + "\n";
  const Reading reading = read_bytes(mailbox, request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.counts.at(0), (MemberCount{"messages", 5, 2, 3}));
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
}

TEST(EmlxReader, reads_the_mail_and_what_apple_mail_knows) {
  const std::string inner = mail("s", "body\n");
  const std::string list =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n<key>date-received</key>\n"
      "<integer>1425279600</integer>\n<key>flags</key>\n<integer>17</integer>\n</dict>\n</plist>\n";
  const Reading reading = read_named(std::to_string(inner.size()) + "     \n" + inner + list, "12.emlx");
  EXPECT_EQ(reading.mime, "message/x-emlx");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.text().ends_with("Subject: s\n\nbody"));
  EXPECT_EQ(reading.field("emlx:date-received"), "1425279600");
  EXPECT_EQ(reading.field("emlx:status"), "read, flagged");
  const Reading partial = read_named(std::to_string(inner.size()) + "\n" + inner + list, "12.partial.emlx");
  EXPECT_EQ(partial.state, ItemState::partial);
  const Reading cut = read_bytes(std::to_string(inner.size() + 9) + "\n" + inner);
  EXPECT_EQ(cut.state, ItemState::partial);
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
}

}  // namespace
}  // namespace dragoman::read
