// SPDX-License-Identifier: AGPL-3.0-or-later
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

struct Member {
  std::string name;
  std::string bytes;
};

std::string zip_of(const std::vector<Member>& members, const char* options = "", const char* password = nullptr) {
  std::string out(1 << 20, '\0');
  std::size_t used = 0;
  const std::unique_ptr<archive, int (*)(archive*)> zip(archive_write_new(), archive_write_free);
  archive_write_set_format_zip(zip.get());
  archive_write_set_options(zip.get(), options);
  if (password != nullptr) {
    archive_write_set_options(zip.get(), "zip:encryption=traditional");
    archive_write_set_passphrase(zip.get(), password);
  }
  archive_write_open_memory(zip.get(), out.data(), out.size(), &used);
  for (const Member& member : members) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), member.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.bytes.size()));
    archive_entry_set_filetype(entry.get(), member.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    EXPECT_EQ(archive_write_header(zip.get(), entry.get()), ARCHIVE_OK) << archive_error_string(zip.get());
    archive_write_data(zip.get(), member.bytes.data(), member.bytes.size());
  }
  archive_write_close(zip.get());
  out.resize(used);
  return out;
}

std::string noise(std::size_t size) {
  std::string out;
  std::uint32_t state = 7;
  while (out.size() < size) {
    state = state * 1664525 + 1013904223;
    out.push_back(static_cast<char>(state >> 24));
  }
  return out;
}

TEST(ZipReader, members_are_children_in_order) {
  const Reading reading = read_named(zip_of({{"dir/", ""}, {"dir/a.txt", "alpha"}, {"../../b", "beta"}}), "x.zip");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.mime, "application/zip");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "dir/a.txt");
  EXPECT_EQ(reading.children[0].header.ordinal, 0U);
  EXPECT_EQ(reading.children[0].bytes, "alpha");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].header.name, "../../b");
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(ZipReader, names_in_unknown_encodings_are_kept_as_bytes) {
  const Reading reading = read_bytes(zip_of({{"\x90\xD2.txt", "x"}}, "zip:hdrcharset=BINARY"));
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].header.name, "%90%D2.txt");
}

TEST(ZipReader, encrypted_members_open_with_a_password) {
  const std::string zip = zip_of({{"a", "secret one"}, {"b", "secret two"}}, "", "kaj");
  const Reading locked = read_bytes(zip, {"x.zip", {"wrong"}, {}});
  EXPECT_EQ(locked.state, ItemState::encrypted);
  ASSERT_EQ(locked.children.size(), 2U);
  EXPECT_EQ(locked.children[0].end, ChildEnd::encrypted);
  EXPECT_EQ(locked.gaps.back().kind, GapKind::encrypted);
  EXPECT_EQ(locked.gaps.back().where, "");
  const Reading open = read_bytes(zip, {"x.zip", {"wrong", "kaj"}, {}});
  EXPECT_EQ(open.state, ItemState::read);
  ASSERT_EQ(open.children.size(), 2U);
  EXPECT_EQ(open.children[1].bytes, "secret two");
}

TEST(ZipReader, truncated_archive_keeps_what_came_before) {
  std::string zip = zip_of({{"first", "first whole"}, {"second", noise(5000)}});
  zip.resize(3000);
  const Reading reading = read_bytes(zip);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].bytes, "first whole");
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_EQ(reading.children[1].end, ChildEnd::truncated);
}

TEST(ZipReader, damaged_member_costs_itself_only) {
  std::string zip = zip_of({{"a", noise(3000)}, {"b", "good"}}, "zip:compression=store");
  zip[1000] = static_cast<char>(zip[1000] ^ 1);
  const Reading reading = read_bytes(zip);
  EXPECT_EQ(reading.state, ItemState::partial);
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::failed);
  EXPECT_EQ(reading.children[1].bytes, "good");
}

TEST(ZipReader, bomb_stops_at_the_limit) {
  ReadRequest request;
  request.limits.max_unpacked_bytes = 10'000;
  const Reading reading = read_bytes(zip_of({{"small", "x"}, {"bomb", std::string(500'000, 'z')}}), request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::complete);
  EXPECT_LE(reading.children[1].bytes.size(), 10'000U);
}

TEST(ZipReader, too_many_members_stop_at_the_limit) {
  ReadRequest request;
  request.limits.max_members = 2;
  const Reading reading = read_bytes(zip_of({{"a", "1"}, {"b", "2"}, {"c", "3"}}), request);
  EXPECT_EQ(reading.children.size(), 2U);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
}

TEST(ZipReader, empty_archive_is_read) {
  const Reading reading = read_bytes(std::string("PK\5\6", 4) + std::string(18, '\0'));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_TRUE(reading.children.empty());
}

std::string docx_of(std::string_view body, std::vector<Member> more = {}) {
  const std::string open =
      R"(<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>)";
  std::vector<Member> members{{"[Content_Types].xml", "<Types/>"},
                              {"word/document.xml", open + std::string(body) + "</w:body></w:document>"}};
  members.insert(members.end(), more.begin(), more.end());
  return zip_of(members);
}

TEST(DocxReader, paragraphs_tables_breaks_and_properties) {
  const Reading reading =
      read_named(docx_of("<w:p><w:r><w:t>First</w:t><w:tab/><w:t xml:space=\"preserve\">line "
                         "</w:t></w:r><w:r><w:t>here</w:t></w:r></w:p>"
                         "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></"
                         "w:r></w:p></w:tc></w:tr>"
                         "<w:tr><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
                         "<w:p><w:r><w:lastRenderedPageBreak/><w:br w:type=\"page\"/><w:t>Second</w:t></w:r></w:p>"
                         "<w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del></w:p>",
                         {{"word/header1.xml", "<w:hdr xmlns:w=\"x\"><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>"},
                          {"word/footnotes.xml",
                           "<w:footnotes xmlns:w=\"x\"><w:footnote "
                           "w:type=\"separator\"><w:p><w:r><w:t>no</w:t></w:r></w:p></w:footnote>"
                           "<w:footnote><w:p><w:r><w:t>Note</w:t></w:r></w:p></w:footnote></w:footnotes>"},
                          {"docProps/core.xml",
                           "<p xmlns:dc=\"x\"><dc:title>A title</dc:title><dc:creator>Someone</dc:creator></p>"}}),
                 "a.docx");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "docx");
  EXPECT_EQ(reading.documents.at(0).title, "A title");
  EXPECT_EQ(reading.field("creator"), "Someone");
  ASSERT_EQ(reading.pages.size(), 2U);
  EXPECT_EQ(reading.text(0), "Head\n\nFirst line here\n\na b\nc");
  EXPECT_EQ(reading.text(1), "Second\n\nNote\n\nstruck");
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(DocxReader, broken_xml_fails_with_a_gap) {
  const Reading reading = read_bytes(docx_of("<w:p><w:r>"));
  EXPECT_NE(reading.state, ItemState::read);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
}

TEST(DocxReader, pictures_inside_are_named) {
  const Reading reading = read_bytes(docx_of("<w:p><w:r><w:t>x</w:t></w:r></w:p>", {{"word/media/image1.png", "png"}}));
  EXPECT_TRUE(reading.has_gap(GapKind::not_transcribed));
}

TEST(DocxReader, survives_deep_nesting) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "<w:tbl>";
  EXPECT_NE(read_bytes(docx_of(deep)).state, ItemState::read);
}

}  // namespace
}  // namespace dragoman::read
