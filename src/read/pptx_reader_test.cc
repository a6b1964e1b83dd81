// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

const std::string kSpaces =
    R"( xmlns:p="p" xmlns:a="a" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships")";

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"http://x/relationships/" + type + "\" Target=\"" + target + "\"/>";
}

std::string relations(const std::string& content) {
  return "<Relationships>" + content + "</Relationships>";
}

std::string shape(const std::string& text, const std::string& properties = "", const std::string& name = "<p:cNvPr/>") {
  return "<p:sp><p:nvSpPr>" + name + "<p:nvPr>" + properties + "</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>" + text +
         "</a:t></a:r></a:p></p:txBody></p:sp>";
}

std::string part(const std::string& root, const std::string& content, const std::string& attributes = "") {
  return "<p:" + root + kSpaces + attributes + ">" + content + "</p:" + root + ">";
}

TEST(PptxReader, slides_as_they_are_shown_with_what_is_behind_them) {
  const Reading reading = read_named(
      zip_of({{"[Content_Types].xml", "<Types/>"},
              {"ppt/presentation.xml",
               part("presentation", "<p:sldIdLst><p:sldId r:id=\"two\"/><p:sldId r:id=\"one\"/></p:sldIdLst>")},
              {"ppt/_rels/presentation.xml.rels", relations(relation("one", "slide", "slides/slide1.xml") +
                                                            relation("two", "slide", "slides/slide2.xml"))},
              {"ppt/slides/slide1.xml", part("sld", shape("out of sight"), " show=\"0\"")},
              {"ppt/slides/slide2.xml",
               part("sld",
                    shape("First") + shape("off", "", "<p:cNvPr hidden=\"1\" descr=\"a gate\"/>") +
                        shape("4", "<p:ph type=\"sldNum\"/>") +
                        "<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:t>a</a:t></a:p></a:tc><a:tc><a:p><a:t>b</a:t></a:p>"
                        "</a:tc></a:tr></a:tbl></p:graphicFrame>")},
              {"ppt/slides/_rels/slide2.xml.rels",
               relations(relation("1", "notesSlide", "../notesSlides/notesSlide1.xml") +
                         relation("2", "comments", "../comments/comment1.xml") +
                         relation("3", "diagramData", "../diagrams/data1.xml"))},
              {"ppt/notesSlides/notesSlide1.xml", part("notes", shape("say this", "<p:ph type=\"body\"/>"))},
              {"ppt/commentAuthors.xml", part("cmAuthorLst", "<p:cmAuthor id=\"0\" name=\"Mina\"/>")},
              {"ppt/comments/comment1.xml",
               part("cmLst", "<p:cm authorId=\"0\" dt=\"2016-12-14\"><p:text>check</p:text></p:cm>")},
              {"ppt/diagrams/data1.xml", "<m><pt><t><p><r><t>Chief</t></r></p></t></pt></m>"},
              {"ppt/slideMasters/slideMaster1.xml",
               part("sldMaster", shape("Click to edit", "<p:ph type=\"title\"/>") + shape("Classified"))},
              {"ppt/embeddings/oleObject1.bin", "ole"}}),
      "a.pptx");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "pptx");
  EXPECT_EQ(reading.pages.at(0).label, "slide 1");
  EXPECT_EQ(reading.labelled("slide 1"), "First\n\na b\n\nChief\n");
  EXPECT_EQ(reading.labelled("slide 1, hidden shapes"), "off\n");
  EXPECT_EQ(reading.labelled("slide 1, alternative texts"), "a gate\n");
  EXPECT_EQ(reading.labelled("slide 1, notes"), "say this\n");
  EXPECT_EQ(reading.labelled("slide 1, comments"), "Mina, 2016-12-14: check\n");
  EXPECT_EQ(reading.labelled("slide 2 (hidden)"), "out of sight\n");
  EXPECT_EQ(reading.labelled("masters and layouts"), "Classified\n");
  EXPECT_EQ(reading.field("person"), "Mina");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(PptxReader, slides_without_a_list_are_read) {
  const Reading reading = read_bytes(
      zip_of({{"[Content_Types].xml", "<Types/>"}, {"ppt/slides/slide1.xml", part("sld", shape("left over"))}}));
  EXPECT_EQ(reading.labelled("slide 1"), "left over\n");
}

}  // namespace
}  // namespace dragoman::read
