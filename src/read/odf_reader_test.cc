// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

const std::string kSpaces =
    R"( xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="t" xmlns:table="tb" xmlns:style="s")"
    R"( xmlns:draw="d" xmlns:presentation="p" xmlns:fo="f" xmlns:svg="http://www.w3.org/2000/svg" xmlns:xlink="x")"
    R"( xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="m" xmlns:form="fo")";

std::string style(const std::string& name, const std::string& properties) {
  return "<style:style style:name=\"" + name + "\">" + properties + "</style:style>";
}

std::string content(const std::string& body, const std::string& styles = "") {
  return "<office:document-content" + kSpaces + "><office:automatic-styles>" + styles +
         "</office:automatic-styles><office:body>" + body + "</office:body></office:document-content>";
}

std::string p(const std::string& text, const std::string& attributes = "") {
  return "<text:p" + attributes + ">" + text + "</text:p>";
}

std::string odf_of(const std::string& kind, const std::string& body, const std::string& styles = "",
                   std::vector<Member> more = {}) {
  std::vector<Member> members{{"mimetype", "application/vnd.oasis.opendocument." + kind},
                              {"content.xml", content(body, styles)},
                              {"META-INF/manifest.xml", "<m/>"}};
  members.insert(members.end(), more.begin(), more.end());
  return zip_of(members);
}

TEST(OdfReader, text_with_what_is_not_shown) {
  const std::string body =
      "<office:text><text:tracked-changes><text:changed-region><text:deletion><office:change-info>"
      "<dc:creator>Mina</dc:creator><dc:date>2015-03-02T10:00:00</dc:date></office:change-info>" +
      p("struck") + "</text:deletion></text:changed-region></text:tracked-changes>" +
      p("One<text:s text:c=\"3\"/>two<office:annotation><dc:creator>Omid</dc:creator><dc:date>2016-01-01</dc:date>" +
        p("remark") + "</office:annotation><text:note><text:note-citation>1</text:note-citation><text:note-body>" +
        p("note") + "</text:note-body></text:note> on <text:date>5 May</text:date>") +
      p("x<text:span text:style-name=\"Ghost\">unseen</text:span>y") + "<text:section text:display=\"none\">" +
      p("in a hidden section") + "</text:section>" +
      p("next<draw:frame><svg:desc>a gate</svg:desc></draw:frame>", " text:style-name=\"Break\"") +
      "<table:table><table:table-row><table:table-cell>" + p("a") + "</table:table-cell><table:table-cell>" + p("b") +
      "</table:table-cell></table:table-row></table:table>" +
      p("<text:a xlink:href=\"http://far.example/\">there</text:a>") + "</office:text>";
  const Reading reading = read_named(
      odf_of("text", body,
             style("Ghost", "<style:text-properties text:display=\"none\"/>") +
                 style("Break", "<style:paragraph-properties fo:break-before=\"page\"/>"),
             {{"meta.xml",
               "<office:document-meta" + kSpaces +
                   "><office:meta><dc:title>A title</dc:title><meta:initial-creator>Mina</meta:initial-creator>"
                   "<meta:user-defined meta:name=\"Case\">77</meta:user-defined></office:meta></office:document-meta>"},
              {"styles.xml", "<office:document-styles" + kSpaces +
                                 "><office:master-styles><style:master-page><style:header>" + p("Head") +
                                 "</style:header></style:master-page></office:master-styles></office:document-styles>"},
              {"Pictures/1.png", "png"},
              {"Object 1/content.xml", "<office:document-content/>"},
              {"Object 1/styles.xml", "<x/>"},
              {"Thumbnails/thumbnail.png", "small"}}),
      "a.odt");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "odt");
  EXPECT_EQ(reading.documents.at(0).title, "A title");
  EXPECT_EQ(reading.field("meta:initial-creator"), "Mina");
  EXPECT_EQ(reading.field("meta:user-defined:Case"), "77");
  EXPECT_EQ(reading.field("thumbnail"), "Thumbnails/thumbnail.png");
  EXPECT_EQ(reading.text(0), "One two on 5 May\n\nxy");
  EXPECT_EQ(reading.text(1), "next\n\na b\nthere");
  EXPECT_EQ(reading.labelled("deleted text"), "Mina, 2015-03-02T10:00:00: struck\n");
  EXPECT_EQ(reading.labelled("comments"), "Omid, 2016-01-01: remark\n");
  EXPECT_EQ(reading.labelled("notes"), "note\n");
  EXPECT_EQ(reading.labelled("hidden text"), "unseenin a hidden section\n");
  EXPECT_EQ(reading.labelled("headers and footers"), "Head\n");
  EXPECT_EQ(reading.labelled("alternative texts"), "a gate\n");
  EXPECT_EQ(reading.labelled("links"), "http://far.example/\n");
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "Pictures/1.png");
  EXPECT_EQ(reading.children[1].header.name, "Object 1/content.xml");
}

std::string cell(const std::string& text, const std::string& attributes = "") {
  return "<table:table-cell" + attributes + ">" + p(text) + "</table:table-cell>";
}

TEST(OdfReader, sheets_with_repeated_and_hidden_cells) {
  const std::string body =
      "<office:spreadsheet><table:table table:name=\"Budget\"><table:table-column/>"
      "<table:table-column table:visibility=\"collapse\"/><table:table-row>" +
      cell("a") + cell("b") + cell("c", " table:number-columns-repeated=\"2\"") +
      "<table:table-cell table:number-columns-repeated=\"16380\"/></table:table-row>"
      "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row>"
      "<table:table-row table:visibility=\"filter\">" +
      cell("filtered") + "</table:table-row><table:table-row>" +
      cell("02.03.15", " office:value-type=\"date\" office:date-value=\"2015-03-02\"") +
      "<table:table-cell table:formula=\"of:=1\" office:value=\"7\"/>" + "<table:table-cell><office:annotation>" +
      p("remark") + "</office:annotation>" + p("x") +
      "</table:table-cell></table:table-row></table:table>"
      "<table:table table:name=\"Other\" table:style-name=\"Off\"><table:table-row table:number-rows-repeated=\"1000000000\">" +
      cell("buried", " table:number-columns-repeated=\"1000000000\"") +
      "</table:table-row></table:table></office:spreadsheet>";
  const Reading reading =
      read_bytes(odf_of("spreadsheet", body, style("Off", "<style:table-properties table:display=\"false\"/>")));
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "ods");
  EXPECT_EQ(reading.labelled("sheet Budget, rows 1–1048573"), "a c c\n2015-03-02 x\n");
  EXPECT_EQ(reading.labelled("sheet Budget, hidden rows and columns, rows 1–1048573"), "b\nfiltered\n7\n");
  EXPECT_EQ(reading.labelled("sheet Budget, comments"), "row 1048573, remark\n");
  EXPECT_TRUE(reading.pages.back().label.starts_with("sheet Other (hidden), row"));
  EXPECT_LE(reading.pages.size(), 200U);
}

TEST(OdfReader, slides_with_notes) {
  const Reading reading =
      read_bytes(odf_of("presentation",
                        "<office:presentation><draw:page><draw:frame><draw:text-box>" + p("First") +
                            "</draw:text-box></draw:frame><presentation:notes><draw:frame>" + p("say this") +
                            "</draw:frame></presentation:notes></draw:page><draw:page draw:style-name=\"Off\">" +
                            p("out of sight") + "</draw:page></office:presentation>",
                        style("Off", "<style:drawing-page-properties presentation:visibility=\"hidden\"/>")));
  EXPECT_EQ(reading.documents.at(0).kind, "odp");
  EXPECT_EQ(reading.labelled("slide 1"), "First\n");
  EXPECT_EQ(reading.labelled("slide 1, notes"), "say this\n");
  EXPECT_EQ(reading.labelled("slide 2 (hidden)"), "out of sight\n");
}

TEST(OdfReader, one_file_with_a_picture_inside) {
  const Reading reading = read_named(
      "<?xml version=\"1.0\"?><office:document" + kSpaces +
          " office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:meta><dc:title>Flat</dc:title></office:meta>"
          "<office:body><office:text>" +
          p("words<draw:image><office:binary-data>cG5n\n IQ==</office:binary-data></draw:image>") +
          "</office:text></office:body></office:document>",
      "a.fodt");
  EXPECT_EQ(reading.mime, "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).title, "Flat");
  EXPECT_EQ(reading.text(), "words");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.children[0].bytes, "png!");
}

TEST(OdfReader, encrypted_documents_say_so) {
  const Reading reading = read_bytes(zip_of(
      {{"mimetype", "application/vnd.oasis.opendocument.text"},
       {"content.xml", "\x01\x02"},
       {"META-INF/manifest.xml", "<m><file-entry full-path=\"content.xml\"><encryption-data/></file-entry></m>"}}));
  EXPECT_EQ(reading.state, ItemState::encrypted);
  EXPECT_TRUE(reading.has_gap(GapKind::encrypted));
}

TEST(OdfReader, damage_keeps_what_came_before) {
  const Reading reading = read_bytes(odf_of("text", "<office:text>" + p("kept") + "<text:p>cut</office:text>"));
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.text().starts_with("kept"));
}

}  // namespace
}  // namespace dragoman::read
