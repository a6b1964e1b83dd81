// SPDX-License-Identifier: AGPL-3.0-or-later
#include "office.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "markup.h"
#include "zip.h"

namespace dragoman::sample {
namespace {

constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view kPackage = "http://schemas.openxmlformats.org/package/2006";
constexpr std::string_view kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view kPersonAndTime = R"(w:author="R. Quillane" w:date="2014-11-03T09:30:00Z")";

// ----- Office Open XML

struct Relation {
  std::string id{};
  std::string type{};
  std::string target{};
};

std::string relations(const std::vector<Relation>& list) {
  std::string out = fmt::format("{}<Relationships xmlns=\"{}/relationships\">", kXml, kPackage);
  for (const Relation& relation : list) {
    out += fmt::format(R"(<Relationship Id="{}" Type="{}/{}" Target="{}"/>)", relation.id, kOffice, relation.type,
                       relation.target);
  }
  return out + "</Relationships>";
}

struct Part {
  std::string name{};
  std::string type{};  // behind "application/vnd.openxmlformats-officedocument."
  std::string xml{};
};

std::string ooxml_package(std::string_view main, const std::vector<Part>& parts, std::vector<ZipMember> others) {
  std::string types = fmt::format(
      "{}<Types xmlns=\"{}/content-types\"><Default Extension=\"rels\" "
      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
      "ContentType=\"application/xml\"/>",
      kXml, kPackage);
  for (const Part& part : parts) {
    types += fmt::format(R"(<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}"/>)",
                         part.name, part.type);
  }
  std::vector<ZipMember> members{
      {.name = "[Content_Types].xml", .bytes = types + "</Types>"},
      {.name = "_rels/.rels", .bytes = relations({{"rId1", "officeDocument", std::string(main)}})}};
  for (const Part& part : parts) members.push_back({.name = part.name, .bytes = std::string(kXml) + part.xml});
  for (ZipMember& other : others) members.push_back(std::move(other));
  return write_zip(members).bytes;
}

std::string word_paragraph(Lang lang, std::string_view runs) {
  return fmt::format("<w:p>{}{}</w:p>", is_rtl(lang) ? "<w:pPr><w:bidi/></w:pPr>" : "", runs);
}

std::string word_run(Lang lang, std::string_view element, std::string_view text) {
  return fmt::format(R"(<w:r>{}<w:{} xml:space="preserve">{}</w:{}></w:r>)",
                     is_rtl(lang) ? "<w:rPr><w:rtl/></w:rPr>" : "", element, escape_markup(text), element);
}

std::string column_name(std::size_t column) {
  return std::string(1, static_cast<char>('A' + column));
}

std::string sheet_xml(const Sheet& sheet) {
  std::string out = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
  for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
    out += fmt::format(R"(<row r="{}">)", row + 1);
    for (std::size_t column = 0; column < sheet.rows[row].size(); ++column) {
      out += fmt::format(R"(<c r="{}{}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>)",
                         column_name(column), row + 1, escape_markup(sheet.rows[row][column]));
    }
    out += "</row>";
  }
  return out + "</sheetData></worksheet>";
}

constexpr std::string_view kSlideNames =
    R"(xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" )"
    R"(xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" )"
    R"(xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main")";

std::string shape(std::string_view placeholder, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", escape_markup(line));
  return fmt::format(
      R"(<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr/><p:nvPr><p:ph type="{}"/></p:nvPr></p:nvSpPr>)"
      R"(<p:spPr/><p:txBody><a:bodyPr/>{}</p:txBody></p:sp>)",
      placeholder, text);
}

std::string slide_xml(const Slide& slide) {
  return fmt::format(R"(<p:sld {}{}><p:cSld><p:spTree>{}</p:spTree></p:cSld></p:sld>)", kSlideNames,
                     slide.hidden ? R"( show="0")" : "", shape("body", slide.lines));
}

std::string note_xml(const Slide& slide) {
  return fmt::format(R"(<p:notes {}><p:cSld><p:spTree>{}</p:spTree></p:cSld></p:notes>)", kSlideNames,
                     shape("body", {slide.note}));
}

// ----- OpenDocument

constexpr std::string_view kOdfNames = R"(xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" )"
                                       R"(xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" )"
                                       R"(xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" )"
                                       R"(xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" )"
                                       R"(xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" )"
                                       R"(xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" )"
                                       R"(xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2")";

std::string odf_package(std::string_view kind, std::string_view styles, std::string_view body) {
  const std::string mime = fmt::format("application/vnd.oasis.opendocument.{}", kind);
  const std::string manifest = fmt::format(
      R"(<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">)"
      R"(<manifest:file-entry manifest:full-path="/" manifest:media-type="{}"/>)"
      R"(<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>)",
      mime);
  const std::string content = fmt::format(
      "{}<office:document-content {}><office:automatic-styles>{}</office:automatic-styles><office:body>{}</office:body>"
      "</office:document-content>",
      kXml, kOdfNames, styles, body);
  return write_zip({{.name = "mimetype", .bytes = mime, .store = true},
                    {.name = "content.xml", .bytes = content},
                    {.name = "META-INF/manifest.xml", .bytes = std::string(kXml) + manifest}})
      .bytes;
}

std::string odf_paragraph(std::string_view text) {
  return fmt::format("<text:p>{}</text:p>", escape_markup(text));
}

constexpr std::string_view kOdfPersonAndTime =
    "<dc:creator>R. Quillane</dc:creator><dc:date>2014-11-03T09:30:00</dc:date>";

// ----- RTF 1.9.1

std::string rtf_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_codepoint(text, at);
    if (c == '\\' || c == '{' || c == '}') {
      out += fmt::format("\\{}", static_cast<char>(c));
    } else if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else {
      out += fmt::format("\\u{}?", static_cast<std::int16_t>(static_cast<std::uint16_t>(c)));
    }
  }
  return out;
}

}  // namespace

std::string write_docx_with(Lang lang, const std::vector<std::string>& lines, const Margin& margin) {
  constexpr std::string_view kNames = R"(xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main")";
  std::string body;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string runs = word_run(lang, "t", lines[i]);
    const bool last = i + 1 == lines.size();
    if (last && !margin.comment.empty()) runs += R"(<w:r><w:commentReference w:id="1"/></w:r>)";
    if (last && !margin.struck_out.empty()) {
      runs +=
          fmt::format(R"(<w:del w:id="2" {}>{}</w:del>)", kPersonAndTime, word_run(lang, "delText", margin.struck_out));
    }
    body += word_paragraph(lang, runs);
  }
  std::vector<Part> parts{{"word/document.xml", "wordprocessingml.document.main+xml",
                           fmt::format("<w:document {}><w:body>{}</w:body></w:document>", kNames, body)}};
  std::vector<Relation> related;
  if (!margin.comment.empty()) {
    parts.push_back({"word/comments.xml", "wordprocessingml.comments+xml",
                     fmt::format(R"(<w:comments {}><w:comment w:id="1" {}>{}</w:comment></w:comments>)", kNames,
                                 kPersonAndTime, word_paragraph(lang, word_run(lang, "t", margin.comment)))});
    related.push_back({"rId1", "comments", "comments.xml"});
  }
  return ooxml_package("word/document.xml", parts,
                       {{.name = "word/_rels/document.xml.rels", .bytes = relations(related)}});
}

std::string write_xlsx(const std::vector<Sheet>& sheets) {
  std::string list;
  std::vector<Part> parts;
  std::vector<Relation> related;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const std::size_t number = i + 1;
    list += fmt::format(R"(<sheet name="{}" sheetId="{}"{} r:id="rId{}"/>)", escape_markup(sheets[i].name), number,
                        sheets[i].hidden ? R"( state="hidden")" : "", number);
    parts.push_back(
        {fmt::format("xl/worksheets/sheet{}.xml", number), "spreadsheetml.worksheet+xml", sheet_xml(sheets[i])});
    related.push_back({fmt::format("rId{}", number), "worksheet", fmt::format("worksheets/sheet{}.xml", number)});
  }
  parts.insert(parts.begin(),
               Part{"xl/workbook.xml", "spreadsheetml.sheet.main+xml",
                    fmt::format("<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
                                "xmlns:r=\"{}\"><sheets>{}</sheets></workbook>",
                                kOffice, list)});
  return ooxml_package("xl/workbook.xml", parts, {{.name = "xl/_rels/workbook.xml.rels", .bytes = relations(related)}});
}

std::string write_pptx(const std::vector<Slide>& slides) {
  std::string list;
  std::vector<Part> parts;
  std::vector<ZipMember> others;
  std::vector<Relation> related;
  for (std::size_t i = 0; i < slides.size(); ++i) {
    const std::size_t number = i + 1;
    list += fmt::format(R"(<p:sldId id="{}" r:id="rId{}"/>)", 255 + number, number);
    parts.push_back({fmt::format("ppt/slides/slide{}.xml", number), "presentationml.slide+xml", slide_xml(slides[i])});
    related.push_back({fmt::format("rId{}", number), "slide", fmt::format("slides/slide{}.xml", number)});
    if (slides[i].note.empty()) continue;
    parts.push_back({fmt::format("ppt/notesSlides/notesSlide{}.xml", number), "presentationml.notesSlide+xml",
                     note_xml(slides[i])});
    others.push_back(
        {.name = fmt::format("ppt/slides/_rels/slide{}.xml.rels", number),
         .bytes = relations({{"rId1", "notesSlide", fmt::format("../notesSlides/notesSlide{}.xml", number)}})});
  }
  parts.insert(parts.begin(),
               Part{"ppt/presentation.xml", "presentationml.presentation.main+xml",
                    fmt::format("<p:presentation {}><p:sldIdLst>{}</p:sldIdLst></p:presentation>", kSlideNames, list)});
  others.push_back({.name = "ppt/_rels/presentation.xml.rels", .bytes = relations(related)});
  return ooxml_package("ppt/presentation.xml", parts, std::move(others));
}

std::string write_odt(Lang lang, const std::vector<std::string>& lines, const Margin& margin) {
  std::string tracked;
  if (!margin.struck_out.empty()) {
    tracked = fmt::format(
        R"(<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><office:change-info>{}</office:change-info>{}</text:deletion></text:changed-region></text:tracked-changes>)",
        kOdfPersonAndTime, odf_paragraph(margin.struck_out));
  }
  std::string body;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    std::string inside = escape_markup(lines[i]);
    if (last && !margin.comment.empty()) {
      inside +=
          fmt::format("<office:annotation>{}{}</office:annotation>", kOdfPersonAndTime, odf_paragraph(margin.comment));
    }
    if (last && !margin.struck_out.empty()) inside += R"(<text:change text:change-id="ct1"/>)";
    body += fmt::format(R"(<text:p{}>{}</text:p>)", is_rtl(lang) ? R"( text:style-name="P1")" : "", inside);
  }
  return odf_package("text",
                     R"(<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties )"
                     R"(style:writing-mode="rl-tb"/></style:style>)",
                     fmt::format("<office:text>{}{}</office:text>", tracked, body));
}

std::string write_ods(const std::vector<Sheet>& sheets) {
  std::string body;
  for (const Sheet& sheet : sheets) {
    body += fmt::format(R"(<table:table table:name="{}"{}>)", escape_markup(sheet.name),
                        sheet.hidden ? R"( table:style-name="away")" : "");
    for (const Row& row : sheet.rows) {
      body += "<table:table-row>";
      for (const std::string& cell : row) {
        body +=
            fmt::format(R"(<table:table-cell office:value-type="string">{}</table:table-cell>)", odf_paragraph(cell));
      }
      // As programs write it: the rest of the row, said once.
      body += R"(<table:table-cell table:number-columns-repeated="1021"/></table:table-row>)";
    }
    body += "</table:table>";
  }
  return odf_package("spreadsheet",
                     R"(<style:style style:name="away" style:family="table"><style:table-properties )"
                     R"(table:display="false"/></style:style>)",
                     fmt::format("<office:spreadsheet>{}</office:spreadsheet>", body));
}

std::string write_odp(const std::vector<Slide>& slides) {
  std::string body;
  for (const Slide& slide : slides) {
    std::string text;
    for (const std::string& line : slide.lines) text += odf_paragraph(line);
    body += fmt::format(R"(<draw:page{}><draw:frame><draw:text-box>{}</draw:text-box></draw:frame>)",
                        slide.hidden ? R"( draw:style-name="away")" : "", text);
    if (!slide.note.empty()) {
      body += fmt::format(
          "<presentation:notes><draw:frame presentation:class=\"notes\"><draw:text-box>{}</draw:text-box></draw:frame>"
          "</presentation:notes>",
          odf_paragraph(slide.note));
    }
    body += "</draw:page>";
  }
  return odf_package("presentation",
                     R"(<style:style style:name="away" style:family="drawing-page"><style:drawing-page-properties )"
                     R"(presentation:visibility="hidden"/></style:style>)",
                     fmt::format("<office:presentation>{}</office:presentation>", body));
}

std::string write_rtf(const std::vector<std::string>& lines, const Margin& margin) {
  std::string out = "{\\rtf1\\ansi\\ansicpg1256\\uc1\\deff0{\\fonttbl{\\f0\\fswiss\\fcharset178 Arial;}}\n";
  for (const std::string& line : lines) out += "\\pard " + rtf_text(line) + "\\par\n";
  if (!margin.struck_out.empty()) out += "{\\deleted " + rtf_text(margin.struck_out) + "}\\par\n";
  if (!margin.comment.empty()) {
    out += "{\\*\\atnauthor R. Quillane}{\\chatn{\\*\\annotation\\pard " + rtf_text(margin.comment) + "}}\n";
  }
  return out + "}";
}

std::string write_html(Lang lang, std::string_view title, const std::vector<std::string>& lines,
                       std::string_view hidden) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>"
      "<script>var lines = 'never read';</script></head>\n<body>\n",
      code(lang), is_rtl(lang) ? "rtl" : "ltr", escape_markup(title));
  for (const std::string& line : lines) out += "<p>" + escape_markup(line) + "</p>\n";
  if (!hidden.empty()) out += "<div style=\"display:none\">" + escape_markup(hidden) + "</div>\n";
  return out + "</body></html>\n";
}

std::string write_epub(Lang lang, std::string_view title, const std::vector<std::vector<std::string>>& chapters) {
  std::string manifest;
  std::string spine;
  std::vector<ZipMember> members{{.name = "mimetype", .bytes = "application/epub+zip", .store = true}};
  members.push_back({.name = "META-INF/container.xml",
                     .bytes = std::string(kXml) +
                              R"(<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">)"
                              R"(<rootfiles><rootfile full-path="book.opf" )"
                              R"(media-type="application/oebps-package+xml"/></rootfiles></container>)"});
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    // Spine order is not the order of names.
    const std::string name = fmt::format("text-{}.xhtml", chapters.size() - i);
    manifest += fmt::format(R"(<item id="c{}" href="{}" media-type="application/xhtml+xml"/>)", i, name);
    spine += fmt::format(R"(<itemref idref="c{}"/>)", i);
    std::string body;
    for (const std::string& line : chapters[i]) body += "<p>" + escape_markup(line) + "</p>";
    members.push_back({.name = name,
                       .bytes = fmt::format("{}<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>{}</title>"
                                            "</head><body>{}</body></html>",
                                            kXml, escape_markup(title), body)});
  }
  members.push_back(
      {.name = "book.opf",
       .bytes = fmt::format(
           "{}<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\"><metadata "
           "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>{}</dc:language>"
           "</metadata><manifest>{}</manifest><spine>{}</spine></package>",
           kXml, escape_markup(title), code(lang), manifest, spine)});
  return write_zip(members).bytes;
}

std::string write_csv(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out.push_back(',');
      const bool quoted = row[i].find_first_of(",\"\n") != std::string::npos;
      if (!quoted) {
        out += row[i];
        continue;
      }
      out.push_back('"');
      for (const char c : row[i]) out += c == '"' ? std::string("\"\"") : std::string(1, c);
      out.push_back('"');
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace dragoman::sample
