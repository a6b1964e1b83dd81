// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include <map>

#include "read/ole_builder.h"
#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

std::string atom(unsigned type, const std::string& data, unsigned instance = 0) {
  return le16(instance << 4U) + le16(type) + le32(data.size()) + data;
}
std::string box(unsigned type, const std::string& data, unsigned instance = 0) {
  return le16((instance << 4U) | 0xFU) + le16(type) + le32(data.size()) + data;
}
std::string shape(const std::string& inside) {
  return box(0xF004, box(0xF00D, inside));
}
std::string drawing(const std::string& shapes) {
  return box(0x040C, box(0xF002, box(0xF003, shapes)));
}
std::string words(std::u16string_view text) {
  return atom(0x0F9F, le32(0)) + atom(0x0FA0, wide(text));
}
std::string slide_entry(unsigned persist, unsigned id) {
  return atom(0x03F3, le32(persist) + le32(0) + le32(0) + le32(id) + le32(0));
}

// Puts records in a stream, remembers where, and closes it with a directory and the edit that leads to it.
class Presentation {
 public:
  void add(unsigned id, const std::string& bytes) {
    places_[id] = stream_.size();
    stream_ += bytes;
  }
  std::string build(OleBuilder builder = {}, unsigned document = 1) {
    std::string entries;
    for (const auto& [id, at] : places_) entries += le32(id | (1U << 20U)) + le32(at);
    const std::size_t directory = stream_.size();
    stream_ += atom(0x1772, entries);
    const std::size_t edit = stream_.size();
    stream_ += atom(0x0FF5, le32(0) + le32(0) + le32(before_) + le32(directory) + le32(document) + le32(9) + le32(0));
    before_ = edit;
    builder.add("PowerPoint Document", stream_);
    builder.add("Current User", atom(0x0FF6, le32(20) + le32(0xE391C05F) + le32(edit)));
    return builder.build();
  }

 private:
  std::string stream_;
  std::map<unsigned, std::size_t> places_;
  std::size_t before_ = 0;
};

TEST(Ppt, SlidesInTheirOrderWithNotesAndComments) {
  Presentation file;
  const std::string outline =
      slide_entry(3, 257) + atom(0x0F9F, le32(0)) + atom(0x0FA8, "Outlined") + slide_entry(2, 256);
  file.add(1, box(0x03E8, box(0x0FF0, outline, 0) + box(0x0FF0, slide_entry(4, 1), 2)));
  const std::string comment = box(0x2EE0, atom(0x0FBA, wide(u"Jane"), 0) + atom(0x0FBA, wide(u"remark"), 1));
  file.add(2, box(0x03EE, atom(0x03F9, std::string(10, '\0') + le16(4) + le32(0)) +
                              drawing(shape(words(u"second\rline \u0633"))) +
                              box(0x1388, box(0x138A, atom(0x138B, comment)))));
  file.add(3, box(0x03EE, drawing(shape(atom(0x0F9E, le32(0))) + shape(words(u"more")))));
  file.add(4, box(0x03F0, atom(0x03F1, le32(257) + le32(0)) + drawing(shape(words(u"spoken")) + shape(words(u"*")))));
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.mime, "application/vnd.ms-powerpoint");
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.pages.size(), 4U);
  EXPECT_EQ(reading.labelled("slide 1"), "Outlined\n\nmore\n");
  EXPECT_EQ(reading.labelled("slide 1, notes"), "spoken\n");
  EXPECT_EQ(reading.labelled("slide 2 (hidden)"), "second\n\nline \u0633\n");
  EXPECT_EQ(reading.labelled("slide 2 (hidden), comments"), "Jane: remark\n");
}

TEST(Ppt, TheLastSavedStateCounts) {
  Presentation file;
  file.add(1, box(0x03E8, box(0x0FF0, slide_entry(2, 256))));
  file.add(2, box(0x03EE, drawing(shape(words(u"old")))));
  file.build();
  file.add(2, box(0x03EE, drawing(shape(words(u"new")))));
  const Reading reading = read_bytes(file.build());
  EXPECT_EQ(reading.labelled("slide 1"), "new\n");
}

TEST(Ppt, WithoutADirectoryWhatLiesAround) {
  const std::string stream = box(0x03EE, drawing(shape(words(u"found"))));
  const Reading reading = read_bytes(OleBuilder().add("PowerPoint Document", stream).build());
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_EQ(reading.labelled("slide 1"), "found\n");
  EXPECT_EQ(read_bytes(OleBuilder().add("PowerPoint Document", "junk").build()).state, ItemState::failed);
}

TEST(Ppt, ObjectsAndPicturesAreChildren) {
  const std::string object = OleBuilder().add("Package", "PK inner").build();
  Presentation file;
  file.add(1, box(0x03E8, box(0x0409, box(0x0FCC, atom(0x0FC3, std::string(16, '\0') + le32(2) + le32(0))))));
  file.add(2, atom(0x1011, object));
  OleBuilder builder;
  builder.add("Pictures", le16(0x6E0U << 4U) + le16(0xF01E) + le32(20) + std::string(17, 'u') + "PNG");
  const Reading reading = read_bytes(file.build(builder));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, "PK inner");
  EXPECT_EQ(reading.children[1].header.name, "picture-1.png");
  EXPECT_EQ(reading.children[1].bytes, "PNG");
}

TEST(Ppt, EncryptedIsSaid) {
  Presentation file;
  file.add(1, box(0x03E8, ""));
  OleBuilder builder;
  builder.add("EncryptedSummary", "x");
  EXPECT_EQ(read_bytes(file.build(builder)).state, ItemState::encrypted);
}

// Each level is a container in the one before: the walk has to end, not the stack.
TEST(Ppt, DeepNestingEnds) {
  std::string deep = words(u"deep");
  for (int i = 0; i < 2'000; ++i) deep = box(0x0400, deep);
  Presentation file;
  file.add(1, box(0x03E8, box(0x0FF0, slide_entry(2, 256))));
  file.add(2, box(0x03EE, deep));
  EXPECT_EQ(read_bytes(file.build()).pages.size(), 0U);
}

}  // namespace
}  // namespace dragoman::read
