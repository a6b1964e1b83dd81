// SPDX-License-Identifier: AGPL-3.0-or-later
// MSG, TNEF and what both share with PST: how a message of Outlook becomes a document, or is written down as a mail.
#include <gtest/gtest.h>

#include "read/mapi_rendering.h"
#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

// 2 March 2015, 07:00 UTC, in 100 ns since 1601.
constexpr std::uint64_t kTime = 130'697'532'000'000'000;

std::string le64(std::uint64_t value) {
  std::string out;
  put(out, value, 8);
  return out;
}

MapiProperty property(std::uint16_t id, std::uint16_t type, std::string value) {
  MapiProperty out;
  out.id = id;
  out.type = type;
  out.values.push_back(std::move(value));
  return out;
}

MapiProperty text(std::uint16_t id, std::u16string_view value) {
  return property(id, mapi_type::kUnicode, wide(value));
}

std::string rendered(const MapiMessage& message, Rendering* outcome = nullptr) {
  std::string out;
  const Rendering rendering = render_mail(message, Limits{}, [&](std::string_view bytes) {
    out += bytes;
    return true;
  });
  if (outcome != nullptr) *outcome = rendering;
  return out;
}

MapiMessage small_message() {
  MapiMessage message;
  message.properties.add(text(0x001A, u"IPM.Note"));
  message.properties.add(text(0x0037, u"\u0001\u0005Re: گزارش"));
  message.properties.add(property(0x0039, mapi_type::kTime, le64(kTime)));
  message.properties.add(text(0x0C1A, u"Pooran, M."));
  message.properties.add(text(0x0C1F, u"pooran@example.org"));
  message.properties.add(text(0x1000, u"first line\r\nsecond\r\n"));
  message.properties.add(text(0x1035, u"<1@example.org>"));
  message.properties.add(property(0x0071, mapi_type::kBinary, "\x01\x02\x03"));
  MapiProperties to;
  to.add(property(0x0C15, mapi_type::kInt32, le32(1)));
  to.add(text(0x3001, u"Desk"));
  to.add(text(0x39FE, u"desk@example.org"));
  MapiProperties bcc;
  bcc.add(property(0x0C15, mapi_type::kInt32, le32(3)));
  bcc.add(text(0x3001, u"hidden@example.org"));
  message.recipients = {to, bcc};
  return message;
}

// One attachment with those bytes, one message attached.
MapiMessage message_with_attachments(std::string bytes) {
  MapiMessage message = small_message();
  message.attachment_count = 2;
  message.attachment = [bytes](std::size_t index) -> Result<MapiAttachment> {
    MapiAttachment out;
    if (index == 0) {
      out.properties.add(text(0x3707, u"صورت جلسه.bin"));
      out.data = [bytes](const MapiEat& eat) { return eat(bytes); };
    } else {
      out.properties.add(text(0x3001, u"inner"));
      out.message = []() -> Result<MapiMessage> { return small_message(); };
    }
    return out;
  };
  return message;
}

TEST(MapiRendering, is_a_mail_that_the_mail_reader_reads) {
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 256));
  const MapiMessage message = message_with_attachments(bytes);
  Rendering outcome;
  const std::string mail = rendered(message, &outcome);
  EXPECT_EQ(mail, rendered(message));
  EXPECT_EQ(outcome.attachments, 2U);
  EXPECT_EQ(outcome.lost, 0U);
  const Reading reading = read_named(mail, "000001.eml");
  EXPECT_EQ(reading.mime, "message/rfc822");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.text(),
            "From: \"Pooran, M.\" <pooran@example.org>\nTo: Desk <desk@example.org>\nBcc: hidden@example.org\n"
            "Date: Mon, 02 Mar 2015 07:00:00 +0000\nSubject: Re: گزارش\n\nfirst line\nsecond");
  EXPECT_EQ(reading.field("message-id"), "<1@example.org>");
  EXPECT_EQ(reading.field("thread-index"), "AQID");
  EXPECT_EQ(reading.field("x-mapi-message-class"), "IPM.Note");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "صورت جلسه.bin");
  EXPECT_EQ(reading.children[0].bytes, bytes);
  EXPECT_EQ(reading.children[1].header.name, "inner.eml");
  EXPECT_EQ(read_bytes(reading.children[1].bytes).field("subject"), "Re: گزارش");
}

TEST(MapiRendering, keeps_the_transports_own_head) {
  MapiMessage message = small_message();
  message.properties.add(text(0x007D,
                              u"Microsoft Mail Internet Headers Version 2.0\r\nReceived: from a.example.org\r\n\tby b; "
                              u"Mon, 2 Mar 2015 10:00:00 +0300\r\nFrom: own@example.org\r\nSubject: =?utf-8?Q?own?=\r\n"
                              u"Content-Type: multipart/mixed;\r\n boundary=x\r\n\r\nX-Behind: blank\r\n"));
  const Reading reading = read_bytes(rendered(message));
  EXPECT_EQ(reading.field("from"), "own@example.org");
  EXPECT_EQ(reading.field("subject"), "own");
  EXPECT_EQ(reading.field("received"), "from a.example.org by b; Mon, 2 Mar 2015 10:00:00 +0300");
  EXPECT_EQ(reading.field("to"), "Desk <desk@example.org>");
  EXPECT_TRUE(reading.text().ends_with("first line\nsecond"));
}

TEST(MapiRendering, says_what_a_contact_and_a_list_hold) {
  MapiMessage contact;
  contact.properties.add(text(0x001A, u"IPM.Contact"));
  contact.properties.add(text(0x3A16, u"Company of Ink"));
  contact.properties.add(text(0x3A1C, u"+98 912 000 0000"));
  MapiProperty mail = text(0, u"ink@example.org");
  mail.set = mapi_set::kAddress;
  mail.number = 0x8083;
  contact.properties.add(mail);
  const std::string words = read_bytes(rendered(contact)).text();
  EXPECT_NE(words.find("Company: Company of Ink\nE-mail: ink@example.org\nMobile phone: +98 912 000 0000"),
            std::string::npos)
      << words;
  MapiMessage list;
  list.properties.add(text(0x001A, u"IPM.DistList"));
  MapiProperty members;
  members.type = mapi_type::kBinary | mapi_type::kMany;
  members.set = mapi_set::kAddress;
  members.number = 0x8054;
  members.values.push_back(std::string(20, '\0') + le16(0) + le16(0x8000) + wide(u"Ann") + le16(0) + wide(u"SMTP") +
                           le16(0) + wide(u"ann@example.org") + le16(0));
  members.values.push_back("short");
  list.properties.add(members);
  EXPECT_NE(read_bytes(rendered(list)).text().find("Member: Ann <ann@example.org>"), std::string::npos);
}

TEST(MapiProperties, old_strings_are_decoded_by_the_stores_code_page) {
  MapiProperties properties;
  properties.add(property(0x1000, mapi_type::kString8, std::string("\xC7\xE1\xD3\xE1\xC7\xE3\0", 7)));
  properties.add(property(0x3FFD, mapi_type::kInt32, le32(1256)));
  properties.take_code_page();
  EXPECT_EQ(properties.text(0x1000), "السلام");
  EXPECT_EQ(properties.number(0x3FFD), 1256U);
}

// What one storage of an MSG holds: properties of fixed size, and streams for the others.
struct MsgStorage {
  std::string path;
  std::size_t head = 8;
  std::string fixed = {};
  void add_fixed(std::uint32_t tag, std::string value) {
    value.resize(8, '\0');
    fixed += le32(tag) + le32(6) + value;
  }
};

void close(OleBuilder& file, const MsgStorage& storage) {
  file.add(storage.path + "__properties_version1.0", std::string(storage.head, '\0') + storage.fixed);
}

std::string msg_file() {
  OleBuilder file;
  MsgStorage root{"", 32};
  root.add_fixed(0x00390040, le64(kTime));
  file.add("__substg1.0_001A001F", wide(u"IPM.Note"));
  file.add("__substg1.0_0037001F", wide(u"Minutes"));
  file.add("__substg1.0_0C1A001F", wide(u"Ann"));
  file.add("__substg1.0_0C1F001F", wide(u"ann@example.org"));
  file.add("__substg1.0_1000001F", wide(u"plain body"));
  file.add("__substg1.0_10130102", "<p>markup with other words inside</p>");
  file.add("__substg1.0_8000001F", wide(u"the place"));
  file.add("__substg1.0_8001101F", std::string(8, '\0'));
  file.add("__substg1.0_8001101F-00000000", wide(u"red"));
  file.add("__substg1.0_8001101F-00000001", wide(u"urgent"));
  // Named: 0x8000 is number 0x8208 of the third set, 0x8001 is "Keywords" of the public strings.
  file.add("__nameid_version1.0/__substg1.0_00020102", le32(mapi_set::kAppointment) + std::string(12, '\0'));
  file.add("__nameid_version1.0/__substg1.0_00030102",
           le32(0x8208) + le16(3 << 1) + le16(0) + le32(0) + le16((2 << 1) | 1) + le16(1));
  file.add("__nameid_version1.0/__substg1.0_00040102", le32(16) + wide(u"Keywords"));
  close(file, root);
  MsgStorage recipient{"__recip_version1.0_#00000000/"};
  recipient.add_fixed(0x0C150003, le32(1));
  file.add(recipient.path + "__substg1.0_3001001F", wide(u"desk@example.org"));
  close(file, recipient);
  MsgStorage attachment{"__attach_version1.0_#00000000/"};
  attachment.add_fixed(0x37050003, le32(1));
  file.add(attachment.path + "__substg1.0_3707001F", wide(u"a.bin"));
  file.add(attachment.path + "__substg1.0_37010102", std::string("\0\1\2", 3));
  close(file, attachment);
  MsgStorage nested{"__attach_version1.0_#00000001/"};
  nested.add_fixed(0x37050003, le32(5));
  close(file, nested);
  MsgStorage inner{nested.path + "__substg1.0_3701000D/", 24};
  inner.add_fixed(0x00390040, le64(kTime));
  file.add(inner.path + "__substg1.0_0037001F", wide(u"inner subject"));
  file.add(inner.path + "__substg1.0_1000001F", wide(u"inner body"));
  close(file, inner);
  return file.build();
}

TEST(MsgReader, reads_head_body_recipients_and_attachments) {
  const Reading reading = read_named(msg_file(), "m.msg");
  EXPECT_EQ(reading.mime, "application/vnd.ms-outlook");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "mail");
  EXPECT_EQ(reading.documents.at(0).title, "Minutes");
  EXPECT_EQ(reading.text(),
            "From: Ann <ann@example.org>\nTo: desk@example.org\nDate: Mon, 02 Mar 2015 07:00:00 +0000\n"
            "Subject: Minutes\n\nplain body");
  EXPECT_EQ(reading.labelled("HTML body"), "markup with other words inside\n");
  EXPECT_EQ(reading.field("keywords"), "red; urgent");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "a.bin");
  EXPECT_EQ(reading.children[0].bytes, std::string("\0\1\2", 3));
  EXPECT_EQ(reading.children[1].header.name, "attachment-2.eml");
  const Reading inner = read_bytes(reading.children[1].bytes);
  EXPECT_EQ(inner.field("subject"), "inner subject");
  EXPECT_TRUE(inner.text().ends_with("inner body"));
}

std::string tnef_attribute(char level, std::uint32_t id, const std::string& data) {
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<unsigned char>(c);
  return std::string(1, level) + le32(id) + le32(data.size()) + data + le16(sum & 0xFFFF);
}

std::string padded(std::string value) {
  value.resize((value.size() + 3) / 4 * 4, '\0');
  return value;
}

std::string tnef_string(std::uint16_t id, std::u16string_view value) {
  const std::string bytes = wide(value) + le16(0);
  return le16(mapi_type::kUnicode) + le16(id) + le32(1) + le32(bytes.size()) + padded(bytes);
}

std::string tnef_file(const std::string& inner = {}) {
  std::string out = le32(0x223E9F78) + le16(1);
  out += tnef_attribute(1, 0x00018004, std::string("attribute subject\0", 18));
  out += tnef_attribute(1, 0x0002800C, std::string("body of the attribute\0", 22));
  const std::string location = le16(mapi_type::kUnicode) + le16(0x8005) + le32(mapi_set::kAppointment) +
                               std::string(12, '\0') + le32(0) + le32(0x8208) + le32(1) + le32(10) +
                               padded(wide(u"Roof") + le16(0));
  out += tnef_attribute(
      1, 0x00069003,
      le32(3) + tnef_string(0x001A, u"IPM.Appointment") + tnef_string(0x0037, u"real subject") + location);
  out += tnef_attribute(
      1, 0x00069004,
      le32(1) + le32(2) + le16(mapi_type::kInt32) + le16(0x0C15) + le32(2) + tnef_string(0x3001, u"copy@example.org"));
  out += tnef_attribute(2, 0x00069002, std::string(14, '\0'));
  out += tnef_attribute(2, 0x00018010, std::string("SHORT~1.TXT\0", 12));
  out += tnef_attribute(2, 0x0006800F, "attached bytes");
  out += tnef_attribute(2, 0x00069005, le32(1) + tnef_string(0x3707, u"long name.txt"));
  if (inner.empty()) return out;
  const std::string object = std::string(16, 'g') + inner;
  out += tnef_attribute(2, 0x00069002, std::string(14, '\0'));
  out += tnef_attribute(
      2, 0x00069005,
      le32(1) + le16(mapi_type::kObject) + le16(0x3701) + le32(1) + le32(object.size()) + padded(object));
  return out;
}

TEST(TnefReader, reads_properties_before_attributes_and_attachments) {
  const Reading reading = read_named(tnef_file(tnef_file()), "winmail.dat");
  EXPECT_EQ(reading.mime, "application/ms-tnef");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "appointment");
  EXPECT_EQ(reading.documents.at(0).title, "real subject");
  EXPECT_EQ(reading.text(), "Cc: copy@example.org\nSubject: real subject\nLocation: Roof\n\nbody of the attribute");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "long name.txt");
  EXPECT_EQ(reading.children[0].bytes, "attached bytes");
  const Reading inner = read_bytes(reading.children[1].bytes);
  EXPECT_EQ(inner.field("subject"), "real subject");
  EXPECT_EQ(inner.children.at(0).bytes, "attached bytes");
}

TEST(TnefReader, says_what_is_damaged_or_missing) {
  const std::string whole = tnef_file();
  std::string wrong = whole;
  wrong[40] = static_cast<char>(wrong[40] ^ 1);
  EXPECT_TRUE(read_bytes(wrong).has_gap(GapKind::malformed));
  const Reading cut = read_bytes(whole.substr(0, whole.size() - 10));
  EXPECT_TRUE(cut.has_gap(GapKind::truncated));
  EXPECT_EQ(cut.state, ItemState::partial);
  EXPECT_EQ(cut.children.at(0).bytes, "attached bytes");
  // No length is believed: every one of them as large as can be, one at a time.
  for (std::size_t at = 6; at + 4 <= whole.size(); ++at) {
    std::string lying = whole;
    lying.replace(at, 4, "\xFF\xFF\xFF\xFF");
    const Reading reading = read_bytes(lying);
    EXPECT_LE(reading.children.size(), 2U);
  }
}

TEST(PstReader, what_cannot_be_opened_is_a_gap) {
  std::string bytes = "!BDN";
  for (int i = 0; i < 5'000; ++i) bytes.push_back(static_cast<char>(i * 31));
  const Reading reading = read_named(bytes, "old.pst");
  EXPECT_EQ(reading.mime, "application/vnd.ms-outlook-pst");
  EXPECT_EQ(reading.state, ItemState::failed);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
}

TEST(MapiRendering, stops_when_no_more_is_wanted) {
  const MapiMessage message = message_with_attachments(std::string(1'000'000, 'x'));
  std::size_t taken = 0;
  const Rendering rendering = render_mail(message, Limits{}, [&](std::string_view bytes) {
    taken += bytes.size();
    return taken < 100'000;
  });
  EXPECT_TRUE(rendering.stopped);
  EXPECT_LT(taken, 200'000U);
}

TEST(MapiRendering, what_is_lost_or_elsewhere_is_counted_and_said) {
  MapiMessage message = small_message();
  message.attachment_count = 3;
  message.attachment = [](std::size_t index) -> Result<MapiAttachment> {
    if (index == 0) return fail(ErrorKind::malformed, "broken");
    MapiAttachment out;
    if (index == 1) {
      out.properties.add(property(0x3705, mapi_type::kInt32, le32(2)));
      out.properties.add(text(0x370D, u"//server/share/a.doc"));
    } else {
      out.data = [](const MapiEat& eat) {
        eat("half");
        return false;
      };
    }
    return out;
  };
  Rendering outcome;
  const std::string mail = rendered(message, &outcome);
  EXPECT_EQ(outcome.lost, 2U);
  EXPECT_EQ(outcome.elsewhere, 1U);
  const Reading reading = read_bytes(mail);
  EXPECT_NE(reading.text().find("Attachment kept elsewhere: //server/share/a.doc"), std::string::npos);
  EXPECT_EQ(reading.children.at(0).bytes, "half");
}

TEST(MapiRendering, messages_attached_to_messages_end_somewhere) {
  // Each holds another one: a store whose attachments go round.
  static const std::function<Result<MapiAttachment>(std::size_t)> again = [](std::size_t) -> Result<MapiAttachment> {
    MapiAttachment out;
    out.message = []() -> Result<MapiMessage> {
      MapiMessage inner = small_message();
      inner.attachment_count = 1;
      inner.attachment = again;
      return inner;
    };
    return out;
  };
  MapiMessage message = small_message();
  message.attachment_count = 1;
  message.attachment = again;
  Rendering outcome;
  rendered(message, &outcome);
  EXPECT_TRUE(outcome.too_deep);
  EXPECT_EQ(outcome.attachments, Limits{}.max_depth + 1);
}

}  // namespace
}  // namespace dragoman::read
