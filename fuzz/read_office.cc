// SPDX-License-Identifier: AGPL-3.0-or-later
// The parts of Office packages, with a sound ZIP around them: the first byte chooses the kind, the second how the rest
// is shared out among two parts.
#include <cstddef>
#include <cstdint>
#include <string>

#include "read/zip_of.h"
#include "read_content.h"

namespace {

using dragoman::read::zip_of;

const std::string kTypes = "<Types/>";

std::string rels(const std::string& type, const std::string& target) {
  return "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/" + type + "\" Target=\"" + target +
         "\"/></Relationships>";
}

std::string odf(const std::string& type, const std::string& content, const std::string& meta) {
  return zip_of(
      {{"mimetype", "application/vnd.oasis.opendocument." + type}, {"content.xml", content}, {"meta.xml", meta}},
      "compression=store");
}

std::string package(unsigned kind, const std::string& one, const std::string& two) {
  switch (kind) {
    case 0:
      return zip_of({{"[Content_Types].xml", kTypes},
                     {"word/document.xml", one},
                     {"word/_rels/document.xml.rels", rels("comments", "comments.xml")},
                     {"word/comments.xml", two}});
    case 1:
      return zip_of(
          {{"[Content_Types].xml", kTypes},
           {"xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
           {"xl/_rels/workbook.xml.rels", rels("worksheet", "worksheets/sheet1.xml")},
           {"xl/worksheets/sheet1.xml", one},
           {"xl/sharedStrings.xml", two}});
    case 2:
      return zip_of({{"[Content_Types].xml",
                      "<Types><Override PartName=\"/xl/workbook.bin\" ContentType=\"application/"
                      "vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>"},
                     {"xl/workbook.bin", one},
                     {"xl/_rels/workbook.bin.rels", rels("worksheet", "worksheets/sheet1.bin")},
                     {"xl/worksheets/sheet1.bin", two}});
    case 3:
      return zip_of({{"[Content_Types].xml", kTypes},
                     {"ppt/presentation.xml", "<presentation><sldIdLst><sldId r:id=\"r1\"/></sldIdLst></presentation>"},
                     {"ppt/_rels/presentation.xml.rels", rels("slide", "slides/slide1.xml")},
                     {"ppt/slides/slide1.xml", one},
                     {"ppt/slides/_rels/slide1.xml.rels", two}});
    case 4: return odf("text", one, two);
    case 5: return odf("spreadsheet", one, two);
    default: return odf("presentation", one, two);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string all(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = all.size() * data[1] / 256;
  const std::string file = package(data[0] % 7U, all.substr(0, cut), all.substr(cut));
  return dragoman::read::fuzz_read("", reinterpret_cast<const unsigned char*>(file.data()), file.size());
}
