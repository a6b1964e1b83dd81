// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"
#include "read/xlsx_cells.h"
#include "read/xlsx_sheet.h"
#include "read/zip_of.h"

namespace dragoman::read {
namespace {

const std::string kSpace =
    R"( xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships")";

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"http://x/relationships/" + type + "\" Target=\"" + target + "\"/>";
}

std::string relations(const std::string& content) {
  return "<Relationships>" + content + "</Relationships>";
}

std::string sheet(const std::string& content) {
  return "<worksheet" + kSpace + ">" + content + "</worksheet>";
}

std::string xlsx_of(const std::string& first, const std::string& second, std::vector<Member> more = {}) {
  std::vector<Member> members{
      {"[Content_Types].xml", "<Types/>"},
      {"xl/workbook.xml",
       "<workbook" + kSpace +
           "><sheets><sheet name=\"Budget\" sheetId=\"1\" r:id=\"b\"/><sheet name=\"Second\" sheetId=\"2\" "
           "state=\"veryHidden\" r:id=\"a\"/></sheets><definedNames><definedName "
           "name=\"Payee\">Budget!$A$1</definedName></definedNames></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       relations(relation("a", "worksheet", "worksheets/sheet1.xml") +
                 relation("b", "worksheet", "/xl/worksheets/sheet2.xml") +
                 relation("s", "sharedStrings", "sharedStrings.xml") + relation("t", "styles", "styles.xml"))},
      {"xl/sharedStrings.xml",
       "<sst><si><t>Name</t></si><si><r><t>Rich </t></r><r><t>text_x000D_</t></r><rPh><t>no</t></rPh></si></sst>"},
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><cellStyleXfs><xf "
       "numFmtId=\"9\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf "
       "numFmtId=\"22\"/></cellXfs></styleSheet>"},
      {"xl/worksheets/sheet2.xml", sheet(first)},
      {"xl/worksheets/sheet1.xml", sheet(second)}};
  members.insert(members.end(), more.begin(), more.end());
  return zip_of(members);
}

TEST(XlsxReader, sheets_in_the_order_of_the_workbook) {
  const Reading reading = read_named(
      xlsx_of(
          "<sheetData><row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>99</v></c></row>"
          "<row r=\"5\"><c s=\"1\"><v>42065</v></c><c s=\"2\"><v>42065.5</v></c><c><v>0.25</v></c><c t=\"b\"><v>1</v></c>"
          "<c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f>1</f><v>made</v></c><c><f>SUM(A1)</f></c>"
          "<c t=\"inlineStr\"><is><t>inline</t></is></c></row></sheetData>"
          "<headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;12Head&amp;RPage &amp;P</oddHeader></headerFooter>",
          "<sheetData><row><c t=\"inlineStr\"><is><t>buried</t></is></c></row></sheetData>"),
      "a.xlsx");
  EXPECT_EQ(reading.state, ItemState::read);
  EXPECT_EQ(reading.documents.at(0).kind, "xlsx");
  EXPECT_EQ(reading.labelled("sheet Budget, rows 2–5"),
            "Name Rich text\n2015-03-02 2015-03-02 12:00:00 0.25 TRUE #N/A made =SUM(A1) inline\n");
  EXPECT_EQ(reading.labelled("sheet Budget, header and footer"), "Head\nPage\n");
  EXPECT_EQ(reading.labelled("sheet Second (hidden), row 1"), "buried\n");
  EXPECT_EQ(reading.labelled("names"), "Payee = Budget!$A$1\n");
  EXPECT_EQ(reading.pages.at(0).label, "sheet Budget, rows 2–5");
  EXPECT_TRUE(reading.gaps.empty());
}

TEST(XlsxReader, hidden_rows_and_columns_say_so) {
  const Reading reading = read_bytes(xlsx_of(
      "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>"
      "<row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>3</v></c></row></sheetData>",
      ""));
  EXPECT_EQ(reading.labelled("sheet Budget, row 1"), "1\n");
  EXPECT_EQ(reading.labelled("sheet Budget, hidden rows and columns, rows 1–2"), "2\n3\n");
}

TEST(XlsxReader, comments_drawings_connections_and_pivot_data) {
  const Reading reading = read_bytes(xlsx_of(
      "", "",
      {{"xl/worksheets/_rels/sheet2.xml.rels",
        relations(relation("1", "comments", "../comments1.xml") + relation("2", "threadedComment", "../threads.xml") +
                  relation("3", "drawing", "../drawings/drawing1.xml"))},
       {"xl/comments1.xml",
        "<comments><authors><author>Mina</author><author>tc={1}</author></authors><commentList><comment ref=\"A1\" "
        "authorId=\"0\"><text><r><t>look here</t></r></text></comment><comment ref=\"A2\" "
        "authorId=\"1\"><text><t>copy</t></text></comment></commentList></comments>"},
       {"xl/threads.xml",
        "<ThreadedComments><threadedComment ref=\"B3\" dT=\"2020-01-02T03:04:05\" "
        "personId=\"{9}\"><text>threaded</text></threadedComment></ThreadedComments>"},
       {"xl/persons/person.xml", "<personList><person displayName=\"Omid\" id=\"{9}\"/></personList>"},
       {"xl/drawings/drawing1.xml",
        "<wsDr xmlns:a=\"a\"><sp><cNvPr id=\"1\" descr=\"a map\"/><a:p><a:t>in a shape</a:t></a:p></sp></wsDr>"},
       {"xl/drawings/_rels/drawing1.xml.rels", relations(relation("1", "chart", "../charts/chart1.xml"))},
       {"xl/charts/chart1.xml", "<c><title><p><t>Chart title</t></p></title></c>"},
       {"xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords><r><s v=\"kept record\"/></r></pivotCacheRecords>"},
       {"xl/connections.xml",
        "<connections><connection name=\"c\"><dbPr connection=\"Server=far\"/></connection></connections>"},
       {"xl/media/image1.png", "png"}}));
  EXPECT_EQ(reading.labelled("sheet Budget, comments"),
            "B3, Omid, 2020-01-02T03:04:05: threaded\n\nA1, Mina: look here\n");
  EXPECT_EQ(reading.labelled("sheet Budget, drawings"), "in a shape\n\na map\n\nChart title\n");
  EXPECT_EQ(reading.labelled("data of pivot tables"), "kept record\n");
  EXPECT_EQ(reading.labelled("connections"), "c\nServer=far\n");
  ASSERT_EQ(reading.children.size(), 1U);
  EXPECT_EQ(reading.field("person"), "Omid");
}

TEST(XlsxReader, a_sheet_that_is_missing_or_left_over) {
  std::string file = zip_of({{"[Content_Types].xml", "<Types/>"},
                             {"xl/workbook.xml", "<workbook><sheets><sheet name=\"Gone\"/></sheets></workbook>"},
                             {"xl/worksheets/sheet7.xml", sheet("<sheetData><row><c><v>7</v></c></row></sheetData>")}});
  const Reading reading = read_bytes(file);
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.has_gap(GapKind::malformed));
  EXPECT_EQ(reading.labelled("sheet without a name (hidden), row 1"), "7\n");
}

TEST(XlsxReader, a_damaged_sheet_keeps_its_first_rows) {
  const Reading reading =
      read_bytes(xlsx_of("<sheetData><row><c><v>7</v></c></row><row><c><v>8</v></row><row></x>", ""));
  EXPECT_EQ(reading.state, ItemState::partial);
  EXPECT_TRUE(reading.pages.at(0).label.starts_with("sheet Budget, row"));
  EXPECT_EQ(reading.pages.at(0).words.at(0).text, "7");
}

TEST(XlsxCells, dates_by_their_format) {
  EXPECT_EQ(form_of_code("[$-409]d/m/yy h:mm AM/PM;@"), DateForm::date_time);
  EXPECT_EQ(form_of_code("#,##0.00 \"days\""), DateForm::none);
  EXPECT_EQ(form_of_code("General"), DateForm::none);
  EXPECT_EQ(form_of_code("[Red]0.00"), DateForm::none);
  EXPECT_EQ(form_of_code("mm:ss.0"), DateForm::time);
  EXPECT_EQ(form_of_code("[h]:mm:ss"), DateForm::elapsed);
  EXPECT_EQ(date_of_serial("1", DateForm::date, false), "1900-01-01");
  EXPECT_EQ(date_of_serial("61", DateForm::date, false), "1900-03-01");
  EXPECT_EQ(date_of_serial("0", DateForm::date, true), "1904-01-01");
  EXPECT_EQ(date_of_serial("1.25", DateForm::elapsed, false), "30:00:00");
  EXPECT_EQ(date_of_serial("0.75", DateForm::time, false), "18:00:00");
  EXPECT_EQ(date_of_serial("1e300", DateForm::date, false), "1e300");
  EXPECT_EQ(date_of_serial("-5", DateForm::date, false), "-5");
  EXPECT_EQ(date_of_serial("nonsense", DateForm::date, false), "nonsense");
  EXPECT_EQ(unescaped("a_x0041_b_x00_"), "aAb_x00_");
}

}  // namespace
}  // namespace dragoman::read
