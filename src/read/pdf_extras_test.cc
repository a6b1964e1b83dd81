// SPDX-License-Identifier: AGPL-3.0-or-later
#include <gtest/gtest.h>

#include "read/recorded_reading.h"

namespace dragoman::read {
namespace {

/// A PDF of numbered objects, 1 first; object 1 is the catalog, object 2 an Info dictionary. Without a table of
/// objects it would be repaired, so it gets one.
std::string pdf_of(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.7\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", out.size());
    table += entry;
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string count = std::to_string(objects.size() + 1);
  const std::string at = std::to_string(out.size());
  return out + "xref\n0 " + count + "\n" + table + "trailer\n<</Size " + count +
         "/Root 1 0 R/Info 2 0 R>>\nstartxref\n" + at + "\n%%EOF\n";
}

std::string stream(const std::string& head, const std::string& body) {
  return "<<" + head + "/Length " + std::to_string(body.size()) + ">>stream\n" + body + "\nendstream";
}

const std::string kFont = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

/// One page (object 4) with the words of `content`; `catalog` and `page` are further entries of those, `more` objects
/// from 7 on.
std::string one_page(const std::string& catalog, const std::string& page, std::vector<std::string> more,
                     const std::string& content = "BT /F 12 Tf 20 100 Td (shown words) Tj ET") {
  std::vector<std::string> objects = {
      "<</Type/Catalog/Pages 3 0 R" + catalog + ">>",
      "<</Title(a title)/Matter(number 7)/CreationDate(D:20140503121314+03'30')>>",
      "<</Type/Pages/Kids[4 0 R]/Count 1>>",
      "<</Type/Page/Parent 3 0 R/MediaBox[0 0 300 200]/Contents 5 0 R/Resources<</Font<</F 6 0 R>>" + page,
      stream("", content),
      kFont};
  objects[3] += page.find("/Properties") == page.npos ? ">>>>" : ">>";
  // `page` stands inside the resources or, beginning with ">>", behind them.
  objects.insert(objects.end(), more.begin(), more.end());
  return pdf_of(objects);
}

TEST(PdfExtras, values_of_a_form_are_a_page_behind_the_drawn_ones) {
  const std::vector<std::string> fields = {
      "<</FT/Tx/T(person)/Kids[8 0 R]>>",
      "<</Parent 7 0 R/T(name)/V(Laleh Moradi)>>",
      "<</FT/Tx/T(key)/Ff 8192/V(swordfish)>>",
      "<</FT/Btn/T(agreed)/V/Yes>>",
      "<</FT/Btn/T(refused)/V/Off>>",
      "<</FT/Ch/T(towns)/V[(Qom)(Yazd)]>>",
      "<</FT/Sig/T(seal)/V<</Type/Sig/Name(H. Tehrani)/M(D:20200101000000Z)/Reason(approved)>>>>",
      "<</FT/Tx/T(loop)/Kids[14 0 R]>>"};
  const Reading reading =
      read_bytes(one_page("/AcroForm<</Fields[7 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R]>>", "", fields));
  ASSERT_EQ(reading.pages.size(), 2U);
  EXPECT_TRUE(reading.pages[0].paged());
  EXPECT_FALSE(reading.pages[1].paged());
  EXPECT_EQ(reading.documents.at(0).last_page, PageIndex{2});
  const std::string text = reading.labelled("form fields");
  EXPECT_NE(text.find("person.name: Laleh Moradi"), text.npos) << text;
  EXPECT_NE(text.find("agreed: Yes"), text.npos);
  EXPECT_EQ(text.find("refused"), text.npos);
  EXPECT_NE(text.find("towns: Qom, Yazd"), text.npos);
  EXPECT_NE(text.find("key: (hidden)"), text.npos);
  EXPECT_EQ(text.find("swordfish"), text.npos);
  EXPECT_NE(text.find("seal: signed: H. Tehrani"), text.npos);
  EXPECT_EQ(reading.field("Signature:Name"), "H. Tehrani");
  EXPECT_EQ(reading.field("Signature:M"), "D:20200101000000Z");
}

TEST(PdfExtras, xfa_data_are_form_fields_and_its_captions_form_texts) {
  const std::string xdp =
      "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template><subform><field><caption><value><text>Family name</text>"
      "</value></caption><script>x = 1</script></field></subform></template><xfa:datasets "
      "xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><form><surname>Golestani</surname></form>"
      "</xfa:data></xfa:datasets></xdp:xdp>";
  const Reading reading = read_bytes(one_page("/AcroForm<</Fields[]/XFA 7 0 R>>", "", {stream("", xdp)}));
  EXPECT_EQ(reading.labelled("form fields"), "surname: Golestani\n");
  EXPECT_EQ(reading.labelled("form texts"), "Family name\n");
}

TEST(PdfExtras, annotations_are_pages_that_name_theirs) {
  const Reading reading = read_bytes(
      one_page("",
               ">>/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/T(reviewer)/M(D:20150101)/Contents(ask Davoud)>>"
               "<</Type/Annot/Subtype/Popup/Rect[0 0 9 9]/Contents(twice)>>]/Rest<<",
               {}));
  const std::string text = reading.labelled("annotations, page 1");
  EXPECT_NE(text.find("reviewer"), text.npos);
  EXPECT_NE(text.find("ask Davoud"), text.npos);
  EXPECT_EQ(text.find("twice"), text.npos);
}

TEST(PdfExtras, labels_of_pages_are_those_that_viewers_show) {
  const auto labelled = [](const std::string& label) {
    return read_bytes(one_page("/PageLabels<</Nums[0 " + label + "]>>", "", {})).pages.at(0).label;
  };
  EXPECT_EQ(labelled("<</S/r/St 4>>"), "iv");
  EXPECT_EQ(labelled("<</S/R/St 1999>>"), "MCMXCIX");
  EXPECT_EQ(labelled("<</S/D/P(A-)/St 3>>"), "A-3");
  EXPECT_EQ(labelled("<</S/a/St 28>>"), "bb");
  EXPECT_EQ(labelled("<</P(cover)>>"), "cover");
  EXPECT_EQ(labelled("<</S/D>>"), "");
}

TEST(PdfExtras, outline_scripts_info_and_revisions) {
  const std::string plain = one_page(
      "/Outlines<</First 7 0 R>>/Names<</JavaScript<</Names[(boot) 9 0 R]>>>>/Metadata 10 0 R", "",
      {"<</Title(Part one)/First 8 0 R/Next 7 0 R>>", "<</Title(Chapter two)>>", "<</S/JavaScript/JS(app.alert)>>",
       stream("/Type/Metadata/Subtype/XML",
              "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
              "<rdf:Description rdf:about='' xmlns:pdf='http://ns.adobe.com/pdf/1.3/' pdf:Keywords='secret'/></rdf:RDF>"
              "</x:xmpmeta>")});
  const Reading reading = read_bytes(plain);
  EXPECT_EQ(reading.labelled("outline"), "Part one\nChapter two\n");
  EXPECT_NE(reading.labelled("scripts").find("app.alert"), std::string::npos);
  EXPECT_EQ(reading.field("Matter"), "number 7");
  EXPECT_EQ(reading.field("CreationDate"), "D:20140503121314+03'30'");
  EXPECT_EQ(reading.field("Xmp.pdf.Keywords"), "secret");
  EXPECT_EQ(reading.field("revisions"), "");
  const std::size_t end = plain.rfind("xref\n0");
  const std::string added = plain + "xref\n0 0\ntrailer\n<</Size 11/Root 1 0 R/Info 2 0 R/Prev " + std::to_string(end) +
                            ">>\nstartxref\n" + std::to_string(plain.size()) + "\n%%EOF\n";
  EXPECT_EQ(read_bytes(added).field("revisions"), "2");
}

TEST(PdfExtras, text_of_layers_that_are_off_is_on_a_page_of_its_own) {
  const Reading reading = read_bytes(
      one_page("/OCProperties<</OCGs[7 0 R]/D<</OFF[7 0 R]/Order[7 0 R]>>>>", "/Properties<</L 7 0 R>>>>",
               {"<</Type/OCG/Name(draft)>>"},
               "BT /F 12 Tf 20 100 Td (shown words) Tj ET /OC /L BDC BT /F 12 Tf 20 50 Td (withheld lines) Tj ET EMC "
               "BT /F 12 Tf 20 20 Td (more shown) Tj ET"));
  ASSERT_EQ(reading.pages.size(), 2U);
  EXPECT_EQ(reading.text(0).find("withheld"), std::string::npos);
  EXPECT_EQ(reading.labelled("hidden layers, page 1"), "withheld lines\n");
}

TEST(PdfExtras, files_of_annotations_and_associated_files_are_children_once) {
  const Reading reading = read_bytes(
      one_page("/AF[8 0 R]/Names<</EmbeddedFiles<</Names[(a) 8 0 R]>>>>",
               ">>/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 7 0 R>>]/Rest<<",
               {"<</Type/Filespec/F(pinned.txt)/EF<</F 9 0 R>>>>", "<</Type/Filespec/F(data.xml)/EF<</F 10 0 R>>>>",
                stream("/Type/EmbeddedFile", "pinned words"), stream("/Type/EmbeddedFile", "<data/>")}));
  ASSERT_EQ(reading.children.size(), 2U);
  EXPECT_EQ(reading.children[0].header.name, "data.xml");
  EXPECT_EQ(reading.children[1].header.name, "pinned.txt");
  EXPECT_EQ(reading.children[1].bytes, "pinned words");
}

}  // namespace
}  // namespace dragoman::read
