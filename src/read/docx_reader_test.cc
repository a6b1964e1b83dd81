// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

const std::string kSpace = R"( xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main")";

std::string docx_of(std::string_view body, std::vector<Member> more = {}) {
  std::vector<Member> members{{"[Content_Types].xml", "<Types/>"},
                              {"word/document.xml", R"(<?xml version="1.0"?><w:document)" + kSpace + "><w:body>" +
                                                        std::string(body) + "</w:body></w:document>"}};
  members.insert(members.end(), more.begin(), more.end());
  return zip_of(members);
}

std::string part_of(const std::string& root, const std::string& content) {
  return "<w:" + root + kSpace + ">" + content + "</w:" + root + ">";
}

std::string run(const std::string& text, const std::string& properties = "") {
  return "<w:r><w:rPr>" + properties + "</w:rPr><w:t xml:space=\"preserve\">" + text + "</w:t></w:r>";
}

std::string paragraph(const std::string& content) {
  return "<w:p>" + content + "</w:p>";
}

TEST(DocxReader, paragraphs_tables_breaks_and_properties) {
  const std::string row =
      "<w:tr><w:tc>" + paragraph(run("a")) + "</w:tc><w:tc>" + paragraph(run("b")) + "</w:tc></w:tr>";
  const Reading reading = read_named(
      docx_of(
          paragraph("<w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>First</w:t><w:tab/></w:r>" +
                    run("line ") + run("here")) +
              "<w:tbl>" + row + "<w:tr><w:tc>" + paragraph(run("c")) + "</w:tc></w:tr></w:tbl>" +
              paragraph("<w:r><w:lastRenderedPageBreak/><w:br w:type=\"page\"/><w:t>Second</w:t></w:r>"),
          {{"docProps/core.xml",
            "<p xmlns:dc=\"x\"><dc:title>A title</dc:title><dc:creator>Someone</dc:creator>"
            "<cp:lastModifiedBy xmlns:cp=\"y\">Another</cp:lastModifiedBy></p>"},
           {"docProps/app.xml", "<Properties><Company>Acme</Company></Properties>"},
           {"docProps/custom.xml",
            "<Properties><property name=\"Case\"><vt:lpwstr xmlns:vt=\"v\">77</vt:lpwstr></property></Properties>"}}),
      "a.docx");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "docx");
  EXPECT_EQ(reading.documents.at(0).title, "A title");
  EXPECT_EQ(reading.field("dc:creator"), "Someone");
  EXPECT_EQ(reading.field("cp:lastModifiedBy"), "Another");
  EXPECT_EQ(reading.field("Company"), "Acme");
  EXPECT_EQ(reading.field("custom:Case"), "77");
  ASSERT_EQ(reading.pages.size(), 2U);
  EXPECT_EQ(reading.text(0), "First line here\n\na b\nc");
  EXPECT_EQ(reading.text(1), "Second");
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(DocxReader, what_is_not_shown_has_pages_of_its_own) {
  const std::string body =
      paragraph(run("shown ") + run("secret", "<w:vanish/>") + run("not secret", "<w:vanish w:val=\"0\"/>")) +
      paragraph(run("by style", "<w:rStyle w:val=\"Ghost\"/>")) +
      paragraph(
          "<w:del w:author=\"Mina\" w:date=\"2015-03-02T10:00:00Z\"><w:r><w:delText>struck</w:delText></w:r></w:del>"
          "<w:ins w:author=\"Omid\">" +
          run("added") + "</w:ins>") +
      paragraph("<w:moveFrom w:author=\"Mina\">" + run("moved") +
                "</w:moveFrom><w:fldSimple w:instr=\" XE &quot;entry&quot; \"/>"
                "<w:r><w:fldChar w:fldCharType=\"begin\"/><w:instrText> HYPERLINK \"http://far.example\" </w:instrText>"
                "<w:fldChar w:fldCharType=\"separate\"/></w:r>" +
                run("link")) +
      paragraph("<w:r><w:drawing><wp:docPr xmlns:wp=\"d\" descr=\"a man at a gate\"/></w:drawing></w:r>");
  const Reading reading = read_bytes(docx_of(
      body,
      {{"word/styles.xml", part_of("styles", "<w:style w:styleId=\"Ghost\"><w:rPr><w:vanish/></w:rPr></w:style>")},
       {"word/header1.xml", part_of("hdr", paragraph(run("Head")))},
       {"word/header2.xml", part_of("hdr", paragraph(run("Head")))},
       {"word/footer1.xml", part_of("ftr", paragraph(run("Foot")))},
       {"word/footnotes.xml",
        part_of("footnotes", "<w:footnote w:type=\"separator\">" + paragraph(run("no")) + "</w:footnote><w:footnote>" +
                                 paragraph(run("Note")) + "</w:footnote>")},
       {"word/comments.xml", part_of("comments", "<w:comment w:author=\"Mina\" w:date=\"2015-03-02\">" +
                                                     paragraph(run("remark")) + "</w:comment>")},
       {"customXml/item1.xml", "<x><y>planted</y></x>"},
       {"word/_rels/settings.xml.rels",
        "<Relationships><Relationship Id=\"r\" Type=\"http://x/attachedTemplate\" TargetMode=\"External\" "
        "Target=\"http://far.example/t.dotm\"/></Relationships>"}}));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.text(0), "shown not secret\n\nadded\n\nlink");
  EXPECT_EQ(reading.labelled("hidden text"), "secret\n\nby style\n");
  EXPECT_EQ(reading.labelled("deleted text"), "Mina, 2015-03-02T10:00:00Z: struck\n\nMina: moved\n");
  EXPECT_EQ(reading.labelled("headers and footers"), "Head\n\nFoot\n");
  EXPECT_EQ(reading.labelled("notes"), "Note\n");
  EXPECT_EQ(reading.labelled("comments"), "Mina, 2015-03-02: remark\n");
  EXPECT_EQ(reading.labelled("alternative texts"), "a man at a gate\n");
  EXPECT_EQ(reading.labelled("field codes"), "XE \"entry\"\nHYPERLINK \"http://far.example\"\n");
  EXPECT_EQ(reading.labelled("custom data"), "planted\n");
  EXPECT_EQ(reading.labelled("links"), "attachedTemplate http://far.example/t.dotm\n");
  EXPECT_EQ(reading.field("revision:author"), "Mina");
}

TEST(DocxReader, a_text_box_is_read_once) {
  const std::string box = "<w:txbxContent>" + paragraph(run("boxed")) + "</w:txbxContent>";
  const Reading reading = read_bytes(docx_of(paragraph(
      "<w:r><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice>" + box + "</mc:Choice><mc:Fallback>" + box +
      "</mc:Fallback></mc:AlternateContent><mc:AlternateContent xmlns:mc=\"m\"><mc:Fallback><w:t>alone</w:t></mc:Fallback>"
      "</mc:AlternateContent></w:r>")));
  EXPECT_EQ(reading.text(), "boxed\n\nalone");
}

TEST(DocxReader, broken_xml_keeps_what_came_before) {
  const Reading reading = read_bytes(docx_of("<w:p><w:r><w:t>kept</w:t>"));
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  EXPECT_EQ(reading.text(), "kept");
}

TEST(DocxReader, entities_are_not_expanded) {
  const Reading reading = read_bytes(zip_of(
      {{"[Content_Types].xml", "<Types/>"},
       {"word/document.xml", "<!DOCTYPE d [<!ENTITY a \"boom\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><w:document" +
                                 kSpace + "><w:p><w:r><w:t>x&amp;y &a; &f;</w:t></w:r></w:p></w:document>"}}));
  EXPECT_EQ(reading.text(), "x&y");
}

TEST(DocxReader, files_inside_are_children) {
  const Reading reading = read_bytes(docx_of(paragraph(run("x")), {{"word/media/image1.png", "png"},
                                                                   {"word/embeddings/oleObject1.bin", "ole"},
                                                                   {"word/afchunk.mht", "chunk"},
                                                                   {"word/theme/theme1.xml", "<t/>"}}));
  EXPECT_EQ(reading.state, ItemState::read);
  ASSERT_EQ(reading.children.size(), 3U);
  EXPECT_EQ(reading.children[0].header.name, "word/media/image1.png");
  EXPECT_EQ(reading.children[0].bytes, "png");
  EXPECT_EQ(reading.children[2].header.ordinal, 2U);
  EXPECT_EQ(reading.children[2].bytes, "chunk");
}

TEST(DocxReader, a_cut_file_gives_what_is_left) {
  std::string noise;
  for (std::uint32_t i = 1; noise.size() < 5000; i = i * 1664525 + 1013904223)
    noise.push_back(static_cast<char>(i >> 24));
  std::string file = docx_of(paragraph(run("left")), {{"word/media/image1.png", noise}});
  file.resize(file.find("word/media/image1.png") + 1000);
  const Reading reading = read_named(file, "a.docx");
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::truncated));
  EXPECT_EQ(reading.text(), "left");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].end, ChildEnd::truncated);
}

TEST(DocxReader, damaged_directories_of_the_package_are_gaps) {
  const Reading reading =
      read_bytes(zip_of({{"[Content_Types].xml",
                          "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/x.ma7n+xml\"/>"},
                         {"word/document.xml", part_of("document", paragraph(run("found")))},
                         {"word/_rels/document.xml.rels", "<Relationships><Relationship Id=\"1\""}}));
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_EQ(reading.gaps.size(), 2U);
  EXPECT_EQ(reading.text(), "found");
}

TEST(DocxReader, a_bomb_stops_at_its_ratio) {
  ReadRequest request;
  request.limits.ratio_floor_bytes = 100'000;
  request.limits.max_unpacked_ratio = 50;
  const Reading reading = read_bytes(docx_of(paragraph(run("before")) + std::string(4'000'000, ' ')), request);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::limit));
  EXPECT_EQ(reading.text(), "before");
}

TEST(DocxReader, survives_deep_nesting) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "<w:tbl>";
  EXPECT_NE(read_bytes(docx_of(deep)).state, ItemState::read);
}

}  // namespace
}  // namespace dragoman::read
